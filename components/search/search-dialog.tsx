'use client';

import { Search, X } from 'lucide-react';
import { usePathname, useRouter } from 'next/navigation';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { SearchHit } from '../../lib/search/search.ts';
import { conversationList } from '../client/conversation-list.ts';
import { askForPlace } from '../client/found-place.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { dialogLook } from '../ui/dialog.tsx';
import { useHanFont } from '../ui/han-font.ts';
import { keyOf } from '../ui/keys.ts';
import { FindHere, HitLine, RecentLine } from './search-lines.tsx';
import { type Found, useSearch } from './use-search.ts';
import { foundWords, groupHits } from './words.ts';

/** The server takes queries up to this length. */
const longestQuery = 400;
const recentCount = 7;

/** Search over all conversations: arrow keys go through what was found, Enter opens it at its place. */
export default function SearchDialog({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [query, setQuery] = useState('');
  const wanted = query.trim();
  const { found, problem, more } = useSearch(wanted);
  const { openId, go, open, findHere } = useOpening(() => dialog.current?.close());
  useHanFont(query);
  const groups = wanted === '' ? [] : groupHits(found.hits);
  const options = groups.flatMap(({ hits }) => hits);
  const recent = wanted === '' ? (conversationList.getPage()?.conversations ?? []).slice(0, recentCount) : [];
  const list = useArrowKeys(wanted === '' ? recent.length : options.length, (at) => {
    const [hit, conversation] = [options[at], recent[at]];
    if (hit && found.query === wanted) open(hit);
    else if (conversation) go(conversation.id);
  });

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has Esc
    <dialog
      ref={dialog}
      className={`${dialogLook('md')} mt-[min(12vh,6rem)] overflow-hidden max-md:mt-3`}
      aria-label="Search"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <div className="flex max-h-[min(38rem,calc(100dvh-2*min(12vh,6rem)))] flex-col max-md:max-h-[calc(100dvh-1.5rem)]">
        <div className="flex items-center gap-2.5 border-b border-line py-2 pr-2.5 pl-4.5">
          <Search aria-hidden size={17} className="flex-none text-ink-muted" />
          <input
            autoFocus
            type="text"
            inputMode="search"
            enterKeyHint="search"
            autoComplete="off"
            spellCheck={false}
            {...list.field}
            aria-label="Search all conversations"
            className="min-w-0 flex-1 bg-transparent py-2 text-lg outline-none placeholder:text-ink-muted"
            placeholder="Search what was said and thought"
            maxLength={longestQuery}
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              list.toFirst();
            }}
          />
          <IconButton label="Close" onClick={() => dialog.current?.close()}>
            <X aria-hidden size={16} />
          </IconButton>
        </div>
        <div className="min-h-16 overflow-y-auto overscroll-contain p-1.5">
          {openId && <FindHere wanted={wanted} onFind={() => findHere(wanted)} />}
          <div id={list.id} role="listbox" aria-label={wanted === '' ? 'Recent conversations' : 'What was found'}>
            {recent.length > 0 && <GroupTitle words="Recent" />}
            {recent.map((conversation, i) => (
              <RecentLine
                key={conversation.id}
                conversation={conversation}
                place={list.placeOf(i)}
                onOpen={() => go(conversation.id)}
              />
            ))}
            {groups.map((group) => (
              // biome-ignore lint/a11y/useSemanticElements: a group of options is no fieldset
              <div key={group.id} role="group" aria-label={group.title}>
                <GroupTitle words={group.title} />
                {group.hits.map((hit) => (
                  <HitLine
                    key={`${hit.messageId} ${hit.file?.id ?? hit.kind}`}
                    hit={hit}
                    place={list.placeOf(options.indexOf(hit))}
                    onOpen={() => open(hit)}
                  />
                ))}
              </div>
            ))}
          </div>
          {wanted !== '' && found.next !== undefined && (
            <Button tone="quiet" className="w-full justify-center" onClick={more}>
              More
            </Button>
          )}
          <p role="status" className="px-3 py-2 text-sm text-ink-muted empty:hidden">
            {problem ?? noteOf({ wanted, found, recent: recent.length })}
          </p>
        </div>
      </div>
    </dialog>
  );
}

function GroupTitle({ words }: { words: string }) {
  return <p className="truncate px-3 pt-2.5 pb-1 text-sm font-medium">{words}</p>;
}

/** Where a found place leads. `close` ends the search first. */
function useOpening(close: () => void) {
  const router = useRouter();
  const openId = /^\/c\/([^/]+)$/.exec(usePathname())?.[1];
  const go = (id: string) => {
    close();
    if (id !== openId) router.push(`/c/${id}`);
  };
  const open = ({ conversationId, kind, messageId, file, snippet }: SearchHit) => {
    if (file && messageId !== undefined) askForPlace({ conversationId, file: { messageId, id: file.id } });
    else if (kind !== 'title' && kind !== 'file' && messageId !== undefined) {
      askForPlace({ conversationId, words: foundWords(snippet), hit: { messageId, kind, at: snippet.at } });
    }
    go(conversationId);
  };
  const findHere = (words: string) => {
    close();
    if (openId) askForPlace({ conversationId: openId, words });
  };
  return { openId, go, open, findHere };
}

/** A field that keeps the keyboard while arrow keys go through a list of `count` lines and Enter picks one. */
function useArrowKeys(count: number, pick: (at: number) => void) {
  const id = useId();
  const [active, setActive] = useState(0);
  const onKeyDown = (event: KeyboardEvent) => {
    const key = keyOf(event);
    if ((key === 'ArrowDown' || key === 'ArrowUp') && count > 0) {
      event.preventDefault();
      const next = (active + (key === 'ArrowDown' ? 1 : -1) + count) % count;
      setActive(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (key === 'Enter') {
      event.preventDefault();
      pick(active);
    }
  };
  return {
    id,
    toFirst: () => setActive(0),
    placeOf: (i: number) => ({ id: `${id}-${i}`, active: i === active, onPoint: () => setActive(i) }),
    field: {
      role: 'combobox',
      'aria-expanded': count > 0,
      'aria-controls': id,
      'aria-activedescendant': count > 0 ? `${id}-${active}` : undefined,
      onKeyDown,
    },
  };
}

function noteOf({ wanted, found, recent }: { wanted: string; found: Found; recent: number }): string {
  if (wanted === '') return recent === 0 ? 'All words must be in one text; “quoted words” must follow each other.' : '';
  if (found.query !== wanted) return found.hits.length === 0 ? 'Searching…' : '';
  return found.hits.length === 0 ? 'Nothing holds these words.' : '';
}
