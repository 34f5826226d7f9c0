import { formatCount } from '../../lib/quantity-words.ts';
import { type HistoryPolicy, type ModelInfo, type PromptTemplateId, promptTemplateIds } from '../../lib/model.ts';
import type { ModelOverride } from '../../lib/provider.ts';

/** A model's data as a form holds it: text in text fields, empty for "not known". */
export interface OverrideForm {
  label: string;
  transport: ModelInfo['reasoning']['transport'];
  startsInReasoning: 'auto' | 'yes' | 'no';
  answerTags: boolean;
  /** Opening and closing tag with a space between; empty for the usual ones. */
  thinkTags: string;
  history: HistoryPolicy;
  promptTemplate: PromptTemplateId;
  systemPrompt: 'ok' | 'avoid';
  takesImages: boolean;
  /** The preset of the server behind a gateway; empty where nobody has told. */
  behind: string;
  temperature: string;
  topP: string;
  maxTokens: string;
  contextTokens: string;
  outputTokens: string;
  priceInput: string;
  priceOutput: string;
  priceCached: string;
  priceAsOf: string;
  extras: string;
}

export const transportWords = [
  ['field', 'In a field of its own'],
  ['inline', 'Between tags in the text'],
  ['hidden', 'Hidden: only counted'],
  ['none', 'It does not think'],
] as const;

export const startWords = [
  ['auto', 'Find out by its text'],
  ['yes', 'Yes: its template opens the thinking'],
  ['no', 'No: it writes the opening tag'],
] as const;

export const historyWords = [
  ['strip', 'Left out of what is sent next'],
  ['keep', 'Sent back with the history'],
  ['required', 'Must be sent back'],
] as const;

/** Servers that a gateway may stand before, with what they can do beyond the common protocol. */
export const behindWords = [
  ['', 'None, or not known'],
  ['llamacpp', 'llama.cpp'],
  ['vllm', 'vLLM'],
  ['sglang', 'SGLang'],
  ['lmstudio', 'LM Studio'],
  ['tgi', 'TGI'],
  ['transformers-serve', 'transformers serve'],
] as const;

export const systemPromptWords = [
  ['ok', 'Sent as it is'],
  ['avoid', 'Moved into the first question'],
] as const;

const templateNames: Partial<Record<PromptTemplateId, string>> = {
  chat: 'Chat messages',
  'r1-zero': 'R1-Zero’s template, as a message',
  'r1-zero-raw': 'R1-Zero’s template, as a raw completion',
  raw: 'A text written by hand, as a raw completion',
};

export const templateWords = promptTemplateIds.map((id) => [id, templateNames[id] ?? id] as const);

/** What is known about a model, ready to be changed. */
export function formOf(model: ModelInfo): OverrideForm {
  const { reasoning, advice, limits, price, requestExtras } = model;
  return {
    label: model.label,
    transport: reasoning.transport,
    startsInReasoning: reasoning.startsInReasoning === 'auto' ? 'auto' : reasoning.startsInReasoning ? 'yes' : 'no',
    answerTags: reasoning.answerTags ?? false,
    thinkTags: reasoning.thinkTags?.join(' ') ?? '',
    history: model.history,
    promptTemplate: model.promptTemplate,
    systemPrompt: advice.systemPrompt,
    takesImages: model.takesImages ?? false,
    behind: model.behind ?? '',
    temperature: textOf(advice.temperature),
    topP: textOf(advice.topP),
    maxTokens: textOf(advice.maxTokens),
    contextTokens: textOf(limits.contextTokens),
    outputTokens: textOf(limits.outputTokens),
    priceInput: textOf(price?.input),
    priceOutput: textOf(price?.output),
    priceCached: textOf(price?.cachedInput),
    priceAsOf: price?.asOf ?? '',
    extras: Object.keys(requestExtras).length === 0 ? '' : JSON.stringify(requestExtras, null, 2),
  };
}

/** What was written into a field and cannot be taken; its message is for whoever wrote it. */
export class FieldFault extends Error {
  readonly field: keyof OverrideForm;

  constructor(field: keyof OverrideForm, message: string) {
    super(message);
    this.name = 'FieldFault';
    this.field = field;
  }
}

