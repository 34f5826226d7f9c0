'use client';

import { ArrowDown } from 'lucide-react';
import { type RefObject, useEffect, useMemo, useRef } from 'react';
import type { Message } from '../../lib/conversation.ts';
import type { ModelRef } from '../../lib/model.ts';
import { placeOfLastTurn } from '../answer/last-turn.ts';
import { MessageList } from '../answer/message-list.tsx';
import type { OtherModel } from '../asking/ask-again.tsx';
import { findModel } from '../conversation/model-choice.ts';
import { type BranchChoice, type PathNode, pathOf } from '../../lib/thread-path.ts';
import type { Unsent } from '../conversation/unsent-question.ts';
import { Button } from '../ui/button.tsx';
import { useShortWindow } from '../ui/short-window.ts';
import { useFollowEnd } from '../ui/use-follow-end.ts';
import { ColumnHead, type ColumnHeadProps } from './column-head.tsx';
import { ColumnSketch } from './column-sketch.tsx';
import { StateMark } from './state-mark.tsx';

interface ColumnProps extends ColumnHeadProps {
  /** What scrolls instead of the column where the window is low. */
  page: RefObject<HTMLElement | null>;
  messages: readonly Message[];
  choice: BranchChoice;
  unsent: Unsent | undefined;
  /** `strip`: another column has the room; this one shows who it is and how it is doing. */
  shape: 'column' | 'wide' | 'strip';
  /** On a phone only this one is seen. */
  shown: boolean;
  onSendAgain: () => void;
  onTakeBack: () => void;
}

/** A strip shows its button alone, but on a phone, where it is a column like all, and on paper. */
const shapes = {
  column: '',
  wide: 'md:flex-1',
  strip: 'md:flex-[0_0_2.75rem] md:not-print:[&>:not(:first-child)]:hidden',
};

/** One model with its settings, its figures and its messages. */
export function Column(props: ColumnProps) {
  const { store, thread, label, messages, choice, running, shape, drag } = props;
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const scrolling = useShortWindow() ? props.page : box;
  const { following, toEnd } = useFollowEnd({
    box: scrolling,
    content,
    growing: running,
    startAtEnd: true,
    openAt: placeOfLastTurn,
  });
  const path = useMemo(() => pathOf(messages, thread.id, choice), [messages, thread.id, choice]);
  const answer = path.findLast(({ message }) => message.role === 'assistant')?.message;
  const found = findModel(props.providers, thread.settings.model);

  const asked = path.findLast(({ message }) => message.role === 'user')?.message.id;
  const before = useRef(asked);
  useEffect(() => {
    if (asked !== before.current) toEnd(); // what was just asked is looked at
    before.current = asked;
  }, [asked, toEnd]);

  const { providers, onProviders } = props;
  const retry = (questionId: string, other?: OtherModel) => void store.retry(questionId, providers, other);
  const asking = useMemo(() => ({ providers, onProviders }), [providers, onProviders]);
  return (
    <section
      className={`group/column relative @container flex min-h-0 min-w-0 snap-start flex-col border-line -outline-offset-2 max-md:flex-1 max-md:not-data-shown:hidden md:not-first:border-l print:block print:not-first:mt-6 print:not-first:border-t print:not-first:border-l-0 ${shapes[shape]}`}
      id={`column-${thread.id}`}
      aria-label={label}
      tabIndex={-1}
      data-column={thread.id}
      data-shown={props.shown || undefined}
      data-one-model={isOfOneModel(path, thread.settings.model) || undefined}
      onDragOver={drag.onOver}
      onDrop={drag.onDrop}
    >
      {shape === 'strip' && (
        <button
          type="button"
          className="flex min-h-0 flex-1 items-center gap-3 px-4 text-sm font-medium text-ink-muted [writing-mode:vertical-rl] hover:bg-ink/4 hover:text-ink max-md:hidden print:hidden"
          onClick={props.actions.onFocus}
          title={`Focus ${label}`}
        >
          <StateMark store={store} answer={answer} brief />
          <span className="truncate">{label}</span>
        </button>
      )}
      <ColumnHead {...props} answer={answer} asked={asked} onRetry={retry} />
      <div
        ref={box}
        className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain not-print:contain-strict short:flex-none short:overflow-visible short:contain-none print:overflow-visible"
        data-scrolls
      >
        <div ref={content} className="mx-auto max-w-column px-4 pt-4 pb-6 md:px-5 md:pb-8 print:max-w-none print:px-3">
          {path.length === 0 ? (
            <ColumnSketch settings={thread.settings} found={found} />
          ) : (
            <MessageList
              store={store}
              path={path}
              unsent={props.unsent}
              asking={asking}
              onRetry={retry}
              onEdit={(question, text, everywhere) => void store.edit(question, text, providers, everywhere)}
              onSendAgain={props.onSendAgain}
              onTakeBack={props.onTakeBack}
            />
          )}
        </div>
      </div>
      {!following && running && (
        <Button
          tone="pill"
          className="absolute bottom-3 left-1/2 short:hidden z-5 -translate-x-1/2 print:hidden"
          onClick={toEnd}
        >
          <ArrowDown aria-hidden size={14} /> Jump to latest
        </Button>
      )}
      {drag.dropSide && (
        <span
          aria-hidden
          className={`pointer-events-none absolute inset-y-0 z-5 w-0.75 rounded-full bg-accent ${drag.dropSide === 'before' ? '-left-0.5' : '-right-0.5'}`}
        />
      )}
    </section>
  );
}

/** Whether all that is shown was said by the model that the column's head names. */
function isOfOneModel(path: readonly PathNode[], { providerId, modelKey }: ModelRef): boolean {
  return path.every(
    ({ message: { generation } }) =>
      !generation || (generation.providerId === providerId && generation.modelKey === modelKey),
  );
}
