'use client';

import { Columns2, CornerDownLeft, FileText, MessageSquare, Search, TextSearch, X } from 'lucide-react';
import { usePathname, useRouter } from 'next/navigation';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { Conversation } from '../../lib/conversation.ts';
import type { SearchHit, SearchPage } from '../../lib/search/search.ts';
import type { Snippet } from '../../lib/search/snippet.ts';
import { dialogLook } from '../ui/dialog.tsx';
import { conversationList } from '../client/conversation-list.ts';
import { askForPlace } from '../client/found-place.ts';
import { requestJson } from '../client/request-json.ts';
import { IconButton } from '../ui/button.tsx';
import { useHanFont } from '../ui/han-font.ts';
import { foundWords, groupHits, kindWords, piecesOf } from './words.ts';
import './search.css';

/** The server takes queries up to this length. */
const longestQuery = 400;
/** After the last letter, in ms. */
const patienceMs = 140;
const recentCount = 7;

type Found = { query: string; hits: readonly SearchHit[]; next?: string };

/** Search over all conversations: arrow keys go through what was found, Enter opens it at its place. */
export default function SearchDialog({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();
  const router = useRouter();
  const openId = /^\/c\/([^/]+)$/.exec(usePathname())?.[1];
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const wanted = query.trim();
  const { found, problem, more } = useSearch(wanted);
  useHanFont(query);
  const groups = wanted === '' ? [] : groupHits(found.hits);
  const options = groups.flatMap(({ hits }) => hits);
  const recent = wanted === '' ? (conversationList.getPage()?.conversations ?? []).slice(0, recentCount) : [];
  const count = wanted === '' ? recent.length : options.length;

  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  const go = (id: string) => {
    dialog.current?.close();
    if (id !== openId) router.push(`/c/${id}`);
  };
  const open = ({ conversationId, kind, messageId, file, snippet }: SearchHit) => {
    if (file && messageId !== undefined) askForPlace({ conversationId, file: { messageId, id: file.id } });
    else if (kind !== 'title' && kind !== 'file' && messageId !== undefined) {
      askForPlace({ conversationId, words: foundWords(snippet), hit: { messageId, kind, at: snippet.at } });
    }
    go(conversationId);
  };
  const findHere = () => {
    dialog.current?.close();
    if (openId) askForPlace({ conversationId: openId, words: wanted });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && count > 0) {
      event.preventDefault();
      const next = (active + (event.key === 'ArrowDown' ? 1 : -1) + count) % count;
      setActive(next);
      document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const hit = options[active];
      const conversation = recent[active];
      if (hit && found.query === wanted) open(hit);
      else if (conversation) go(conversation.id);
    }
  };
  const lineOf = (i: number) => ({ id: `${listId}-${i}`, active: i === active, onPoint: () => setActive(i) });

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has Esc
    <dialog
      ref={dialog}
      className={`${dialogLook('md')} search-dialog`}
      aria-label="Search"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <div className="search-inside">
        <div className="search-head">
          <Search aria-hidden size={17} className="search-glass" />
          <input
            autoFocus
            type="text"
            inputMode="search"
            enterKeyHint="search"
            autoComplete="off"
            spellCheck={false}
            role="combobox"
            aria-label="Search all conversations"
            aria-expanded={count > 0}
            aria-controls={listId}
            aria-activedescendant={count > 0 ? `${listId}-${active}` : undefined}
            className="search-field"
            placeholder="Search what was said and thought"
            maxLength={longestQuery}
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
          />
          <IconButton label="Close" onClick={() => dialog.current?.close()}>
            <X aria-hidden size={16} />
          </IconButton>
        </div>
        <div ref={list} className="search-results">
          {openId && (
            <button type="button" className="search-here" onClick={findHere}>
              <TextSearch aria-hidden size={15} />
              <span className="truncate">
                {wanted === '' ? 'Find in this conversation' : `Find “${wanted}” in this conversation`}
              </span>
              <kbd>Ctrl Shift F</kbd>
            </button>
          )}
          <div id={listId} role="listbox" aria-label={wanted === '' ? 'Recent conversations' : 'What was found'}>
            {recent.length > 0 && <p className="search-group">Recent</p>}
            {recent.map((conversation, i) => (
              <Line key={conversation.id} {...lineOf(i)} kind="recent" onOpen={() => go(conversation.id)}>
                <ConversationIcon conversation={conversation} />
                <span className="truncate">{conversation.title}</span>
              </Line>
            ))}
            {groups.map((group) => (
              // biome-ignore lint/a11y/useSemanticElements: a group of options is no fieldset
              <div key={group.id} role="group" aria-label={group.title}>
                <p className="search-group">{group.title}</p>
                {group.hits.map((hit) => (
                  <Line
                    key={`${hit.messageId} ${hit.file?.id ?? hit.kind}`}
                    {...lineOf(options.indexOf(hit))}
                    kind={hit.kind}
                    onOpen={() => open(hit)}
                  >
                    <span className="search-kind">{kindWords[hit.kind]}</span>
                    <SnippetView snippet={hit.snippet} file={hit.file?.name} />
                    <CornerDownLeft aria-hidden size={14} className="search-enter" />
                  </Line>
                ))}
              </div>
            ))}
          </div>
          {wanted !== '' && found.next !== undefined && (
            <button type="button" className="quiet-button search-more" onClick={more}>
              More
            </button>
          )}
          <p role="status" className="search-note">
            {problem ?? noteOf({ wanted, found, recent: recent.length })}
          </p>
        </div>
      </div>
    </dialog>
  );
}

