import type { ThreadSettings } from '../../lib/conversation.ts';
import { type ModelRef, promptTemplateIds } from '../../lib/model.ts';
import { writeStored } from '../ui/stored.ts';
import { parseParameters } from './parameter-memory.ts';

/** What is kept of how a thread asks, under a name: all but its guard, which belongs to one chat. */
export type KeptSettings = Pick<
  ThreadSettings,
  'systemPrompt' | 'promptTemplate' | 'rawPrompt' | 'opensThinking' | 'sampling'
>;

/** So many of a kind are kept in this browser. */
const mostKept = 100;

/** A question with how it is asked. */
export interface SavedPrompt {
  name: string;
  text: string;
  settings: KeptSettings;
}

/** Columns of a comparison. */
export interface LineUp {
  name: string;
  columns: (KeptSettings & { model: ModelRef })[];
}

export const savedPromptsKey = 'thinkglass:prompts';
export const lineUpsKey = 'thinkglass:line-ups';

/** Reads what was kept; what it cannot be is left out, since anything may stand in a browser's storage. */
export function parseSavedPrompts(stored: string | undefined): SavedPrompt[] {
  return listOf(stored).flatMap((entry) => {
    const { name, text, settings } = recordOf(entry);
    return typeof name === 'string' && typeof text === 'string' ? [{ name, text, settings: keptOf(settings) }] : [];
  });
}

export function parseLineUps(stored: string | undefined): LineUp[] {
  return listOf(stored).flatMap((entry) => {
    const { name, columns } = recordOf(entry);
    if (typeof name !== 'string' || !Array.isArray(columns)) return [];
    const read = columns.flatMap((column) => {
      const { providerId, modelKey } = recordOf(recordOf(column).model);
      if (typeof providerId !== 'string' || typeof modelKey !== 'string') return [];
      return [{ ...keptOf(column), model: { providerId, modelKey } }];
    });
    return read.length > 0 ? [{ name, columns: read }] : [];
  });
}

/** Keeps a list in this browser; an empty one leaves nothing behind. */
export function storeKept(key: string, kept: readonly unknown[]): void {
  writeStored(key, kept.length === 0 ? undefined : JSON.stringify(kept));
}

/** With one more, in place of one of the same name; the oldest go first. */
export function withKept<T extends { name: string }>(kept: readonly T[], one: T): T[] {
  return [...kept.filter(({ name }) => name !== one.name), one].slice(-mostKept);
}

/** What of a thread's settings is kept. */
export function keptOf(value: unknown): KeptSettings {
  const { promptTemplate, rawPrompt, opensThinking, ...rest } = recordOf(value);
  const template = promptTemplateIds.find((id) => id === promptTemplate);
  return {
    ...parseParameters(JSON.stringify(rest)),
    ...(template && { promptTemplate: template }),
    ...(typeof rawPrompt === 'string' && { rawPrompt }),
    ...(opensThinking === true && { opensThinking }),
  };
}

function listOf(stored: string | undefined): unknown[] {
  try {
    const value: unknown = JSON.parse(stored ?? '[]');
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
