'use client';

import {
  type Dispatch,
  type SetStateAction,
  useCallback,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { type Segment, textOfKind } from '../../../lib/stream-part.ts';
import { askForPlace, type FoundWords, useFoundPlace } from '../../client/found-place.ts';
import { showMessage } from '../turn-places.ts';
import type { FoundText } from './conversation-find.ts';
import type { ConversationStore } from '../../conversation/conversation-store.ts';
import type { ConversationView } from '../../conversation/conversation-view.ts';
import { pathOf } from '../../../lib/thread-path.ts';
import { keyOf } from '../../ui/keys.ts';
import { lazyDialog } from '../../ui/lazy-part.tsx';
import { loadPart } from '../../ui/load-part.ts';

const ConversationFindBar = lazyDialog(() => import('./conversation-find-bar.tsx'));

/**
 * Finds words in all messages that are shown (Ctrl+Shift+F), and opens the conversation at a place that the search over
 * all of them found, on the branch where it is.
 */
export function FindInConversation({
  store,
  onThread,
}: {
  store: ConversationStore;
  /** Brings a column into view. */
  onThread?: (threadId: string) => void;
}) {
  const view = useSyncExternalStore(store.subscribe, store.getView, store.getView);
  const [place, setPlace] = useState<FoundWords>();
  const textsOf = useCallback(() => shownTexts(store), [store]);
  const latest = useRef(onThread);
  useEffect(() => {
    latest.current = onThread;
  }, [onThread]);
  const showThread = useCallback((threadId: string) => latest.current?.(threadId), []);
  const asked = useFoundPlace(view.id);
  useAskedPlace(store, view.cut ? undefined : asked, { showThread, onWords: setPlace });
  useMessageOfAddress(store, view.cut, showThread);
  useShortcut(setPlace);

  const close = useCallback(() => setPlace(undefined), []);

  if (!place) return null;
  return <ConversationFindBar place={place} textsOf={textsOf} onThread={showThread} onClose={close} />;
}

/** Leads to what the search over all conversations found in this one: a file, or words that are then looked for. */
function useAskedPlace(
  store: ConversationStore,
  asked: ReturnType<typeof useFoundPlace>,
  { showThread, onWords }: { showThread: (threadId: string) => void; onWords: (place: FoundWords) => void },
): void {
  useEffect(() => {
    if (!asked) return;
    askForPlace(undefined);
    if ('file' in asked) {
      const { id, messageId } = asked.file;
      chooseBranchOf(store, messageId);
      const message = store.getView().messages.find((one) => one.id === messageId);
      if (message) showThread(message.threadId);
      loadPart(() => import('./show-attachment.ts')).then(
        ({ showAttachment }) => showAttachment(id, messageId),
        () => undefined, // told by the page
      );
      return;
    }
    const { words, hit } = asked;
    if (hit) chooseBranchOf(store, hit.messageId);
    onWords({ words, ...(hit && { hit }) });
  }, [asked, store, showThread, onWords]);
}

/** An address may name a message, as the points of the compute page do. */
function useMessageOfAddress(store: ConversationStore, cut: boolean, showThread: (threadId: string) => void): void {
  useEffect(() => {
    const id = window.location.hash.slice(1);
    const message = cut ? undefined : store.getView().messages.find((one) => one.id === id);
    if (!message) return;
    chooseBranchOf(store, id);
    showThread(message.threadId);
    const bring = () => showMessage(id);
    const frame = requestAnimationFrame(() => requestAnimationFrame(bring)); // when its branch is drawn
    return () => cancelAnimationFrame(frame);
  }, [store, cut, showThread]);
}

/** Ctrl+Shift+F: what is selected is looked for, or what was looked for last. */
function useShortcut(setPlace: Dispatch<SetStateAction<FoundWords | undefined>>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || keyOf(event)?.toLowerCase() !== 'f') return;
      event.preventDefault();
      const selected = document.getSelection()?.toString().trim() ?? '';
      setPlace((now) => ({ words: selected.length > 0 && selected.length <= 200 ? selected : (now?.words ?? '') }));
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [setPlace]);
}

/** The texts of all shown messages, thread by thread. */
function shownTexts(store: ConversationStore): FoundText[] {
  const { threads, messages, choice } = store.getView();
  return threads.flatMap(({ id: threadId }) =>
    pathOf(messages, threadId, choice).flatMap(({ message }): FoundText[] => {
      const place = { messageId: message.id, threadId };
      const parts: readonly Segment[] = store.generation(message.id)?.getView().state.segments ?? message.parts;
      if (message.role === 'user')
        return [{ ...place, kind: 'question', text: parts.map(({ text }) => text).join('') }];
      return [
        { ...place, kind: 'reasoning', text: textOfKind(parts, 'reasoning') },
        { ...place, kind: 'answer', text: textOfKind(parts, 'answer') },
      ];
    }),
  );
}

/** Makes the branch of a message the one that is shown. */
function chooseBranchOf(store: ConversationStore, messageId: string): void {
  const view = store.getView();
  const byId = new Map(view.messages.map((message) => [message.id, message]));
  const way: ConversationView['messages'][number][] = [];
  for (let message = byId.get(messageId); message; message = byId.get(message.parentId ?? '')) way.unshift(message);
  for (const message of way) {
    const { messages, choice } = store.getView();
    const path = pathOf(messages, message.threadId, choice);
    if (!path.some(({ message: { id } }) => id === message.id)) store.choose(message);
  }
}
