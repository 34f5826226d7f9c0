import { AppError } from '../errors.ts';
import type { ModelInfo, Sampling } from '../model.ts';
import type { SplitterOptions } from '@thinkglass/splitter';
import { type PastTurn, r1ZeroStop, r1ZeroTemplate } from './templates.ts';

/** What the variables of a hand-written prompt stand for. */
export interface RawPromptValues {
  question: string;
  system: string;
  turns: readonly PastTurn[];
}

/** The variables of a hand-written prompt, for those who write one. */
export const rawPromptVariables: readonly { text: string; meaning: string }[] = [
  { text: '{{question}}', meaning: 'what is asked now' },
  { text: '{{history}}', meaning: 'earlier turns, as lines of User: and Assistant:' },
  { text: '{{system}}', meaning: 'the system prompt' },
  {
    text: '{{#turns}}User: {{turn.question}}\nAssistant: {{turn.answer}}\n{{/turns}}',
    meaning: 'earlier turns, in words of your own',
  },
];

/** A prompt to begin with. */
export interface RawPromptStarter {
  id: string;
  label: string;
  template: string;
  stop: readonly string[];
}

/** Prompts to begin with, each with where it should stop. */
export const rawPromptStarters: readonly RawPromptStarter[] = [
  {
    id: 'r1-zero',
    label: 'R1-Zero',
    template: r1ZeroTemplate.replace('{prompt}', '{{question}}'),
    stop: r1ZeroStop,
  },
  {
    id: 'r1-zero-think',
    label: 'R1-Zero, <think> opened',
    template: `${r1ZeroTemplate.replace('{prompt}', '{{question}}')} <think>`,
    stop: r1ZeroStop,
  },
  {
    id: 'question-answer',
    label: 'Question/Answer',
    template: 'Question: {{question}}\nAnswer:',
    stop: ['\nQuestion:'],
  },
  {
    id: 'chatml',
    label: 'ChatML-like',
    template:
      '<|im_start|>system\nYou think before you answer.<|im_end|>\n{{#turns}}<|im_start|>user\n{{turn.question}}<|im_end|>\n<|im_start|>assistant\n{{turn.answer}}<|im_end|>\n{{/turns}}<|im_start|>user\n{{question}}<|im_end|>\n<|im_start|>assistant\n<think>\n',
    stop: ['<|im_end|>', '<|im_start|>'],
  },
];

const variable = /\{\{[ \t]{0,8}([#/]?[A-Za-z_][A-Za-z0-9_.]{0,63})[ \t]{0,8}\}\}/g;

/** A piece of a template: text as it stands, or a name between braces (`raw` is how it was written). */
interface Piece {
  raw: string;
  name?: string;
}

/**
 * Renders a hand-written prompt. Nothing is added, trimmed or rendered twice: braces in a question stay text. A name that
 * is no variable stays as it was written and is reported, since braces may well belong to the prompt.
 * @throws AppError `too_large` when the variables make it longer than any model takes.
 */
export function renderRawPrompt(
  template: string,
  values: RawPromptValues,
): { prompt: string; unknownVariables: string[] } {
  const pieces = cutTemplate(template);
  const lastEnd = pieces.findLastIndex((piece) => piece.name === '/turns');
  const unknown = new Set<string>();
  let prompt = '';
  const write = (piece: Piece, turn: PastTurn | undefined) => {
    prompt += renderPiece(piece, values, turn, unknown);
    if (prompt.length > maxPromptLength) {
      throw new AppError('too_large', `The prompt is longer than ${maxPromptLength} characters. Shorten it.`);
    }
  };
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] as Piece; // i is in range
    if (piece.name !== '#turns' || i > lastEnd) {
      write(piece, undefined);
      continue;
    }
    const end = pieces.findIndex((p, at) => at > i && p.name === '/turns');
    const inside = pieces.slice(i + 1, end);
    // Looked at even when there are no turns, so that a wrong name is known before the second question.
    for (const p of inside) renderPiece(p, values, noTurn, unknown);
    for (const turn of values.turns) for (const p of inside) write(p, turn);
    i = end;
  }
  return { prompt, unknownVariables: [...unknown] };
}

const maxPromptLength = 4_000_000;

const noTurn: PastTurn = { question: '', answer: '', reasoning: '' };

function cutTemplate(template: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of template.matchAll(variable)) {
    pieces.push({ raw: template.slice(at, match.index) }, { raw: match[0], name: match[1] ?? '' });
    at = match.index + match[0].length;
  }
  pieces.push({ raw: template.slice(at) });
  return pieces;
}

function renderPiece(
  { raw, name }: Piece,
  values: RawPromptValues,
  turn: PastTurn | undefined,
  unknown: Set<string>,
): string {
  switch (name) {
    case undefined:
      return raw;
    case 'question':
      return values.question;
    case 'system':
      return values.system;
    case 'history':
      return values.turns.map((t) => `User: ${t.question}\nAssistant: ${t.answer}\n`).join('');
    case 'turn.question':
      if (turn) return turn.question;
      break;
    case 'turn.answer':
      if (turn) return turn.answer;
      break;
  }
  unknown.add(name);
  return raw;
}

/** Whether a template asks for the question somewhere; one that does not is a prompt already. */
export function asksForQuestion(template: string): boolean {
  return cutTemplate(template).some((piece) => piece.name === 'question');
}

/** Whether a prompt leaves the model inside its thinking. */
export function endsInOpener(prompt: string): boolean {
  return /<think>[ \t\r\n]{0,8}$/i.test(prompt.slice(-16));
}

const userLabels = ['User:', 'Human:', 'Question:', 'Q:'];
const assistantLabels = ['Assistant:', 'Answer:', 'A:'];

/**
 * By which labels an invented turn is known in the continuation of this prompt: those that the prompt itself uses. A text
 * without any may well have a line that begins with "User:".
 */
export function turnLabelsOf(prompt: string): SplitterOptions['completion'] {
  const uses = (label: string) => new RegExp(`(^|[\\n.>] ?)${label}`).test(prompt);
  const user = userLabels.filter(uses);
  return user.length > 0 ? { user, assistant: assistantLabels.filter(uses) } : false;
}

/** Where nobody has set a limit, a base model that has lost its way is stopped after this many tokens. */
const defaultMaxTokens = 16_384;

/** The token limit of a completion; there always is one, as base models may never stop by themselves. */
export function completionMaxTokens(model: ModelInfo, sampling: Sampling): number {
  if (sampling.maxTokens !== undefined) return sampling.maxTokens;
  const { contextTokens, outputTokens } = model.limits;
  const usual = model.advice.maxTokens ?? outputTokens ?? defaultMaxTokens;
  // Prompt and output share the window.
  return contextTokens === undefined ? usual : Math.max(1, Math.min(usual, Math.floor(contextTokens / 2)));
}
