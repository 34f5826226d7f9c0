import { useEffect, useEffectEvent } from 'react';
import type { ProviderModels } from '../../lib/model.ts';
import { canBeAsked } from '../../lib/provider-status.ts';
import { requestJson } from '../client/request-json.ts';

/** How often the list is read again, in ms: where a server is not ready, and where all are. */
const everyMs = { waiting: 1_500, quiet: 5_000 };

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
  const isWaiting = props.providers.some(
    ({ provider: { status } }) => canBeAsked(status) && status.state !== 'ready' && status.state !== 'asleep',
  );
  useEffect(() => {
    let timer: number | undefined;
    let isLeft = false;
    const again = async () => {
      await read();
      if (!isLeft) timer = window.setTimeout(again, isWaiting ? everyMs.waiting : everyMs.quiet);
    };
    void again();
    return () => {
      isLeft = true;
      window.clearTimeout(timer);
    };
  }, [isWaiting]);
  return null;
}
