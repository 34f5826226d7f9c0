'use client';

import { useEffect, useRef, useState } from 'react';
import type { FoundWords } from '../../client/found-place.ts';
import { ConversationFind, type FoundText } from './conversation-find.ts';
import { FindRow } from './find-row.tsx';

/** Looks for words in all messages of the shown branches; Enter goes on, Esc closes. */
export default function ConversationFindBar(props: {
  /** What is looked for at first; another place later moves it there. */
  place: FoundWords;
  textsOf: () => readonly FoundText[];
  onThread: (threadId: string) => void;
  onClose: () => void;
}) {
  const { place, onClose } = props;
  const field = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState(place.words);
  const [session] = useState(() => new ConversationFind(props));

  useEffect(() => {
    const around = field.current?.closest('[data-find]')?.parentElement;
    return around ? session.start(around) : undefined;
  }, [session]);
  useEffect(() => {
    setQuery(place.words);
    session.look(place.words, place.hit);
    // What was found is read; words that are to be typed want the keyboard.
    if (!place.hit) field.current?.select();
  }, [session, place]);
  return (
    <FindRow
      search={session}
      field={field}
      className="find-over absolute top-2.5 right-2.5 z-5 w-96 max-w-[calc(100%-1.25rem)] rounded-md border border-line bg-surface shadow-large has-[input:focus-visible]:border-accent has-[input:focus-visible]:shadow-large md:right-4 print:hidden"
      label="Find in this conversation"
      placeholder="Find in this conversation"
      within="[data-find]"
      query={query}
      onQuery={setQuery}
      onClose={onClose}
    />
  );
}
