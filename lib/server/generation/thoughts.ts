import { liveTokens } from '../../live-tokens.ts';
import type { RunningAnswer, Thoughts } from '../../thoughts.ts';
import type { Store } from '../store/store.ts';
import type { RunLog } from './run-log.ts';

interface Rooms {
  store: Store;
  runLog: RunLog;
}

/** Nobody is told of what ended longer ago than this, in ms. */
const longestAgoMs = 24 * 60 * 60_000;

/**
 * What of a person's runs, with its tokens as they stand this moment, and what has ended after `since` (epoch ms;
 * undefined: they only begin to look).
 */
export async function readThoughts(
  { store, runLog }: Rooms,
  ownerId: string,
  options: { since: number | undefined; now: number },
): Promise<Thoughts> {
  const { since, now } = options;
  const ended = since === undefined ? [] : await store.running.listEnded(ownerId, Math.max(since, now - longestAgoMs));
  const running = await store.running.listOwned(ownerId);
  const byConversation = Map.groupBy(running, ({ conversationId }) => conversationId);
  const told = await Promise.all(
    [...byConversation].map(async ([conversationId, answers]): Promise<RunningAnswer[]> => {
      const { messages } = await runLog.messagesOf(
        conversationId,
        answers.map(({ generationId }) => generationId),
      );
      return answers.map((answer) => {
        const state = messages.get(answer.generationId);
        if (!state) return answer;
        const { usage, phase } = state;
        const reasoningTokens = usage?.reasoningTokens ?? liveTokens(state, 'reasoning');
        const answerTokens = usage?.answerTokens ?? liveTokens(state, 'answer');
        return { ...answer, phase, reasoningTokens, answerTokens };
      });
    }),
  );
  return { at: now, running: told.flat(), ended };
}
