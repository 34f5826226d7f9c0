'use client';

import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { FoundPlace } from '../shell/found-place.ts';
import { IconButton } from '../ui/button.tsx';
import { ConversationFind, type FoundText } from './conversation-find.ts';
import { formatCount } from './format.ts';
import './thinking-tools.css';
import './conversation-find.css';

/** Looks for words in all messages of the shown branches; Enter goes on, Esc closes. */
export default function ConversationFindBar(props: {
  /** What is looked for at first; another place later moves it there. */
  place: Omit<FoundPlace, 'conversationId'>;
  textsOf: () => readonly FoundText[];
  onThread: (threadId: string) => void;
  onClose: () => void;
}) {
  const { place, onClose } = props;
  const field = useRef<HTMLInputElement>(null);
  const bar = useRef<HTMLElement>(null);
  const [query, setQuery] = useState(place.words);
  const [session] = useState(() => new ConversationFind(props));
  const { count, current } = useSyncExternalStore(session.subscribe, session.getView, session.getView);

  useEffect(() => {
    const around = bar.current?.parentElement;
    return around ? session.start(around) : undefined;
  }, [session]);
  useEffect(() => {
    setQuery(place.words);
    session.look(place.words, place.hit);
    // What was found is read; words that are to be typed want the keyboard.
    if (!place.hit) field.current?.select();
  }, [session, place]);
  // Esc closes this before it stops a running answer: the window hears of it first.
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.isComposing || !bar.current?.contains(document.activeElement)) return;
      event.preventDefault();
      onClose();
    };
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, [onClose]);

  const said =
    query.trim() === '' ? '' : count === 0 ? 'Not found' : `${formatCount(current + 1)} of ${formatCount(count)}`;
  return (
    <search ref={bar} className="find find-over">
      <input
        ref={field}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        autoComplete="off"
        spellCheck={false}
        className="find-field"
        aria-label="Find in this conversation"
        placeholder="Find in this conversation"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          session.look(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
          event.preventDefault();
          session.step(event.shiftKey ? -1 : 1);
        }}
      />
      <span className="find-count" role="status">
        {said}
      </span>
      <IconButton label="Previous hit" disabled={count === 0} onClick={() => session.step(-1)}>
        <ChevronUp aria-hidden size={15} />
      </IconButton>
      <IconButton label="Next hit" disabled={count === 0} onClick={() => session.step(1)}>
        <ChevronDown aria-hidden size={15} />
      </IconButton>
      <IconButton label="Close find" onClick={onClose}>
        <X aria-hidden size={15} />
      </IconButton>
    </search>
  );
}
