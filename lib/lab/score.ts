import { compareAnswers, type Verdict } from '../reasoning/equality/compare-answers.ts';
import type { FinishReason, Outcome } from '../stream-part.ts';
import { extractAnswer, type ExtractionRule, type FoundAnswer } from './extract.ts';
import { judgePuzzle } from './puzzle.ts';
import type { LabQuestion } from './question.ts';

/** Grows whenever a reply may be found or judged otherwise than before; stored with every verdict. */
export const scorerVersion = 1;

/** What becomes of a sample once its generation is over, in the order of the tables. */
export const endStates = [
  'right',
  'wrong',
  'no-answer',
  'cut-thinking',
  'cut-answering',
  'filtered',
  'failed',
  'stopped',
] as const;
export type EndState = (typeof endStates)[number];

/** Nobody knows what the model would have said: never counted wrong, and said to be missing. */
export function isMissing(state: EndState): boolean {
  return state === 'failed' || state === 'stopped';
}

/** How a reply is judged, where there are several ways. */
export interface ScoringRule {
  /** The only rules whose finds count; absent: all of them. */
  rules?: readonly ExtractionRule[];
  /** An inequality is no answer where an interval is the key: a model that repeats the question has not solved it. */
  strict?: boolean;
}

/** A reply as it was generated. */
export interface Reply {
  thinking: string;
  answer: string;
  outcome: Outcome;
  reason: FinishReason;
}

export interface Score {
  state: EndState;
  /** Absent where none was found; also of a cut sample, where it is shown and does not count. */
  found?: FoundAnswer;
  /** How it stands to the key; `unsure` counts as wrong and is worth a look. */
  verdict?: Verdict;
  /** What it says in a vote: equal values are one group. Absent where it has no vote. */
  vote?: string;
}

/**
 * What a reply is worth. One that was cut is wrong and has no vote, whatever it had said before; one whose provider failed or
 * that somebody stopped is missing.
 */
export function scoreReply(reply: Reply, question: LabQuestion, rule: ScoringRule = {}): Score {
  const { outcome, reason, answer } = reply;
  const extracted = extractAnswer(reply, question.kind);
  const found = extracted && (rule.rules?.includes(extracted.rule) ?? true) ? extracted : undefined;
  const about = found && { found };
  if (outcome === 'stopped') return { state: 'stopped', ...about };
  if (outcome !== 'complete') return { state: 'failed', ...about };
  if (reason === 'filtered') return { state: 'filtered', ...about };
  if (reason === 'length') return { state: answer.trim() === '' ? 'cut-thinking' : 'cut-answering', ...about };
  if (!found || found.inThinking) return { state: 'no-answer', ...about };
  const verdict = judgeAnswer(found.text, question, rule);
  const isPuzzleSolved = question.kind === 'puzzle' && verdict === 'same';
  return {
    state: verdict === 'same' ? 'right' : 'wrong',
    found,
    verdict,
    // every solution of a puzzle is one answer
    vote: isPuzzleSolved ? 'solved' : found.text,
  };
}

function judgeAnswer(given: string, question: LabQuestion, { strict = false }: ScoringRule): Verdict {
  if (question.kind === 'puzzle')
    return judgePuzzle(given, { numbers: question.numbers ?? [], target: question.answer }) ? 'same' : 'different';
  const verdict = compareAnswers(question.answer, given, { strict });
  if (verdict !== 'unsure' || question.kind !== 'choice') return verdict;
  // the choice's own words instead of its letter
  const at = question.choices?.findIndex((choice) => compareAnswers(choice, given) === 'same') ?? -1;
  if (at < 0) return 'unsure';
  return String.fromCharCode('A'.charCodeAt(0) + at) === question.answer ? 'same' : 'different';
}
