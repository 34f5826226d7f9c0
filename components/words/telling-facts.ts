import type { Conversation } from '../../lib/conversation.ts';
import { formatShortCount } from '../../lib/quantity-words.ts';

/** The reader's moment and place: what "today" is depends on both. */
export interface Clock {
  /** Epoch ms. */
  now: number;
  /** Minutes that local time is ahead of UTC. */
  offset: number;
}

export const dayMs = 86_400_000;
export const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** When something was, in few letters: "14:05" today and yesterday, "9 Mar" before, "9 Mar 2025" in another year. */
export function shortMoment(at: number, { now, offset }: Clock): string {
  const [then, today] = [new Date(at + offset * 60_000), new Date(now + offset * 60_000)];
  if (Math.floor(today.getTime() / dayMs) - Math.floor(then.getTime() / dayMs) <= 1) {
    return then.toISOString().slice(11, 16);
  }
  const month = (months[then.getUTCMonth()] ?? '').slice(0, 3);
  const year = then.getUTCFullYear() === today.getUTCFullYear() ? '' : ` ${then.getUTCFullYear()}`;
  return `${then.getUTCDate()} ${month}${year}`;
}

/** By what a conversation can be told from others of its title. */
export interface TellingFacts {
  /** "DeepSeek-R1", "DeepSeek-R1 +1" where another answered before it; all of a comparison. */
  models?: string;
  /** Tokens of thinking in all its answers, "12.4K". */
  thinking?: string;
  when: string;
}

export function tellingFacts(
  { answered, threadCount, updatedAt }: Pick<Conversation, 'answered' | 'threadCount' | 'updatedAt'>,
  clock: Clock,
): TellingFacts {
  const [last, ...others] = answered?.models ?? [];
  const more = threadCount > 1 ? others.map((model) => `, ${model}`).join('') : others[0] && ` +${others.length}`;
  return {
    ...(last !== undefined && { models: `${last}${more ?? ''}` }),
    ...(answered?.thinkingTokens && { thinking: formatShortCount(answered.thinkingTokens) }),
    when: shortMoment(updatedAt, clock),
  };
}

/** The clock of whoever runs this. */
export function clockNow(): Clock {
  return { now: Date.now(), offset: -new Date().getTimezoneOffset() };
}
