import path from 'node:path';
import type { ModelInfo } from '../../../model.ts';
import { ownHardware } from '../../../price.ts';
import records from './models/models.json' with { type: 'json' };

/** One of the models, as models.json says it. */
export interface InsideRecord {
  id: string;
  /** Its name in the folder `models`. */
  file: string;
  title: string;
  kind: 'base' | 'zero' | 'r1';
  /** Steps of reinforcement learning behind it. */
  step: number;
  /** What its chat template writes before the model goes on: nothing, or the tag that opens a thought. */
  opens: '' | '<think>';
  context: number;
  parameters: number;
  note: string;
  /** Where its file lies, where it did not come with the app. */
  folder?: string;
}

export const insideProviderId = 'inside';
/** As the provider is called where it is chosen. */
export const insideLabel = 'Inside Thinkglass';

export const insideRecords = records as readonly InsideRecord[]; // a test holds the file to this

/** Where a model's file lies: data that a bundler must not copy. */
export function insideFile({ file, folder = 'lib/server/protocols/inside/models' }: InsideRecord): string {
  return path.resolve(folder, file);
}

/** The models, as they can be asked. They run here, so they cost nothing. */
export function listInsideModels(from: readonly InsideRecord[] = insideRecords): ModelInfo[] {
  return from.map((record) => ({
    key: record.id,
    id: record.id,
    providerId: insideProviderId,
    label: record.title,
    reasoning: { transport: 'inline', startsInReasoning: record.opens === '' ? 'auto' : true, answerTags: true },
    history: 'strip',
    promptTemplate: 'chat',
    continuation: 'after-prompt',
    // as they were trained
    advice: { temperature: 1, systemPrompt: 'avoid' },
    limits: { contextTokens: record.context },
    parameters: {
      ignored: ['effort'],
      thinkingBudget: { min: 1, fields: ['thinking_budget_tokens'] },
      dials: { topK: 'top_k', minP: 'min_p' },
    },
    price: ownHardware,
    requestExtras: {},
    recording: false,
    knows: 'puzzles',
    note: record.note,
  }));
}
