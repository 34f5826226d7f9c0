'use client';

import './token-strip.css';
import { ChevronDown } from 'lucide-react';
import Link from 'next/link';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { Message } from '../../lib/conversation.ts';
import { computeAddressOf } from '../../lib/token-log.ts';
import { IconButton } from '../ui/button.tsx';
import { Popover } from '../ui/popover.tsx';
import { useStored, writeStored } from '../ui/stored.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { type GenerationView, viewOfMessage } from '../conversation/generation-store.ts';
import type { PathNode } from '../conversation/thread-path.ts';
import { rowsOfTurn, totalsOf, type TurnFigures, turnsOf, wordsOfTotals } from './turn-figures.ts';

const hiddenKey = 'thinkglass:token-strip';
const barHeight = 26;

/** A bar for each turn of the shown branch, thinking under answer, and what all of it took. It can be put away. */
export default function TokenStrip({ store, path }: { store: ConversationStore; path: readonly PathNode[] }) {
  const isHidden = useStored(hiddenKey) === 'hidden';
  if (isHidden) {
    return (
      <button
        type="button"
        className="token-strip-handle"
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
  const [told, setTold] = useState<number | undefined>();
  const [tab, setTab] = useState<number | undefined>();
  const bars = useRef<HTMLDivElement>(null);
  const most = Math.max(1, ...turns.map((turn) => turn.reasoningTokens + turn.answerTokens));
  const totals = totalsOf(turns);
  const stop = Math.min(tab ?? turns.length - 1, turns.length - 1);

  useEffect(() => {
    if (bars.current && turns.length > 0) bars.current.scrollLeft = bars.current.scrollWidth;
  }, [turns.length]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && told !== undefined) {
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
    <section className="token-strip" aria-label="Tokens of each turn">
      <div ref={bars} className="token-strip-bars" role="toolbar" aria-label="Turns" onKeyDown={onKeyDown}>
        {turns.map((turn, i) => (
          <Bar
            key={turn.answerId}
            turn={turn}
            number={i + 1}
            most={most}
            tabIndex={i === stop ? 0 : -1}
            told={told === i}
            onTell={(shown) => setTold((now) => (shown ? i : now === i ? undefined : now))}
            onFocus={() => setTab(i)}
          />
        ))}
      </div>
      <Link
        href={computeAddressOf(store.getView().id)}
        prefetch={false}
        className="token-strip-totals"
        title="What this conversation cost, with all its branches"
      >
        <span className="token-strip-wide">
          {turns.length} turns
          <i />
        </span>
        {wordsOfTotals(totals, turns.length)}
      </Link>
      <IconButton label="Hide the tokens of each turn" onClick={() => writeStored(hiddenKey, 'hidden')}>
        <ChevronDown aria-hidden size={14} />
      </IconButton>
    </section>
  );
}

function Bar(props: {
  turn: TurnFigures;
  number: number;
  most: number;
  tabIndex: number;
  told: boolean;
  onTell: (shown: boolean) => void;
  onFocus: () => void;
}) {
  const { turn, number, most, told, onTell } = props;
  const anchor = useRef<HTMLButtonElement>(null);
  const height = (tokens: number) => `${tokens > 0 ? Math.max(1.5, (barHeight * tokens) / most) : 0}px`;
  const rows = rowsOfTurn(turn);
  const words = rows.map(([name, value]) => `${name} ${value}`).join(', ');
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="token-strip-bar"
        tabIndex={props.tabIndex}
        data-running={turn.running || undefined}
        aria-label={`Go to turn ${number}, ${turn.question}: ${words}`}
        onPointerEnter={(event) => event.pointerType === 'mouse' && onTell(true)}
        onPointerLeave={() => onTell(false)}
        onFocus={(event) => {
          props.onFocus();
          if (event.currentTarget.matches(':focus-visible')) onTell(true);
        }}
        onBlur={() => onTell(false)}
        onClick={() => showMessage(turn.questionId)}
      >
        <i className="token-strip-answer" style={{ height: height(turn.answerTokens) }} />
        <i className="token-strip-thinking" style={{ height: height(turn.reasoningTokens) }} />
      </button>
      {told && (
        <Popover
          anchor={anchor}
          mode="manual"
          prefer="above"
          className="token-strip-card"
          onClose={() => onTell(false)}
        >
          <p>
            <b>{number}</b> {turn.question}
          </p>
          <dl>
            {rows.map(([name, value]) => (
              <div key={name} className="usage-row">
                <dt data-kind={name}>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          {(turn.estimated || turn.copied) && (
            <p className="token-strip-aside">
              {turn.estimated && (turn.running ? 'Estimated while it runs. ' : 'Estimated by length. ')}
              {turn.copied && 'A copy: its tokens were spent elsewhere.'}
            </p>
          )}
        </Popover>
      )}
    </>
  );
}

/** Brings a message to the top of the conversation; what is drawn only near the screen may move it once more. */
function showMessage(id: string): void {
  const bring = () => document.querySelector(`[data-message="${id}"]`)?.scrollIntoView({ block: 'start' });
  bring();
  requestAnimationFrame(() => requestAnimationFrame(bring));
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
