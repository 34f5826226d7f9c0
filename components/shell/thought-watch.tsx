'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useEffect, useEffectEvent, useRef } from 'react';
import { type EndedRound, endedWords } from '../../lib/thoughts.ts';
import { conversationList } from '../client/conversation-list.ts';
import { thoughtMarks } from '../client/thoughts.ts';
import { ThoughtWatch } from '../client/thought-watch.ts';
import { readStored } from '../ui/stored.ts';
import { showFavicon } from './favicon.ts';

/** Whether this browser tells of what has ended unseen; components/settings/notification-field.tsx keeps it. */
const notifyKey = 'thinkglass:notify';

/** Watches what runs elsewhere, for as long as the page is there. `news`: something is to be looked at. */
export default function WatchThoughts({ news }: { news: number }) {
  const router = useRouter();
  const path = usePathname();
  const watch = useRef<ThoughtWatch>(undefined);
  const onUnseen = useEffectEvent((round: EndedRound) => notify(round, (address) => router.push(address)));
  useEffect(() => {
    const own = new ThoughtWatch({ isSeen, onUnseen });
    watch.current = own;
    // Here before there is something to mark: the server may be away by then.
    import('./thought-mark.tsx').catch(() => undefined);
    const show = () => own.show();
    document.addEventListener('visibilitychange', show);
    const ends = [thoughtMarks.subscribe(showFavicon), conversationList.subscribe(show)];
    const icons = new MutationObserver(showFavicon); // each page brings its own
    icons.observe(document.head, { childList: true });
    return () => {
      document.removeEventListener('visibilitychange', show);
      icons.disconnect();
      for (const end of ends) end();
      own.end();
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page shows another conversation
  useEffect(() => watch.current?.show(), [path]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of the news is looked at
  useEffect(() => void watch.current?.look(), [news]);
  return null;
}

/** What was deleted needs no looking at any more. */
function isSeen(conversationId: string): boolean {
  if (conversationList.isRemoved(conversationId)) return true;
  return !document.hidden && window.location.pathname === `/c/${conversationId}`;
}

/** Tells of it outside the page, where that was asked for and is allowed. */
function notify(round: EndedRound, open: (address: string) => void): void {
  if (readStored(notifyKey) !== 'yes' || !('Notification' in window) || Notification.permission !== 'granted') return;
  try {
    // Tabs that say the same of one conversation say it once.
    const told = new Notification(round.title, {
      body: endedWords(round),
      tag: round.conversationId,
      icon: '/icon.svg',
    });
    told.onclick = () => {
      window.focus();
      open(`/c/${round.conversationId}`);
      told.close();
    };
  } catch {
    // Some browsers have notifications only for what runs without a page.
  }
}