/**
 * What the form says otherwise than the model's data, put over what was said before.
 * @throws FieldFault for the first field that cannot be read.
 */
export function overrideOf(form: OverrideForm, model: ModelInfo, before: ModelOverride, month: string): ModelOverride {
  const was = formOf(model);
  const changed = (...fields: (keyof OverrideForm)[]) => fields.some((field) => form[field] !== was[field]);
  const override: ModelOverride = { ...before };
  if (changed('label')) override.label = form.label.trim() || model.id;
  if (changed('transport', 'startsInReasoning', 'answerTags', 'thinkTags')) {
    override.reasoning = {
      transport: form.transport,
      startsInReasoning: form.startsInReasoning === 'auto' ? 'auto' : form.startsInReasoning === 'yes',
      ...(form.answerTags && { answerTags: true }),
      ...thinkTagsOf(form.thinkTags),
    };
  }
  if (changed('history')) override.history = form.history;
  if (changed('takesImages')) override.takesImages = form.takesImages;
  if (changed('behind')) override.behind = form.behind || null;
  if (changed('promptTemplate')) override.promptTemplate = form.promptTemplate;
  if (changed('systemPrompt', 'temperature', 'topP', 'maxTokens')) {
    override.advice = {
      systemPrompt: form.systemPrompt,
      ...named('temperature', numberOf(form, 'temperature', 'The temperature', 0, 2)),
      ...named('topP', numberOf(form, 'topP', 'Top-p', 0, 1)),
      ...named('maxTokens', wholeOf(form, 'maxTokens', 'Longest answer')),
    };
  }
  if (changed('contextTokens', 'outputTokens')) {
    override.limits = {
      ...named('contextTokens', wholeOf(form, 'contextTokens', 'The context')),
      ...named('outputTokens', wholeOf(form, 'outputTokens', 'The longest output')),
    };
  }
  if (changed('priceInput', 'priceOutput', 'priceCached', 'priceAsOf')) override.price = priceOf(form, month);
  if (changed('extras')) override.requestExtras = parseExtras(form.extras);
  return override;
}

function thinkTagsOf(text: string): Pick<ModelInfo['reasoning'], 'thinkTags'> {
  const [open, close, ...more] = text.split(/\s+/).filter(Boolean);
  if (open === undefined) return {};
  if (close === undefined || more.length > 0) {
    throw new FieldFault(
      'thinkTags',
      'The tags are two words, such as [THINK] [/THINK]: the one that opens the thinking, and the one that ends it.',
    );
  }
  return { thinkTags: [open, close] };
}

function priceOf(form: OverrideForm, month: string): ModelOverride['price'] {
  if (form.priceInput.trim() === '' && form.priceOutput.trim() === '') return null;
  return {
    input: numberOf(form, 'priceInput', 'The price of input', 0, 1_000_000) ?? 0,
    output: numberOf(form, 'priceOutput', 'The price of output', 0, 1_000_000) ?? 0,
    ...named('cachedInput', numberOf(form, 'priceCached', 'The price of cached input', 0, 1_000_000)),
    asOf: form.priceAsOf.trim() || month,
  };
}

function parseExtras(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new FieldFault('extras', 'The extra fields are not a JSON object, such as {"top_k": 20}.');
}

function numberOf(
  form: OverrideForm,
  field: keyof OverrideForm,
  words: string,
  min: number,
  max: number,
): number | undefined {
  const text = String(form[field]).trim().replace(',', '.');
  if (text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < min || value > max) {
    throw new FieldFault(field, `${words} is a number from ${min} to ${formatCount(max)}, or empty.`);
  }
  return value;
}

function wholeOf(form: OverrideForm, field: keyof OverrideForm, words: string): number | undefined {
  const text = String(form[field]).replace(/[\s,_]/g, '');
  if (text === '') return undefined;
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) {
    throw new FieldFault(field, `${words} is a whole number of tokens, or empty.`);
  }
  return Number(text);
}

/** Under its name, if it is known. */
function named<K extends string>(name: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<K, number>>); // its only key
}

function textOf(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}
