import type { MessageState, PartKind } from './stream-part.ts';
import { estimateTokens } from './usage.ts';

/** Tokens of one segment while it is written: counted as far as they have been, estimated from there on. */
export function tokensSoFar({ segments, counts }: Pick<MessageState, 'segments' | 'counts'>, seg: number): number {
  const text = segments[seg]?.text ?? '';
  const count = counts?.[seg];
  if (!count || count.length > text.length) return estimateTokens(text);
  return count.tokens + estimateTokens(text.slice(count.length));
}

/** Tokens of all that was written of a kind so far; a whole number. */
export function liveTokens(state: Pick<MessageState, 'segments' | 'counts'>, kind: PartKind): number {
  const tokens = state.segments.map((segment, seg) => (segment.kind === kind ? tokensSoFar(state, seg) : 0));
  return Math.round(tokens.reduce((sum, some) => sum + some, 0));
}
