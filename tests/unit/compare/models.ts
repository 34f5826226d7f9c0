import type { ModelInfo, ProviderModels } from '../../../lib/model.ts';

/** A model that thinks between tags, with what matters to a test. */
export function modelOf(providerId: string, key: string, rest: Partial<ModelInfo> = {}): ModelInfo {
  return {
    key,
    id: key.split('#')[0] ?? key,
    providerId,
    label: key,
    reasoning: { transport: 'inline', startsInReasoning: 'auto' },
    history: 'strip',
    promptTemplate: 'chat',
    advice: { systemPrompt: 'ok' },
    limits: {},
    requestExtras: {},
    recording: false,
    ...rest,
  };
}

/** A provider that can be asked. */
export function groupOf(id: string, models: ModelInfo[], kind: ProviderModels['provider']['kind'] = 'hosted') {
  return { provider: { id, label: id, kind, status: { state: 'ready', models: models.length } }, models } as const;
}

const unheeding = { ignored: ['temperature', 'effort'] as const };

/** What is there on a machine with no key. */
export const recordings = groupOf(
  'replay',
  [
    modelOf('replay', 'r1', { recording: true, parameters: { ignored: [...unheeding.ignored] } }),
    modelOf('replay', 'r1-zero', {
      recording: true,
      promptTemplate: 'r1-zero',
      parameters: { ignored: [...unheeding.ignored] },
    }),
    modelOf('replay', 'v3', {
      recording: true,
      reasoning: { transport: 'none', startsInReasoning: false },
      parameters: { ignored: [...unheeding.ignored] },
    }),
  ],
  'replay',
);
