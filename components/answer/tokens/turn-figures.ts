import type { Message } from '../../../lib/conversation.ts';
import { tokenRatesOf } from '../../../lib/token-rate.ts';
import { formatCost, formatDuration, formatTokens, tokensAtRate } from '../../../lib/quantity-words.ts';
import type { GenerationView } from '../../conversation/generation-store.ts';
import type { PathNode } from '../../../lib/thread-path.ts';

/** One turn of the shown branch in figures: a question and its answer. */
export interface TurnFigures {
  questionId: string;
  answerId: string;
  /** Its beginning, in one line. */
  question: string;
  reasoningTokens: number;
  answerTokens: number;
  running: boolean;
  /** The counts are estimates, for now or for good. */
  estimated: boolean;
  /** Its tokens were spent elsewhere: it is a copy. */
  copied: boolean;
  /** USD; undefined is not known. */
  cost?: number;
  view: GenerationView;
}

/** The turns of a branch, each with what is known of its answer. */
export function turnsOf(path: readonly PathNode[], viewOf: (answer: Message) => GenerationView): TurnFigures[] {
  return path.flatMap(({ message }, i) => {
    const { generation } = message;
    const question = path[i - 1]?.message;
    if (message.role !== 'assistant' || !generation || !question) return [];
    const view = viewOf(message);
    const { usage, finish, phase } = view.state;
    const turn: TurnFigures = {
      questionId: question.id,
      answerId: message.id,
      question: lineOf(question),
      reasoningTokens: view.reasoningTokens,
      answerTokens: view.answerTokens,
      running: phase !== 'done',
      estimated: (usage?.source ?? 'estimated') === 'estimated',
      copied: generation.copiedFrom !== undefined,
      ...(finish?.cost !== undefined && { cost: finish.cost }),
      view,
    };
    return [turn];
  });
}

function lineOf(question: Message): string {
  const line = question.parts
    .map(({ text }) => text)
    .join('')
    .slice(0, 300)
    .trim()
    .replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** Sums over the turns of a branch. */
export interface TurnTotals {
  reasoningTokens: number;
  answerTokens: number;
  estimated: boolean;
  /** USD of the turns whose cost is known; undefined when it is of none. */
  cost?: number;
  /** How many turns that is. */
  costed: number;
}

export function totalsOf(turns: readonly TurnFigures[]): TurnTotals {
  const costed = turns.filter(({ cost }) => cost !== undefined);
  const sum = (of: (turn: TurnFigures) => number) => turns.reduce((all, turn) => all + of(turn), 0);
  return {
    reasoningTokens: sum((turn) => turn.reasoningTokens),
    answerTokens: sum((turn) => turn.answerTokens),
    estimated: turns.some(
      ({ estimated, reasoningTokens, answerTokens }) => estimated && reasoningTokens + answerTokens > 0,
    ),
    ...(costed.length > 0 && { cost: sum((turn) => turn.cost ?? 0) }),
    costed: costed.length,
  };
}

/** The figures of a turn as rows of names and values. */
export function rowsOfTurn(turn: TurnFigures): [name: string, value: string][] {
  const { state } = turn.view;
  const rates = turn.running ? {} : tokenRatesOf(state.times, { ...state.usage, ...turn });
  const rows: [string, string][] = [
    ['Thinking', tokensAtRate(turn.reasoningTokens, rates.thinking)],
    ['Answer', tokensAtRate(turn.answerTokens, rates.answer)],
  ];
  if (state.times.end !== undefined) rows.push(['In all', formatDuration(state.times.end)]);
  if (turn.cost !== undefined) rows.push(['Cost', formatCost(turn.cost)]);
  return rows;
}

/** "≈ 12,345 tokens · $0.012", for the end of the strip. */
export function wordsOfTotals(
  { reasoningTokens, answerTokens, estimated, cost, costed }: TurnTotals,
  turns: number,
): string {
  const tokens = `${estimated ? '≈ ' : ''}${formatTokens(reasoningTokens + answerTokens)}`;
  if (cost === undefined) return tokens;
  return `${tokens} · ${formatCost(cost)}${costed < turns ? ` for ${costed} of ${turns}` : ''}`;
}
