'use client';

import { type ReactNode, startTransition, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Message } from '../../lib/conversation.ts';
import { textOfKind } from '../../lib/stream-part.ts';
import { observeNear } from '../markdown/near-screen.ts';
import { registerTurn } from './turn-places.ts';

/** Of a question, told for a turn that is not drawn, in characters. */
const toldLength = 200;

/**
 * A question with its answer; far from the screen, a box of their height that tells the question to a screen reader and
 * to the browser's own search. What is being worked on stays: what has the keyboard, a selection, an editor.
 */
export function Turn(props: {
  messages: readonly Message[];
  drawAlways: boolean;
  /** Whether to draw it before it is known where the screen is. */
  drawFirst: boolean;
  children: () => ReactNode;
}) {
  const { messages, drawAlways, drawFirst } = props;
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(() => (drawAlways || drawFirst ? undefined : estimateHeight(messages)));
  const drawn = drawAlways || height === undefined;
  const ids = messages.map(({ id }) => id).join();

  useEffect(() => {
    const element = box.current;
    if (drawAlways || !element) return;
    return observeNear(element, (near, measured) => {
      if (near) startTransition(() => setHeight(undefined));
      else if (!isInUse(element)) setHeight((former) => former ?? measured);
    });
  }, [drawAlways]);
  useLayoutEffect(() => {
    const element = box.current;
    return element ? registerTurn(ids.split(','), { element, draw: () => setHeight(undefined) }) : undefined;
  }, [ids]);
  useEffect(() => {
    const element = box.current;
    if (drawn || !element) return;
    // no part of the first load
    void import('../markdown/copy-selection.js').then(({ undrawnTexts }) =>
      undrawnTexts.set(element, () => messages.map(wholeText).join('\n\n')),
    );
  }, [drawn, messages]);

  return (
    <div
      ref={box}
      className="turn flex min-w-0 flex-col gap-7 not-first:mt-5 data-undrawn:overflow-hidden data-undrawn:text-transparent data-undrawn:select-none"
      // its words are there for the browser's search and for who listens, not to be seen: they take no room
      style={drawn ? undefined : { height, fontSize: 1, lineHeight: 1 }}
      data-undrawn={drawn ? undefined : ''}
    >
      {drawn ? props.children() : wordsOf(messages).slice(0, toldLength).toWellFormed()}
    </div>
  );
}

function isInUse(element: HTMLElement): boolean {
  if (element.contains(document.activeElement)) return true;
  if (element.querySelector('textarea, dialog[open], [popover]:popover-open, [aria-busy="true"]')) return true;
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(element, true);
}

function wordsOf([question]: readonly Message[]): string {
  return question ? question.parts.map(({ text }) => text).join('') : '';
}

function wholeText({ role, parts }: Message): string {
  return role === 'user' ? parts.map(({ text }) => text).join('') : textOfKind(parts, 'answer');
}

/** A first guess, in px, until the turn has been drawn and measured: thinking is folded, its foot has one line. */
function estimateHeight(messages: readonly Message[]): number {
  const lines = (text: string) => text.split('\n').reduce((sum, line) => sum + Math.ceil((line.length + 1) / 76), 0);
  return messages.reduce(
    (sum, message) => sum + (message.role === 'user' ? 76 : 150) + 27 * lines(wholeText(message)),
    0,
  );
}
