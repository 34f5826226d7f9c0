import type { ThreadSettings } from '../../lib/conversation.ts';
import type { ModelRef, Sampling } from '../../lib/model.ts';
import { readStored, writeStored } from '../ui/stored.ts';
import { refText } from '../conversation/model-choice.ts';

/** How a thread asks; its guard belongs to the chat alone and is not remembered for the model. */
export type Parameters = Pick<ThreadSettings, 'sampling' | 'systemPrompt' | 'guard'>;

function keyOf(model: ModelRef): string {
  return `thinkglass:parameters:${refText(model)}`;
}

/** What this browser last set for a model. */
export function readParameters(model: ModelRef): Parameters {
  return parseParameters(readStored(keyOf(model)));
}

/** Keeps in this browser what was set for a model; nothing, where nothing was. */
export function rememberParameters(model: ModelRef, parameters: Parameters): void {
  const { sampling, systemPrompt } = parameters;
  const empty = Object.keys(sampling).length === 0 && !systemPrompt;
  writeStored(keyOf(model), empty ? undefined : JSON.stringify({ sampling, systemPrompt }));
}

const numberNames = [
  ...(['temperature', 'topP', 'maxTokens', 'seed', 'thinkingBudget'] as const),
  ...(['topK', 'minP', 'repeatPenalty', 'numCtx', 'keepAlive'] as const),
];

/** Reads what was kept; what it cannot be is left out, since anything may stand in a browser's storage. */
export function parseParameters(text: string | undefined): Parameters {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '{}');
  } catch {
    return { sampling: {} };
  }
  const kept = recordOf(value);
  const numbers = recordOf(kept.sampling);
  const sampling: Sampling = {};
  for (const name of numberNames) {
    const number = numbers[name];
    if (typeof number === 'number' && Number.isFinite(number)) sampling[name] = number;
  }
  const { stop, effort, route } = numbers;
  if (Array.isArray(stop) && stop.length > 0 && stop.every((s) => typeof s === 'string')) sampling.stop = stop;
  if (typeof effort === 'string') sampling.effort = effort;
  if (typeof route === 'string') sampling.route = route;
  return { sampling, ...(typeof kept.systemPrompt === 'string' && { systemPrompt: kept.systemPrompt }) };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
