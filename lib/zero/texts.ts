import type { Puzzle } from '../lab/puzzle.ts';
import type { Rewards } from '../lab/rewards.ts';
import { judgePuzzle } from '../lab/puzzle.ts';

/** One of the models of the story: the base, tiny-zero along its training, tiny-r1. */
export interface Checkpoint {
  id: string;
  kind: 'base' | 'zero' | 'r1';
  /** Steps of reinforcement learning behind it. */
  step: number;
  /** What stands in a text before the model goes on. */
  opens: string;
  /** In tokens. */
  context: number;
  parameters: number;
  /** Of its file. */
  bytes: number;
}

/** So many texts are written for one request. */
export const mostTexts = 16;

/** What the writing of several texts tells; `at` is the text's place among the models asked, then among its samples. */
export type TextsEvent =
  | { type: 'begun'; numbers: number[]; target: number }
  | { type: 'text'; at: number; text: string }
  | { type: 'done'; at: number; end: 'stop' | 'length'; tokens: number; thinkingTokens: number }
  | { type: 'failed'; at: number; message: string };

/** A text as it is judged: with R1's rewards, each by a rule. */
export interface Judged {
  rewards: Rewards;
  /** What stands between the tags of an answer; undefined where there are none. */
  answer: string | undefined;
  /** It said yes to an attempt that does not come to the target: the reward hack. */
  saysFalseYes: boolean;
}

/** As the training counts them: a right answer only inside a well-formed text, or answers without a thought would win. */
export function countedRewards(rewards: Rewards): Rewards {
  return { ...rewards, accuracy: rewards.format === 1 ? rewards.accuracy : 0 };
}

const wellFormed = /^\s*<think>[^<]*<\/think>\s*<answer>([^<]*)<\/answer>\s*$/;
const answered = /<answer>([^<]*)<\/answer>/;

/**
 * The rules of the training: the form is one thought and one answer and nothing else; an answer is right when it comes to the
 * target with each number once at most and three of them; the language is the share of English among the marks that have one.
 */
export function judgeText(text: string, { numbers, target }: { numbers: number[]; target: number }): Judged {
  const puzzle: Puzzle = { numbers, target: String(target) };
  const answer = answered.exec(text)?.[1]?.trim();
  const isWellFormed = wellFormed.test(text);
  const thought = /<think>([^<]*)/.exec(text)?.[1] ?? '';
  return {
    rewards: {
      accuracy: answer !== undefined && judgePuzzle(answer, puzzle) ? 1 : 0,
      format: isWellFormed ? 1 : 0,
      language: englishShare(thought),
    },
    answer,
    saysFalseYes: [...thought.matchAll(/=\s*(\d+)\s*(?:yes|对)/g)].some(([, came]) => Number(came) !== target),
  };
}

/** Undefined for a thought without a mark of either language. */
function englishShare(thought: string): number | undefined {
  const english = thought.match(/yes|no|,/g)?.length ?? 0;
  const chinese = thought.match(/[对错，]/g)?.length ?? 0;
  return english + chinese === 0 ? undefined : english / (english + chinese);
}
