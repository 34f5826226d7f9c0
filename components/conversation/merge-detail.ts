import type { ConversationDetail, Message, Thread } from '../../lib/conversation.ts';
import { type ConversationView, type Threads, threadsInOrder, unsentIn } from './conversation-view.ts';
import { isOfUnsent, type Unsent } from './unsent-question.ts';

/** What was done on this page and the server has not acknowledged yet. */
export interface Unacknowledged {
  /** Threads and messages that were taken away here. */
  removed: ReadonlySet<string>;
  /** Answers that were asked for once more. */
  retried: ReadonlySet<string>;
  /** Whether a thread's settings are not there yet as they are here. */
  isSettling: (threadId: string) => boolean;
  /** Whether columns were put at other places. */
  moving: boolean;
}

/**
 * What the server has, but for what was changed here and is not there yet.
 * @returns `waiting`: messages that only this page has.
 */
export function mergeDetail(
  view: ConversationView,
  detail: ConversationDetail,
  here: Unacknowledged,
): { threads: Threads; messages: Message[]; waiting: Message[]; unsent: Unsent | undefined } {
  const threads = mergeThreads(view, detail, here);
  const isHere = (m: Message) => threads.some((thread) => thread.id === m.threadId) && !here.removed.has(m.id);
  const unsent = view.unsent && unsentIn(threads, view.unsent);
  const known = new Map(view.messages.map((message) => [message.id, message]));
  const messages = detail.messages.filter(isHere).map((message) => {
    const before = known.get(message.id);
    return before && sameMessage(before, message) ? before : message;
  });
  const taken = new Set(messages.map((message) => message.id));
  const waiting = view.messages.filter(
    (m) => !taken.has(m.id) && isHere(m) && ((unsent && isOfUnsent(unsent, m)) || here.retried.has(m.id)),
  );
  // Only the acknowledgement was lost.
  const wasTaken = unsent?.failure !== undefined && unsent.asks.some((ask) => taken.has(ask.questionId));
  return { threads, messages, waiting, unsent: wasTaken ? undefined : unsent };
}

function mergeThreads(view: ConversationView, detail: ConversationDetail, here: Unacknowledged): Threads {
  const threads = detail.threads
    .filter((thread) => !here.removed.has(thread.id))
    .map((thread) => {
      const known = here.isSettling(thread.id) && view.threads.find((t) => t.id === thread.id);
      return known ? { ...thread, settings: known.settings } : thread;
    });
  if (here.moving) {
    const placeOf = ({ id }: Thread) => view.threads.findIndex((thread) => thread.id === id);
    threads.sort((a, b) => placeOf(a) - placeOf(b));
  }
  return threads.length > 0 ? threadsInOrder(threads) : view.threads;
}

/** Whether a message that was read again is the one we have, so that nothing of it need be drawn again. */
function sameMessage(a: Message, b: Message): boolean {
  const [was, is] = [a.generation, b.generation];
  if (was?.state !== is?.state || was?.usage?.source !== is?.usage?.source) return false;
  return is?.state === 'running' || isFiledAlike(a, b);
}

/** A part of a finished answer may have been filed otherwise, in this tab or another. */
function isFiledAlike(a: Message, b: Message): boolean {
  return (
    a.parts.length === b.parts.length &&
    a.parts.every(({ kind, text }, i) => kind === b.parts[i]?.kind && text.length === b.parts[i]?.text.length)
  );
}
