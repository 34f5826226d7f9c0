import type { GenerationView } from '../conversation/generation-store.ts';

/** From so much thinking on, in ms, one press of Esc ends neither it nor the answer that comes of it. */
const longThoughtMs = 20_000;

/**
 * The tokens of answers with a long thought that stopping would end; undefined when none is under way.
 * @param now on the page's clock (`performance.now()`)
 */
export function thoughtAtStake(running: readonly GenerationView[], now: number): number | undefined {
  const long = running.filter(({ state, originAt }) => {
    const { reasoningStart: began, answerStart: ended = now - originAt } = state.times;
    return state.phase !== 'done' && began !== undefined && ended - began >= longThoughtMs;
  });
  return long.length === 0 ? undefined : long.reduce((sum, view) => sum + view.reasoningTokens + view.answerTokens, 0);
}
