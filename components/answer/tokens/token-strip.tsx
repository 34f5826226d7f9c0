'use client';

import { ChevronDown } from 'lucide-react';
import Link from 'next/link';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { Message } from '../../../lib/conversation.ts';
import { computeAddressOf } from '../../../lib/token-log.ts';
import { IconButton } from '../../ui/button.tsx';
import { keyOf } from '../../ui/keys.ts';
import { useStored, writeStored } from '../../ui/stored.ts';
import type { ConversationStore } from '../../conversation/conversation-store.ts';
import { type GenerationView, viewOfMessage } from '../../conversation/generation-store.ts';
import type { PathNode } from '../../../lib/thread-path.ts';
import { TurnBar } from './turn-bar.tsx';
import { totalsOf, type TurnFigures, turnsOf, wordsOfTotals } from './turn-figures.ts';

const hiddenKey = 'thinkglass:token-strip';

/** A bar for each turn of the shown branch, thinking under answer, and what all of it took. It can be put away. */
export default function TokenStrip({ store, path }: { store: ConversationStore; path: readonly PathNode[] }) {
  const isHidden = useStored(hiddenKey) === 'hidden';
  if (isHidden) {
    return (
      <button
        type="button"
        className="mx-auto block w-18 px-3 pt-1 pb-1.5 before:block before:h-0.75 before:rounded-full before:bg-ink/16 hover:before:bg-ink/40 focus-visible:before:bg-ink/40 pointer-coarse:py-3"
        aria-label="Show the tokens of each turn"
        title="Show the tokens of each turn"
        onClick={() => writeStored(hiddenKey, undefined)}
      />
    );
  }
  return <OpenStrip store={store} path={path} />;
}

function OpenStrip({ store, path }: { store: ConversationStore; path: readonly PathNode[] }) {
  const turns = useTurns(store, path);
  return (
    <section
      className="token-strip flex items-end gap-3 pr-1.5 pb-1.5 pl-3 text-xs text-ink-muted"
      aria-label="Tokens of each turn"
    >
      <Bars turns={turns} />
      <Link
        href={computeAddressOf(store.getView().id)}
        prefetch={false}
        className="flex-none pb-1.75 whitespace-nowrap tabular-nums underline decoration-line underline-offset-4 hover:text-accent hover:decoration-current focus-visible:text-accent focus-visible:decoration-current pointer-coarse:inline-flex pointer-coarse:min-h-10 pointer-coarse:items-center pointer-coarse:pb-0"
        title="What this conversation cost, with all its branches"
      >
        <span className="max-md:hidden">
          {turns.length} turns
          <i className="mx-1.5 inline-block h-2.5 w-px bg-line" />
        </span>
        {wordsOfTotals(totalsOf(turns), turns.length)}
      </Link>
      <IconButton label="Hide the tokens of each turn" size="sm" onClick={() => writeStored(hiddenKey, 'hidden')}>
        <ChevronDown aria-hidden size={14} />
      </IconButton>
    </section>
  );
}

/** So many are drawn to each side of the middle of what is in view. */
const drawnBars = 120;

/** The bars, of which one is reached by Tab and the others by the arrow keys; one at a time is told in words. */
function Bars({ turns }: { turns: readonly TurnFigures[] }) {
  const [told, setTold] = useState<number | undefined>();
  const [tab, setTab] = useState<number | undefined>();
  const bars = useRef<HTMLDivElement>(null);
  const most = Math.max(1, ...turns.map((turn) => turn.reasoningTokens + turn.answerTokens));
  const stop = Math.min(tab ?? turns.length - 1, turns.length - 1);

  const [middle, setMiddle] = useState(turns.length);
  const watchPlace = () => {
    const { scrollLeft = 0, clientWidth = 0, scrollWidth = 1 } = bars.current ?? {};
    const now = ((scrollLeft + clientWidth / 2) / scrollWidth) * turns.length;
    if (Math.abs(now - middle) > drawnBars / 4) setMiddle(now);
  };

  useEffect(() => {
    if (bars.current && turns.length > 0) bars.current.scrollLeft = bars.current.scrollWidth;
  }, [turns.length]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (keyOf(event) === 'Escape' && told !== undefined) {
      event.preventDefault();
      setTold(undefined);
      return;
    }
    const to = { ArrowLeft: stop - 1, ArrowRight: stop + 1, Home: 0, End: turns.length - 1 }[event.key];
    if (to === undefined || to < 0 || to >= turns.length) return;
    event.preventDefault();
    bars.current?.querySelectorAll('button')[to]?.focus();
  };

  return (
    <div
      ref={bars}
      // its padding is room for the ring of focus
      className="flex min-w-0 flex-1 items-end overflow-x-auto p-0.75 [scrollbar-width:none]"
      role="toolbar"
      aria-label="Turns"
      onKeyDown={onKeyDown}
      onScroll={watchPlace}
    >
      {turns.map((turn, i) => (
        <TurnBar
          key={turn.answerId}
          turn={turn}
          number={i + 1}
          most={most}
          tabIndex={i === stop ? 0 : -1}
          far={Math.abs(i - middle) > drawnBars}
          told={told === i}
          onTell={(shown) => setTold((now) => (shown ? i : now === i ? undefined : now))}
          onFocus={() => setTab(i)}
        />
      ))}
    </div>
  );
}

/** How often the figures of what runs are drawn again, in ms. */
const drawnEveryMs = 250;

/** The turns of a branch, those that run live. Only the strip is drawn again when they grow. */
function useTurns(store: ConversationStore, path: readonly PathNode[]): TurnFigures[] {
  'use no memo'; // the store's map of running answers changes without telling the compiler
  const [, drawAgain] = useState(0);
  const stored = useMemo(() => new Map<Message, GenerationView>(), []);
  const live = path.flatMap(({ message }) => (store.generation(message.id) ? [message.id] : []));
  const running = live.join();

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        drawAgain((n) => n + 1);
      }, drawnEveryMs);
    };
    const ends = running.split(',').flatMap((id) => store.generation(id)?.subscribe(soon) ?? []);
    return () => {
      clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [store, running]);

  return turnsOf(path, (message) => {
    const view = store.generation(message.id)?.getView() ?? stored.get(message) ?? viewOfMessage(message);
    if (message.generation?.state !== 'running') stored.set(message, view);
    return view;
  });
}
