import { useEffect, useState } from 'react';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import { defaultModel, refText, rememberedModel } from '../conversation/model-choice.ts';
import { readStored, writeStored } from '../ui/stored.ts';

const storedKey = 'thinkglass:raw-model';

/** The model of this page; where there are only recordings, the one that takes raw prompts. */
export function useRawModel(providers: readonly ProviderModels[]): [ModelRef | undefined, (model: ModelRef) => void] {
  const [model, setModel] = useState(() => {
    const usual = defaultModel(providers);
    const recordings = usual?.providerId === 'replay';
    return (recordings && rememberedModel(providers, 'replay/r1-zero')) || usual;
  });
  // Only at the beginning: later, the page knows best.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const kept = rememberedModel(providers, readStored(storedKey));
    if (kept) setModel(kept);
  }, []);
  return [
    model,
    (next) => {
      setModel(next);
      writeStored(storedKey, refText(next));
    },
  ];
}
