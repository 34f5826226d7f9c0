'use client';

import { Search, X } from 'lucide-react';
import { usePathname, useRouter } from 'next/navigation';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { SearchHit } from '../../lib/search/search.ts';
import { conversationList } from '../client/conversation-list.ts';
import { askForPlace } from '../client/found-place.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { dialogLook } from '../ui/dialog.tsx';
import { useHanFont } from '../ui/han-font.ts';
import { keyOf } from '../ui/keys.ts';
import { type Clock, clockNow, tellingFacts } from '../words/telling-facts.ts';
import { type Command, listCommands, matchingCommands } from './commands.ts';
import { type ChosenFilters, filterOf, SearchFilters } from './search-filters.tsx';
import { CommandLine, FindHere, HitLine, type LinePlace, RecentLine } from './search-lines.tsx';
import { type Found, useSearch } from './use-search.ts';
import { foundWords, groupHits, type HitGroup, indexingWords } from './words.ts';

/** The server takes queries up to this length. */
const longestQuery = 400;
const recentCount = 7;
/** So many models can be chosen to narrow a search. */
const mostModels = 8;

/** So many commands are shown beside what was found. */
const commandsBeside = 4;

/**
 * Search over all conversations, and all that can be done from here: arrow keys go through the lines, Enter opens one at
 * its place, or does it.
 */
