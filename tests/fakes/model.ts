import type { ModelInfo } from '../../lib/model.ts';

/** A model with nothing special about it; a test says what is special about its own. */
export const plainModel: ModelInfo = {
  key: 'm',
  id: 'm',
  providerId: 'p',
  label: 'M',
  reasoning: { transport: 'inline', startsInReasoning: 'auto' },
  history: 'strip',
  promptTemplate: 'chat',
  advice: { systemPrompt: 'ok' },
  limits: {},
  requestExtras: {},
  recording: false,
};
