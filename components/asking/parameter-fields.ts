import { formatCount } from '../../lib/quantity-words.ts';
import type { ModelInfo, Sampling } from '../../lib/model.ts';

export type NumberName = 'temperature' | 'topP' | 'maxTokens' | 'seed' | 'thinkingBudget';

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
