import { formatShortCount } from '../../lib/quantity-words.ts';
import { useObserved } from '../ui/observable.ts';
import { type ThoughtMark, thoughtMarks } from './thoughts.ts';

/** A page's title; before it, what runs or has ended unseen: of its own conversation first, then of any. */
export function PageTitle({ of, conversationId }: { of: string; conversationId?: string }) {
  const mark = useObserved(thoughtMarks, (marks) => titleMark(marks, conversationId), '');
  return <title>{`${mark}${of}`}</title>;
}

/** "◐ 1,234 · ", "● " or nothing. */
export function titleMark(marks: ReadonlyMap<string, ThoughtMark>, conversationId: string | undefined): string {
  const own = conversationId === undefined ? undefined : marks.get(conversationId);
  const all = own ? [own] : [...marks.values()];
  const running = all.flatMap((mark) => (mark.state === 'running' ? [mark.tokens] : []));
  if (running.length === 0) return all.length > 0 ? '● ' : '';
  const tokens = running.reduce((sum, some) => sum + some, 0);
  return tokens > 0 ? `◐ ${formatShortCount(tokens)} · ` : '◐ ';
}
