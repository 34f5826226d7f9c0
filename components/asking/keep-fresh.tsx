import { useEffect, useEffectEvent } from 'react';
import type { ProviderModels } from '../../lib/model.ts';
import { requestJson } from '../client/request-json.ts';

/** How often the list is read again, in ms: where all are ready, where a server loads, and, growing, where one is away. */
const everyMs = { quiet: 5_000, loading: 1_500, away: [1_500, 2_500, 4_000, 6_000, 10_000] };

/** While it is there, the list of models is kept as it is now: what is made, loaded, gone or back is in it by itself. */
export default function KeepFresh(props: {
  providers: readonly ProviderModels[];
  onProviders: (providers: ProviderModels[]) => void;
}) {
  const read = useEffectEvent(async () => {
    if (document.hidden) return;
    try {
      const { providers } = await requestJson<{ providers: ProviderModels[] }>('GET', '/api/models');
      if (JSON.stringify(providers) !== JSON.stringify(props.providers)) props.onProviders(providers);
    } catch {
      // the list stays as it was; the next time may do better
    }
  });
  const states = props.providers.map(({ provider }) => provider.status.state);
  const pauses = states.includes('loading')
    ? [everyMs.loading]
    : states.some((state) => state === 'unreachable' || state === 'locked')
      ? everyMs.away
      : [everyMs.quiet];
  const pauseAfter = useEffectEvent((reads: number) => pauses[Math.min(reads, pauses.length) - 1] ?? everyMs.quiet);
  useEffect(() => {
    let timer: number | undefined;
    let isLeft = false;
    const again = async (reads: number) => {
      await read();
      if (!isLeft) timer = window.setTimeout(() => void again(reads + 1), pauseAfter(reads));
    };
    void again(1);
    return () => {
      isLeft = true;
      window.clearTimeout(timer);
    };
  }, []);
  return null;
}
