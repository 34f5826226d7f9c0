import { formatDuration, formatTokens } from '../../lib/quantity-words.ts';
import type { SharedAnswer, SharedColumn, SharedEnding } from '../../lib/share.ts';

/** What a question came with and a share leaves out; undefined when that was nothing. */
export function filesWords(files: readonly string[] | undefined): string | undefined {
  return files?.length ? `Came with ${files.join(', ')} (not shared)` : undefined;
}

/** What stands over a thought. */
export function thoughtWords({ numbers: told }: SharedAnswer): string {
  if (!told) return 'Thinking';
  const time = told.thinkingMs === undefined ? 'Thought' : `Thought for ${formatDuration(told.thinkingMs)}`;
  // What it goes on with, and was counted there, may be gone.
  return told.thinkingTokens === 0 ? time : `${time}, ${formatTokens(told.thinkingTokens)}`;
}

/** What stands under an answer; undefined where no numbers are shared. */
export function numbersWords({ numbers: told }: SharedAnswer): string | undefined {
  if (!told) return undefined;
  const { thinkingTokens, answerTokens, source, totalMs } = told;
  const parts = [`${formatTokens(thinkingTokens)} of thinking`, `${formatTokens(answerTokens)} of answer (${source})`];
  return [...parts, ...(totalMs === undefined ? [] : [`${formatDuration(totalMs)} in all`])].join(' · ');
}

export const endingWords: Record<SharedEnding, string> = {
  stopped: 'Stopped before its end.',
  interrupted: 'Interrupted: the connection broke before its end.',
  failed: 'It failed here.',
  length: 'Out of tokens: it ends in the middle.',
  filtered: 'The rest was withheld by the provider.',
};

/** "DeepSeek-R1", "DeepSeek-R1 and R1-Zero", "A, B and C". */
export function modelsWords(columns: readonly SharedColumn[]): string {
  const names = columns.map(({ model }) => model);
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
