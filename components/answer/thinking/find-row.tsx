'use client';

import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { type RefObject, useEffect, useSyncExternalStore } from 'react';
import { IconButton } from '../../ui/button.tsx';
import { formatCount } from '../../../lib/quantity-words.ts';
import type { FindView } from './thinking-find.ts';

/** A search for one query after another. */
interface Search {
  subscribe(listener: () => void): () => void;
  getView(): FindView;
  look(query: string): void;
  step(by: 1 | -1): void;
}

interface FindRowProps {
  search: Search;
  field: RefObject<HTMLInputElement | null>;
  /** "Find in …": what is searched. */
  label: string;
  placeholder: string;
  query: string;
  /** A selector: Esc closes the search while the focus is in this element around it. */
  within: string;
  className?: string;
  autoFocus?: boolean;
  onQuery: (query: string) => void;
  onClose: () => void;
}

/** The field of a search in a text, with the count of its hits and the way from one to the next. */
export function FindRow(props: FindRowProps) {
  const { search, field, query, within, onClose } = props;
  const { count, current } = useSyncExternalStore(search.subscribe, search.getView, search.getView);
  // Esc closes this before it stops a running answer: the window hears of it first.
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const around = field.current?.closest(within);
      if (event.key !== 'Escape' || event.isComposing || !around?.contains(document.activeElement)) return;
      event.preventDefault();
      onClose();
    };
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, [field, within, onClose]);

  const said =
    query.trim() === '' ? '' : count === 0 ? 'Not found' : `${formatCount(current + 1)} of ${formatCount(count)}`;
  return (
    <search className={props.className ? `find ${props.className}` : 'find'}>
      <input
        ref={field}
        // biome-ignore lint/a11y/noAutofocus: it is opened to be written in
        autoFocus={props.autoFocus}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        autoComplete="off"
        spellCheck={false}
        className="find-field"
        aria-label={props.label}
        placeholder={props.placeholder}
        value={query}
        onChange={(event) => {
          props.onQuery(event.target.value);
          search.look(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
          event.preventDefault();
          search.step(event.shiftKey ? -1 : 1);
        }}
      />
      <span className="find-count" role="status">
        {said}
      </span>
      <IconButton label="Previous hit" disabled={count === 0} onClick={() => search.step(-1)}>
        <ChevronUp aria-hidden size={15} />
      </IconButton>
      <IconButton label="Next hit" disabled={count === 0} onClick={() => search.step(1)}>
        <ChevronDown aria-hidden size={15} />
      </IconButton>
      <IconButton label="Close find" onClick={onClose}>
        <X aria-hidden size={15} />
      </IconButton>
    </search>
  );
}
