import { canAnswerNow, canContinue, cutInOf } from '../../continuation.ts';
import type { AnswerPrefix, ModelInfo } from '../../model.ts';
import { joinPieces, type RawPiece, type RawText } from '../../raw-text.ts';
import { type Finish as SplitterFinish, ReasoningSplitter, type SplitterOptions } from '@thinkglass/splitter';
import { closingTagOf, openingTagOf } from '../../reasoning/splitter-options.ts';
import { type Finish, type Segment, textOfKind } from '../../stream-part.ts';
import type { Beginning } from './intake.ts';

/** An answer that was cut, with what is known of it. */
export interface CutAnswer {
  parts: readonly Segment[];
  raw: RawText;
  finish: Finish | undefined;
  /** The prompt it was the completion of; undefined for a chat. */
  prompt?: string;
}

/** How an answer is continued in the model's own turn. */
export interface ContinuationPlan {
  prefix: AnswerPrefix;
  /** Of a completion: the text to continue. */
  prompt?: string;
  begun: Beginning;
  splitter: SplitterOptions;
  /** The thinking is ended by us. */
  closes: boolean;
}

/**
 * What to send so that a model goes on with its own text, and how that is split; undefined where it cannot.
 * @param input.answerNow its thinking is ended here, and it is to answer.
 * @param input.options how its text was split, as far as that is known.
 */
export function planContinuation(input: {
  cut: CutAnswer;
  model: ModelInfo;
  answerNow: boolean;
  options: SplitterOptions;
}): ContinuationPlan | undefined {
  const { cut, model, options } = input;
  const cutIn = cutInOf(cut.parts);
  if (!cutIn) return undefined;
  const pieces = joinPieces(cut.raw.pieces);
  const isExact = cut.raw.exact && pieces.every(({ field }) => field === 'content');
  const closes = input.answerNow && cutIn === 'thought';
  const where = { isCompletion: cut.prompt !== undefined, exact: isExact };
  if (!(closes ? canAnswerNow(model, where) : canContinue(model, { ...where, cutIn }))) return undefined;
  if (cut.prompt !== undefined && !isExact) return undefined; // a text from before it was kept

  const thoughtOver = cutIn === 'answer' || closes;
  const read = readAgain(cut, pieces, options);
  const isOpen = model.continuation === 'rendered' && cut.prompt === undefined && !thoughtOver;
  if (isOpen && read.pieces.some(({ field }) => field === 'reasoning')) {
    // What comes of a raw completion closes the thinking by a tag: so it has to begin with one.
    read.pieces = [{ field: 'content', text: `${openingTagOf(model)}\n${textOf(read.pieces).trimStart()}` }];
  }
  const closing = closes && read.pieces.at(-1)?.field === 'content' ? `\n${closingTagOf(model)}\n\n` : '';
  const begun = joinPieces([...read.pieces, { field: 'content', text: closing }]);
  const exact = isExact ? textOf(begun) : undefined;
  return {
    prefix: { ...textsOf(cut, pieces), thoughtOver, ...(exact !== undefined && { exact }) },
    ...(cut.prompt !== undefined && exact !== undefined && { prompt: cut.prompt + exact }),
    begun: { pieces: begun, ...(thoughtOver && model.continuation === 'final-message' && { asContent: true }) },
    splitter: read.options,
    closes,
  };
}

/**
 * A way of reading the exact text that says what the answer's parts say; where there is none (it was filed otherwise by
 * hand, say), the parts between tags, or in their fields.
 */
function readAgain(
  { parts, finish }: CutAnswer,
  pieces: readonly RawPiece[],
  options: SplitterOptions,
): { pieces: readonly RawPiece[]; options: SplitterOptions } {
  for (const startsInReasoning of [options.startsInReasoning ?? 'auto', true, false, 'auto'] as const) {
    const tried = { ...options, startsInReasoning };
    if (saysTheSame(pieces, tried, finish, parts)) return { pieces, options: tried };
  }
  const fields = pieces.some(({ field }) => field === 'reasoning');
  return {
    pieces: fields ? inFields(parts) : betweenTags(parts),
    options: { ...options, startsInReasoning: 'auto' },
  };
}

function saysTheSame(
  pieces: readonly RawPiece[],
  options: SplitterOptions,
  finish: Finish | undefined,
  parts: readonly Segment[],
): boolean {
  const splitter = new ReasoningSplitter(options);
  for (const { field, text } of pieces) splitter.push({ [field]: text.replaceAll('\0', '\uFFFD') });
  splitter.end(finishForSplitter(finish));
  const { segments } = splitter.result();
  return (
    segments.length === parts.length &&
    segments.every(([kind, text], i) => kind === parts[i]?.kind && text === parts[i]?.text)
  );
}

function finishForSplitter(finish: Finish | undefined): SplitterFinish {
  if (!finish || finish.outcome === 'stopped') return 'abort';
  if (finish.outcome !== 'complete') return 'error';
  return finish.reason === 'stop' || finish.reason === 'length' ? finish.reason : null;
}

function inFields(parts: readonly Segment[]): RawPiece[] {
  return parts
    .filter(({ kind }) => kind !== 'discarded')
    .map(({ kind, text }) => ({ field: kind === 'reasoning' ? 'reasoning' : 'content', text }));
}

function betweenTags(parts: readonly Segment[]): RawPiece[] {
  const last = parts.at(-1);
  return parts
    .filter(({ kind }) => kind !== 'discarded')
    .map((part) => {
      if (part.kind === 'answer') return { field: 'content', text: part.text };
      return { field: 'content', text: `<think>\n${part.text}${part === last ? '' : '\n</think>\n\n'}` };
    });
}

/** Thinking and answer as they are handed back: to the character where each had a field of its own. */
function textsOf({ parts }: CutAnswer, pieces: readonly RawPiece[]): Pick<AnswerPrefix, 'reasoning' | 'answer'> {
  const seen = { reasoning: textOfKind(parts, 'reasoning'), answer: textOfKind(parts, 'answer') };
  const [thought, said] = [pieces.filter(({ field }) => field === 'reasoning'), pieces.filter(isContent)].map(textOf);
  const isApart = thought?.trim() === seen.reasoning.trim() && said?.trim() === seen.answer.trim();
  return isApart && thought !== undefined && said !== undefined ? { reasoning: thought, answer: said } : seen;
}

const isContent = ({ field }: RawPiece) => field === 'content';

function textOf(pieces: readonly RawPiece[]): string {
  return pieces.map(({ text }) => text).join('');
}