export default function SearchDialog({ frame, onClose }: { frame: readonly Command[]; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => dialog.current?.close();
  const [query, setQuery] = useState('');
  const [filters, setFilters] = useState<ChosenFilters>({});
  const [now] = useState(clockNow);
  const wanted = query.trim();
  const { found, problem, more } = useSearch(wanted, filterOf(filters, now.now));
  const { openId, go, open, findHere } = useOpening(close);
  const commands = useCommands(frame);
  useHanFont(query);
  const isEmpty = wanted === '';
  const matching = matchingCommands(commands, wanted);
  const able = isEmpty ? matching : matching.slice(0, commandsBeside);
  const groups = isEmpty ? [] : groupHits(found.hits);
  const recent = isEmpty ? (conversationList.getPage()?.conversations ?? []).slice(0, recentCount) : [];
  const run = (command: Command) => {
    close();
    command.run();
  };
  const choices: (() => void)[] = [
    ...recent.map(
      ({ id }) =>
        () =>
          go(id),
    ),
    ...able.map((command) => () => run(command)),
    ...groups.flatMap(({ hits }) => hits.map((hit) => () => open(hit))),
  ];
  const hitsFrom = recent.length + able.length;
  const list = useArrowKeys(choices.length, (at) => {
    if (at < hitsFrom || found.query === wanted) choices[at]?.();
  });
  const change = (change: () => void) => {
    change();
    list.toFirst();
  };

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
      aria-label="Search and commands"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div className="flex max-h-[min(38rem,calc(100dvh-2*min(12vh,6rem)))] flex-col max-md:max-h-[calc(100dvh-1.5rem)]">
        <SearchField query={query} list={list.field} onQuery={(text) => change(() => setQuery(text))} onClose={close} />
        {!isEmpty && (
          <SearchFilters
            chosen={filters}
            models={modelsOf(found, filters)}
            onChoose={(chosen) => change(() => setFilters(chosen))}
          />
        )}
        <div className="flex min-h-16 flex-col p-1.5">
          {openId && <FindHere wanted={wanted} onFind={() => findHere(wanted)} />}
          <div
            id={list.id}
            role="listbox"
            className="min-h-0 overflow-y-auto overscroll-contain"
            aria-label={isEmpty ? 'Recent conversations and commands' : 'What was found'}
          >
            <LineGroup title="Recent" isShown={recent.length > 0}>
              {recent.map((conversation, i) => (
                <RecentLine
                  key={conversation.id}
                  conversation={conversation}
                  facts={factsWords(conversation, now)}
                  place={list.placeOf(i)}
                  onOpen={() => go(conversation.id)}
                />
              ))}
            </LineGroup>
            <LineGroup title="Commands" isShown={able.length > 0}>
              {able.map((command, i) => (
                <CommandLine
                  key={command.words}
                  command={command}
                  place={list.placeOf(recent.length + i)}
                  onRun={() => run(command)}
                />
              ))}
            </LineGroup>
            <FoundGroups
              groups={groups}
              found={found}
              clock={now}
              placeOf={(at) => list.placeOf(hitsFrom + at)}
              onOpen={open}
            />
          </div>
          {!isEmpty && found.next !== undefined && (
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

function SearchField(props: {
  query: string;
  list: ReturnType<typeof useArrowKeys>['field'];
  onQuery: (text: string) => void;
  onClose: () => void;
}) {
  return (
    <div className="flex flex-none items-center gap-2.5 border-b border-line py-2 pr-2.5 pl-4.5">
      <Search aria-hidden size={17} className="flex-none text-ink-muted" />
      <input
        // biome-ignore lint/a11y/noAutofocus: the dialog was opened by the reader, to be written in
        autoFocus
        type="text"
        inputMode="search"
        enterKeyHint="search"
        autoComplete="off"
        spellCheck={false}
        {...props.list}
        aria-label="Search all conversations and commands"
        className="min-w-0 flex-1 bg-transparent py-2 text-lg outline-none placeholder:text-ink-muted"
        placeholder="Search what was said and thought, or do something"
        maxLength={longestQuery}
        value={props.query}
        onChange={(event) => props.onQuery(event.target.value)}
      />
      <IconButton label="Close" onClick={props.onClose}>
        <X aria-hidden size={16} />
      </IconButton>
    </div>
  );
}

/** The hits under their conversations' titles, each with what tells it from others of the same title. */
function FoundGroups(props: {
  groups: readonly HitGroup[];
  found: Found;
  clock: Clock;
  placeOf: (at: number) => LinePlace;
  onOpen: (hit: SearchHit) => void;
}) {
  const hits = props.groups.flatMap((group) => group.hits);
  return props.groups.map((group) => {
    const answered = props.found.answered[group.id];
    const facts = factsWords(
      { updatedAt: group.updatedAt, threadCount: 1, ...(answered && { answered }) },
      props.clock,
    );
    return (
      <LineGroup key={group.id} title={group.title} facts={facts} isShown>
        {group.hits.map((hit) => (
          <HitLine
            key={`${hit.messageId} ${hit.file?.id ?? hit.kind}`}
            hit={hit}
            place={props.placeOf(hits.indexOf(hit))}
            onOpen={() => props.onOpen(hit)}
          />
        ))}
      </LineGroup>
    );
  });
}

function LineGroup(props: { title: string; facts?: string; isShown: boolean; children: ReactNode }) {
  if (!props.isShown) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of options is no fieldset
    <div role="group" aria-label={props.title}>
      <p className="flex items-baseline gap-3 px-3 pt-2.5 pb-1 text-sm font-medium">
        <span className="min-w-0 flex-1 truncate">{props.title}</span>
        {props.facts && (
          <span className="max-w-1/2 flex-none truncate text-xs font-normal text-ink-muted tabular-nums">
            {props.facts}
          </span>
        )}
      </p>
      {props.children}
    </div>
  );
}

/** "R1 · 12.4K · 14:05" */
function factsWords(conversation: Parameters<typeof tellingFacts>[0], clock: Clock): string {
  const { models, thinking, when } = tellingFacts(conversation, clock);
  return [models, thinking, when].filter(Boolean).join(' · ');
}

/** Who answered in what is found; who is chosen stays. */
function modelsOf({ answered }: Found, { model }: ChosenFilters): string[] {
  const models = Object.values(answered).flatMap((one) => one.models);
  return [...new Set([...(model === undefined ? [] : [model]), ...models])].slice(0, mostModels);
}

/** Collected once, when the dialog opens over the page. */
function useCommands(frame: readonly Command[]): readonly Command[] {
  const router = useRouter();
  const [commands] = useState(() => listCommands({ go: (href) => router.push(href), frame, page: document }));
  return commands;
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
  if (found.indexing) return indexingWords(found.indexing);
  return found.hits.length === 0 ? 'Nothing holds these words.' : '';
}