function Line(props: {
  id: string;
  kind: string;
  active: boolean;
  onPoint: () => void;
  onOpen: () => void;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the field has the keyboard, as a combobox does
    <div
      id={props.id}
      role="option"
      aria-selected={props.active}
      className="search-hit"
      data-kind={props.kind}
      onPointerMove={props.onPoint}
      onClick={props.onOpen}
    >
      {props.children}
    </div>
  );
}

function SnippetView({ snippet, file }: { snippet: Snippet; file: string | undefined }) {
  useHanFont(snippet.text);
  return (
    <span className="search-snippet">
      {file !== undefined && (
        <span className="search-file">
          <FileText aria-hidden size={13} /> {file}
        </span>
      )}
      {piecesOf(snippet).map(({ text, marked }, i) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name, and never move
        marked ? <mark key={i}>{text}</mark> : text,
      )}
    </span>
  );
}

function ConversationIcon({ conversation }: { conversation: Conversation }) {
  return conversation.threadCount > 1 ? <Columns2 aria-hidden size={15} /> : <MessageSquare aria-hidden size={15} />;
}

function noteOf({ wanted, found, recent }: { wanted: string; found: Found; recent: number }): string {
  if (wanted === '') return recent === 0 ? 'All words must be in one text; “quoted words” must follow each other.' : '';
  if (found.query !== wanted) return found.hits.length === 0 ? 'Searching…' : '';
  return found.hits.length === 0 ? 'Nothing holds these words.' : '';
}

/** What is found of a query, a page at a time; while another is on its way, what the last one found. */
function useSearch(wanted: string): { found: Found; problem: string | undefined; more: () => void } {
  const [found, setFound] = useState<Found>({ query: '', hits: [] });
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    if (wanted === '') return;
    let left = false;
    const timer = setTimeout(() => {
      ask(wanted).then(
        (page) => {
          if (left) return;
          setFound({ query: wanted, ...page });
          setProblem(undefined);
        },
        (error: unknown) => !left && setProblem(wordsOf(error)),
      );
    }, patienceMs);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [wanted]);

  const more = () => {
    if (found.next === undefined) return;
    ask(found.query, found.next).then(
      (page) =>
        setFound((now) =>
          now.next === found.next ? { ...page, query: now.query, hits: [...now.hits, ...page.hits] } : now,
        ),
      (error: unknown) => setProblem(wordsOf(error)),
    );
  };
  return { found, problem, more };
}

function ask(query: string, before?: string): Promise<SearchPage> {
  const words = new URLSearchParams({ q: query, limit: '20', ...(before !== undefined && { before }) });
  return requestJson<SearchPage>('GET', `/api/search?${words}`);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The search failed.';
}
