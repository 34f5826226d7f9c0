'use client';

import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { type RefObject, useEffect, useSyncExternalStore } from 'react';
import { formatCount } from '../../../lib/quantity-words.ts';
import { IconButton } from '../../ui/button.tsx';
import { keyOf } from '../../ui/keys.ts';
import type { FindView, TextSearch } from './text-search.ts';
import './find.css';

interface FindRowProps {
  search: TextSearch & { look(query: string): void };
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
  const { search, field, query, onClose } = props;
  const found = useSyncExternalStore(search.subscribe, search.getView, search.getView);
  useEscape(field, props.within, onClose);
  return (
    <search
      data-find
      className={`flex items-center gap-0.5 bg-[color-mix(in_oklab,var(--surface)_92%,var(--accent))] py-1 pr-1.5 pl-3.5 has-[input:focus-visible]:shadow-[inset_2px_0_0_var(--accent)] ${props.className ?? ''}`}
    >
      <input
        ref={field}
        // biome-ignore lint/a11y/noAutofocus: it is opened to be written in
        autoFocus={props.autoFocus}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        autoComplete="off"
        spellCheck={false}
        className="min-w-0 flex-1 bg-transparent py-1 text-base text-ink outline-none placeholder:text-ink-muted pointer-coarse:text-lg"
        aria-label={props.label}
        placeholder={props.placeholder}
        value={query}
        onChange={(event) => {
          props.onQuery(event.target.value);
          search.look(event.target.value);
        }}
        onKeyDown={(event) => {
          if (keyOf(event) !== 'Enter') return;
          event.preventDefault();
          search.step(event.shiftKey ? -1 : 1);
        }}
      />
      <span className="find-count px-2 text-xs whitespace-nowrap text-ink-muted tabular-nums" role="status">
        {query.trim() === '' ? '' : wordsOf(found)}
      </span>
      <IconButton label="Previous hit" disabled={found.count === 0} onClick={() => search.step(-1)}>
        <ChevronUp aria-hidden size={15} />
      </IconButton>
      <IconButton label="Next hit" disabled={found.count === 0} onClick={() => search.step(1)}>
        <ChevronDown aria-hidden size={15} />
      </IconButton>
      <IconButton label="Close find" onClick={onClose}>
        <X aria-hidden size={15} />
      </IconButton>
    </search>
  );
}

/** Esc closes the search before it stops a running answer: the window hears of it first. */
function useEscape(field: RefObject<HTMLElement | null>, within: string, onClose: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const around = field.current?.closest(within);
      if (keyOf(event) !== 'Escape' || !around?.contains(document.activeElement)) return;
      event.preventDefault();
      onClose();
    };
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, [field, within, onClose]);
}

function wordsOf({ count, current }: FindView): string {
  return count === 0 ? 'Not found' : `${formatCount(current + 1)} of ${formatCount(count)}`;
}
