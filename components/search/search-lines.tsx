import { Columns2, CornerDownLeft, FileText, MessageSquare, SquareChevronRight, TextSearch } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Conversation } from '../../lib/conversation.ts';
import type { SearchHit } from '../../lib/search/search.ts';
import type { Snippet } from '../../lib/search/snippet.ts';
import { firstKeyOf, isMac, keyWords } from '../client/key-words.ts';
import { useHanFont } from '../ui/han-font.ts';
import type { Command } from './commands.ts';
import { kindWords, piecesOf } from './words.ts';

/** A line's place in the list, whose field has the keyboard. */
export interface LinePlace {
  id: string;
  active: boolean;
  onPoint: () => void;
}

/** A conversation that was looked at lately, with what tells it from others of its title. */
export function RecentLine(props: { conversation: Conversation; facts: string; place: LinePlace; onOpen: () => void }) {
  const Icon = props.conversation.threadCount > 1 ? Columns2 : MessageSquare;
  return (
    <Line place={props.place} className="items-center text-base" onOpen={props.onOpen}>
      <Icon aria-hidden size={15} className="flex-none text-ink-muted" />
      <span className="min-w-0 flex-1 truncate">{props.conversation.title}</span>
      <span className="max-w-1/2 flex-none truncate text-xs text-ink-muted tabular-nums">{props.facts}</span>
    </Line>
  );
}

/** Something that can be done, and the key that does it too. */
export function CommandLine(props: { command: Command; place: LinePlace; onRun: () => void }) {
  const { words, shortcut } = props.command;
  return (
    <Line place={props.place} className="items-center text-base" onOpen={props.onRun}>
      <SquareChevronRight aria-hidden size={15} className="flex-none text-ink-muted" />
      <span className="min-w-0 flex-1 truncate">{words}</span>
      {shortcut && <Key combination={firstKeyOf(shortcut)} />}
    </Line>
  );
}

/** A key as it is written on it. */
export function Key({ combination }: { combination: string }) {
  return (
    <kbd className="flex-none rounded-sm border border-line px-1.5 py-px font-sans text-xs text-ink-muted pointer-coarse:hidden">
      {keyWords(combination, isMac())}
    </kbd>
  );
}

/** A place where the words stand: what it is of, and its text around them. */
export function HitLine({ hit, place, onOpen }: { hit: SearchHit; place: LinePlace; onOpen: () => void }) {
  return (
    <Line place={place} className="items-baseline max-md:flex-col max-md:gap-0.5 max-md:pr-3" onOpen={onOpen}>
      <span className={`w-17 flex-none text-xs ${hit.kind === 'reasoning' ? 'text-accent' : 'text-ink-muted'}`}>
        {kindWords[hit.kind]}
      </span>
      <SnippetView snippet={hit.snippet} file={hit.file?.name} by={hit.model} />
      <CornerDownLeft
        aria-hidden
        size={14}
        className="absolute top-2.75 right-3 text-ink-muted opacity-0 group-aria-selected/line:opacity-100 max-md:hidden pointer-coarse:hidden"
      />
    </Line>
  );
}

function Line(props: { place: LinePlace; className: string; onOpen: () => void; children: ReactNode }) {
  const { id, active, onPoint } = props.place;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the field has the keyboard, as a combobox does
    <div
      id={id}
      role="option"
      aria-selected={active}
      className={`group/line relative flex cursor-pointer gap-3 rounded-md py-1.75 pr-8 pl-3 aria-selected:bg-accent/11 pointer-coarse:py-2.75 ${props.className}`}
      onPointerMove={onPoint}
      onClick={props.onOpen}
    >
      {props.children}
    </div>
  );
}

function SnippetView({ snippet, file, by }: { snippet: Snippet; file: string | undefined; by: string | undefined }) {
  useHanFont(snippet.text);
  return (
    <span className="line-clamp-3 min-w-0 text-sm wrap-anywhere text-ink-muted md:flex-1">
      {file !== undefined && (
        <cite className="block truncate text-ink not-italic">
          <FileText aria-hidden size={13} className="inline align-[-0.125em] text-ink-muted" /> {file}
        </cite>
      )}
      {by !== undefined && <span className="text-xs text-ink">{by}: </span>}
      {piecesOf(snippet).map(({ text, marked }, i) =>
        marked ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name, and never move
          <mark key={i} className="rounded-sm bg-hit text-hit-ink">
            {text}
          </mark>
        ) : (
          text
        ),
      )}
    </span>
  );
}

/** The way from all conversations into the open one. */
export function FindHere({ wanted, onFind }: { wanted: string; onFind: () => void }) {
  return (
    <button
      type="button"
      className="flex w-full items-center gap-3 rounded-md px-3 py-2 text-left text-base text-ink-muted hover:bg-ink/5 hover:text-ink pointer-coarse:py-2.75"
      onClick={onFind}
    >
      <TextSearch aria-hidden size={15} className="flex-none" />
      <span className="truncate">
        {wanted === '' ? 'Find in this conversation' : `Find “${wanted}” in this conversation`}
      </span>
      <span className="grow" />
      <Key combination={firstKeyOf('find')} />
    </button>
  );
}
