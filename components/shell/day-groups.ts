import { formatShortCount } from '../../lib/quantity-words.ts';
import type { Conversation } from '../../lib/conversation.ts';

/** The reader's moment and place: what "today" is depends on both. */
export interface Clock {
  /** Epoch ms. */
  now: number;
  /** Minutes that local time is ahead of UTC. */
  offset: number;
}

interface ConversationGroup {
  title: string;
  conversations: readonly Conversation[];
}

const dayMs = 86_400_000;
const months = [
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

/** A list, as it is ordered, under headings: what is pinned, then by the day of the last question. */
export function groupByDay(conversations: readonly Conversation[], clock: Clock): ConversationGroup[] {
  const groups = new Map<string, Conversation[]>();
  for (const conversation of conversations) {
    const title = conversation.pinnedAt === undefined ? dayWords(conversation.updatedAt, clock) : 'Pinned';
    groups.set(title, [...(groups.get(title) ?? []), conversation]);
  }
  return [...groups].map(([title, of]) => ({ title, conversations: of }));
}

/** "Today", "Yesterday", "Last 7 days", "Last 30 days", then the month. */
function dayWords(at: number, { now, offset }: Clock): string {
  const local = (moment: number) => moment + offset * 60_000;
  const days = Math.floor(local(now) / dayMs) - Math.floor(local(at) / dayMs);
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days < 7) return 'Last 7 days';
  if (days < 30) return 'Last 30 days';
  const date = new Date(local(at));
  const month = months[date.getUTCMonth()] ?? '';
  return date.getUTCFullYear() === new Date(local(now)).getUTCFullYear() ? month : `${month} ${date.getUTCFullYear()}`;
}

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

export function tellingFacts({ answered, threadCount, updatedAt }: Conversation, clock: Clock): TellingFacts {
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
