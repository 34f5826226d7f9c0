import type { ModelRequest, ProviderPart } from '../../model.ts';
import type { Notice } from '../../notice.ts';
import { estimateTokens, type ReportedUsage } from '../../usage.ts';
import type { Ending } from './model-call.ts';

/** What is known of the room an answer had. */
export interface Room {
  provider: string;
  /** The window it was asked in, in tokens; undefined where nobody told. */
  window: number | undefined;
  /** Its server leaves out what does not fit, without a word. */
  cuts: boolean;
}

type Asked = Pick<ModelRequest, 'messages' | 'completion' | 'prefix' | 'sampling'>;

/** Estimates are this far off at most for the texts of conversations; drawings of characters and the like are further. */
const surelyLess = 0.7;
/** What a runner that cuts a prompt from the front keeps of its window: half, and two tokens. */
const keptOf = (window: number) => Math.floor(window / 2) + 2;

/** Estimated tokens of each text that was sent, in their order. */
export function estimatesOf({ messages, completion, prefix }: Asked): number[] {
  if (completion) return [estimateTokens(completion.prompt)];
  const texts = messages.map(({ content, reasoning = '' }) => content + reasoning);
  if (prefix) texts.push(prefix.reasoning + prefix.answer);
  return texts.map(estimateTokens);
}

/** What the counts of an answer say about its window, and nobody else does. */
export function windowNotices(asked: Asked, ending: Ending | undefined, room: Room): ProviderPart[] {
  const { usage } = ending ?? {};
  if (!ending || !usage) return [];
  const told = [findCut(asked, usage, room) ?? findEnd(asked, ending, usage, room)];
  return told.flatMap((notice) => (notice ? [{ type: 'notice' as const, notice }] : []));
}

/** A prompt that was read without its beginning: its server counted too few tokens of it. */
function findCut(asked: Asked, { promptTokens: read }: ReportedUsage, room: Room): Notice | undefined {
  if (!room.cuts || read === undefined) return undefined;
  const { window, provider } = room;
  const estimates = estimatesOf(asked);
  const estimate = sumOf(estimates);
  const isHalf =
    window === undefined
      ? read >= 100 && (read - 2) % 16 === 0 && read < estimate * surelyLess
      : Math.abs(read - keptOf(window)) <= 2 && read < estimate * 0.8;
  const isDropped = window !== undefined && estimate * surelyLess > window && read <= window && read < estimate * 0.8;
  if (!isHalf && !isDropped) return undefined;
  const facts = { provider, read, tokens: Math.round(estimate), unread: unreadOf(estimates, read) };
  return { code: 'beginning-cut', facts: { ...facts, ...(window !== undefined && { contextTokens: window }) } };
}

/** How many of the first texts cannot have been read: what follows them has as many tokens as were read. */
function unreadOf(estimates: readonly number[], read: number): number {
  let after = 0;
  for (let i = estimates.length - 1; i > 0; i--) {
    after += (estimates[i] ?? 0) * surelyLess;
    if (after >= read) return i;
  }
  return 0;
}

/** A window that was full, or that slid over its own beginning to make room. */
function findEnd(asked: Asked, ending: Ending, usage: ReportedUsage, room: Room): Notice | undefined {
  const { window, provider, cuts } = room;
  const { promptTokens, outputTokens = 0 } = usage;
  if (window === undefined || promptTokens === undefined) return undefined;
  const all = promptTokens + outputTokens;
  // The token that ends a sliding answer may stand beyond the window.
  if (cuts && all > window + 1) {
    return { code: 'window-slid', facts: { provider, tokens: all, contextTokens: window } };
  }
  const { maxTokens } = asked.sampling;
  const isItsLimit = maxTokens !== undefined && outputTokens >= maxTokens;
  if (reasonOf(ending) !== 'length' || isItsLimit || all < window - 2) return undefined;
  return { code: 'window-full', facts: { promptTokens, contextTokens: window } };
}

function reasonOf(ending: Ending): string | undefined {
  if (ending.type === 'finish') return ending.reason;
  return ending.error.kind === 'limit' ? 'length' : undefined;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
