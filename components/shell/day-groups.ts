import type { Conversation } from '../../lib/conversation.ts';
import { type Clock, dayMs, months } from '../words/telling-facts.ts';

interface ConversationGroup {
  title: string;
  conversations: readonly Conversation[];
}

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
