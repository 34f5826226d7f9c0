import { formatCount } from '../../lib/quantity-words.ts';
import type { DialName, ModelInfo, Sampling } from '../../lib/model.ts';

export type NumberName =
  | 'temperature'
  | 'topP'
  | 'maxTokens'
  | 'seed'
  | 'thinkingBudget'
  | Exclude<DialName, 'keepAlive'>;

/** A parameter that is a number, with the bounds the API holds it to. */
export interface NumberField {
  name: NumberName;
  label: string;
  min: number;
  max: number;
  whole: boolean;
  /** What it does, in a few words. */
  hint?: string;
}

/** The numbers a model may be given, in the order of the form. */
export function numberFieldsFor(model: ModelInfo | undefined): NumberField[] {
  const fields: NumberField[] = [
    { name: 'temperature', label: 'Temperature', min: 0, max: 2, whole: false },
    { name: 'topP', label: 'Top-p', min: 0, max: 1, whole: false },
    { name: 'maxTokens', label: 'Max tokens', min: 1, max: 10_000_000, whole: true, hint: 'Thinking included.' },
    { name: 'seed', label: 'Seed', min: 0, max: 2_147_483_647, whole: true },
  ];
  const budget = model?.parameters?.thinkingBudget;
  if (!budget) return fields;
  return [
    ...fields,
    {
      name: 'thinkingBudget',
      label: 'Thinking budget',
      min: budget.min,
      max: 10_000_000,
      whole: true,
      hint: 'Tokens.',
    },
  ];
}

const dialFields: (NumberField & { name: DialName })[] = [
  { name: 'topK', label: 'Top-k', min: 0, max: 1_000_000, whole: true, hint: '0: all.' },
  { name: 'minP', label: 'Min-p', min: 0, max: 1, whole: false },
  { name: 'repeatPenalty', label: 'Repeat penalty', min: 0, max: 10, whole: false, hint: '1: none.' },
  {
    name: 'numCtx',
    label: 'Window, tokens',
    min: 1,
    max: 100_000_000,
    whole: true,
    hint: 'Another one loads the model anew.',
  },
];

/** The numbers that only some servers understand, where the model's does. */
export function dialFieldsFor(model: ModelInfo | undefined): NumberField[] {
  const { dials = {} } = model?.parameters ?? {};
  return dialFields.filter(({ name }) => dials[name] !== undefined);
}

/** How long a model is kept in memory: seconds, and the words for them. */
export const keepAliveWords = [
  [0, 'Put away at once'],
  [300, '5 minutes'],
  [1_800, '30 minutes'],
  [3_600, '1 hour'],
  [-1, 'For good'],
] as const;

/** What was typed, as a number; nothing typed is no number. A decimal comma is as good as a point. */
export function parseNumber(field: NumberField, text: string): { value?: number } | { problem: string } {
  const typed = text.trim().replace(/[\s_’']/g, '');
  if (typed === '') return {};
  // Commas between groups of three are no decimals in a whole number.
  const plain = field.whole ? typed.replace(/,(?=\d{3}(,|$))/g, '') : typed.replace(',', '.');
  const value = /^-?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : Number.NaN;
  const fits = value >= field.min && value <= field.max && (!field.whole || Number.isInteger(value));
  return fits ? { value } : { problem: rangeWords(field) };
}

function rangeWords({ min, max, whole }: NumberField): string {
  if (whole && max > 1_000_000) return min === 0 ? 'A whole number.' : `A whole number from ${formatCount(min)} on.`;
  return `A number from ${min} to ${max}.`;
}

const maxStops = 8;
const maxStopLength = 200;
const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', '\\': '\\' };

/** Stop strings as they were typed: one a line, a line end within one as `\n`. At most what the API takes. */
export function parseStops(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\\([ntr\\])/g, (_, letter: string) => escapes[letter] ?? letter))
    .filter((stop) => stop !== '' && stop.length <= maxStopLength)
    .slice(0, maxStops);
}

/** Stop strings as they are typed. */
export function stopsText(stops: readonly string[] | undefined): string {
  return (stops ?? [])
    .map((stop) =>
      stop.replace(/[\\\n\t\r]/g, (c) => (c === '\\' ? '\\\\' : c === '\n' ? '\\n' : c === '\t' ? '\\t' : '\\r')),
    )
    .join('\n');
}

/** A sampling with one parameter set, or without it. */
export function withParameter<K extends keyof Sampling>(sampling: Sampling, name: K, value: Sampling[K]): Sampling {
  const { [name]: _, ...rest } = sampling;
  return value === undefined ? rest : { ...rest, [name]: value };
}
