import type { ThreadSettings } from '../../lib/conversation.ts';
import type { ModelRef, Sampling } from '../../lib/model.ts';
import {
  asksForQuestion,
  type RawPromptValues,
  rawPromptStarters,
  renderRawPrompt,
} from '../../lib/prompts/raw-prompt.ts';

/** What is being written: the fields of the page, as they are typed. */
export interface RawDraft {
  template: string;
  question: string;
  system: string;
  /** One a line; `\n` stands for a line end. */
  stop: string;
  maxTokens: string;
  temperature: string;
}

const [firstStarter] = rawPromptStarters;

/** Something that can be sent as it is; it is among the recordings. */
export const firstDraft: RawDraft = {
  template: firstStarter?.template ?? '{{question}}',
  question: 'Solve √(x + 7) = x − 5.',
  system: '',
  stop: writeStops(firstStarter?.stop ?? []),
  maxTokens: '',
  temperature: '',
};

/** A draft that was kept as text; undefined when it is none. */
export function parseDraft(text: string): RawDraft | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const fields = Object.entries(value).filter(([key, field]) => key in firstDraft && typeof field === 'string');
    return { ...firstDraft, ...Object.fromEntries(fields) };
  } catch {
    return undefined;
  }
}

/** Stop strings as one line each, with line ends and tabs made visible. */
export function writeStops(stops: readonly string[]): string {
  return stops
    .map((stop) => stop.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t'))
    .join('\n');
}

/** The stop strings of a field, one a line; blank lines are none. */
export function readStops(text: string): string[] {
  const meanings: Record<string, string> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/\\([nrt\\])/g, (_, letter: string) => meanings[letter] ?? letter));
}

/** Which fields a template needs beside itself. */
export function needsOf(template: string): { question: boolean; system: boolean } {
  return { question: asksForQuestion(template), system: /\{\{[ \t]*system[ \t]*\}\}/.test(template) };
}

/**
 * The draft as it is asked. A prompt that has no place for a question is itself the question: so the conversation shows
 * what was sent, and a follow-up is the next prompt.
 */
export function askOf(draft: RawDraft, model: ModelRef): { settings: ThreadSettings; text: string } {
  const settings = { model, promptTemplate: 'raw', sampling: samplingOf(draft) } as const;
  if (!asksForQuestion(draft.template)) {
    const values = { question: '', system: draft.system.trim(), turns: [] };
    return {
      settings: { ...settings, rawPrompt: '{{question}}' },
      text: renderOrNothing(draft.template, values),
    };
  }
  const system = needsOf(draft.template).system && draft.system.trim() !== '' ? { systemPrompt: draft.system } : {};
  return { settings: { ...settings, rawPrompt: draft.template, ...system }, text: draft.question };
}

/** A prompt that its variables make too long to be sent is none. */
function renderOrNothing(template: string, values: RawPromptValues): string {
  try {
    return renderRawPrompt(template, values).prompt;
  } catch {
    return '';
  }
}

function samplingOf({ stop, maxTokens, temperature }: RawDraft): Sampling {
  const stops = readStops(stop);
  const limit = Number(maxTokens);
  const heat = Number(temperature);
  return {
    ...(temperature.trim() !== '' && Number.isFinite(heat) && { temperature: Math.min(2, Math.max(0, heat)) }),
    ...(maxTokens.trim() !== '' && Number.isInteger(limit) && limit > 0 && { maxTokens: limit }),
    ...(stops.length > 0 && { stop: stops }),
  };
}
