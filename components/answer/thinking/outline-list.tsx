'use client';

import { ChevronRight, X } from 'lucide-react';
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { formatCount } from '../../../lib/quantity-words.ts';
import type { Mark, MarkKind } from '../../../lib/reasoning/outline.ts';
import type { OutlineEntry } from '../../../lib/reasoning/outline-entries.ts';
import { IconButton } from '../../ui/button.tsx';
import { markWords } from '../../words/outline-words.ts';
import type { Guide, GuideView } from './guide.ts';
import { useGuide } from './use-guide.ts';

/** Its colour is that of its mark in the strip. */
const kindColor: Record<MarkKind, string> = {
  candidate: 'before:bg-accent',
  heading: 'before:bg-mark-heading',
  language: 'before:bg-mark-language',
  rethink: 'before:bg-mark-rethink',
  step: 'before:bg-mark-step',
};

/**
 * The outline of a thought: headings and candidate answers, below them the turns between, those that begin alike in one
 * line with their number. The entry the reader is at is marked, and kept in sight. It stands beside the text where there
 * is room, else above it.
 */
export function OutlineList({ guide, onClose }: { guide: Guide; onClose: () => void }) {
  const { entries, counts, from, to, length } = useGuide(guide);
  const [hidden, setHidden] = useState<ReadonlySet<MarkKind>>(new Set());
  const list = useRef<HTMLOListElement>(null);
  const shown = entries.filter(({ kind }) => !hidden.has(kind));
  const current = currentMark(shown, from + (to - from) * 0.35, to >= length - 2);
  useKeptInSight(list, current);
  const toggle = (kind: MarkKind) => {
    const next = new Set(hidden);
    if (!next.delete(kind)) next.add(kind);
    setHidden(next);
  };

  return (
    <nav className="think-outline flex min-h-0 min-w-0 flex-col" aria-label="Outline of the thinking">
      <div className="flex items-center gap-2 pt-1 pr-1 pb-0.5 pl-3.5 text-xs">
        <span className="flex-1 font-semibold text-think-ink-strong">Outline</span>
        <IconButton label="Close the outline" onClick={onClose}>
          <X aria-hidden size={14} />
        </IconButton>
      </div>
      {counts.length === 0 && <p className="px-3.5 pb-3 text-sm text-ink-muted">No turning points yet.</p>}
      <Kinds counts={counts} hidden={hidden} onToggle={toggle} />
      <ol ref={list} className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain px-1.5 pb-1.5">
        {shown.map((entry) => (
          <li key={`${entry.at} ${entry.kind}`}>
            {entry.marks.length > 1 ? (
              <GroupEntry entry={entry} guide={guide} current={current} />
            ) : (
              <MarkButton mark={entry.marks[0]} guide={guide} isCurrent={entry.marks[0] === current} />
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** Which colour is which kind, and how many there are; each can be left out. */
function Kinds(props: {
  counts: GuideView['counts'];
  hidden: ReadonlySet<MarkKind>;
  onToggle: (kind: MarkKind) => void;
}) {
  if (props.counts.length === 0) return null;
  return (
    <fieldset className="flex flex-none flex-wrap gap-x-0.5 px-1.5 pb-1" aria-label="Kinds">
      {props.counts.map(({ kind, count }) => (
        <button
          key={kind}
          type="button"
          className={`flex items-center gap-1.5 rounded-full px-2 py-0.5 text-xs text-ink-muted before:h-0.75 before:w-1.75 before:rounded-full not-aria-pressed:line-through not-aria-pressed:before:opacity-30 hover:bg-think-ink/9 aria-pressed:text-think-ink-strong pointer-coarse:py-2 ${kindColor[kind]}`}
          aria-pressed={!props.hidden.has(kind)}
          title={props.hidden.has(kind) ? 'Left out; press to list them' : 'Press to leave them out'}
          onClick={() => props.onToggle(kind)}
        >
          {count === 1 ? markWords[kind].one : markWords[kind].many}{' '}
          <span className="tabular-nums">{formatCount(count)}</span>
        </button>
      ))}
    </fieldset>
  );
}

/** Turns that begin alike: their beginning and their number; it opens at the first of them. */
function GroupEntry({ entry, guide, current }: { entry: OutlineEntry; guide: Guide; current: Mark | undefined }) {
  const [open, setOpen] = useState(false);
  const { kind, label, marks } = entry;
  const holdsCurrent = current !== undefined && marks.includes(current);
  const press = () => {
    if (!open) guide.go(entry.at);
    setOpen(!open);
  };
  return (
    <>
      <EntryButton
        kind={kind}
        isCurrent={holdsCurrent && !open}
        expanded={open}
        title={`${formatCount(marks.length)} that begin alike`}
        onPress={press}
      >
        <span className="line-clamp-2 flex-1 wrap-anywhere">{label}</span>
        <span className="flex-none tabular-nums">×{formatCount(marks.length)}</span>
        <ChevronRight aria-hidden size={13} className={`flex-none self-center ${open ? 'rotate-90' : ''}`} />
      </EntryButton>
      {open && (
        <ol className="ml-3.5 border-l border-think-line">
          {marks.map((mark) => (
            <li key={mark.at}>
              <MarkButton mark={mark} guide={guide} isCurrent={mark === current} />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function MarkButton({ mark, guide, isCurrent }: { mark: Mark; guide: Guide; isCurrent: boolean }) {
  return (
    <EntryButton
      kind={mark.kind}
      isCurrent={isCurrent}
      title={`${markWords[mark.kind].one}, at token ${formatCount(guide.tokensAt(mark.at))}`}
      onPress={() => guide.go(mark.at)}
    >
      <span className="line-clamp-2 wrap-anywhere">{mark.label}</span>
    </EntryButton>
  );
}

/** Headings and candidate answers stand out, what is between them stands below them. */
function EntryButton(props: {
  kind: MarkKind;
  isCurrent: boolean;
  expanded?: boolean;
  title: string;
  onPress: () => void;
  children: ReactNode;
}) {
  const leads = props.kind === 'heading' || props.kind === 'candidate';
  return (
    <button
      type="button"
      className={`flex w-full items-baseline gap-2 rounded-sm py-0.75 pr-2 text-left text-sm leading-tight before:h-0.75 before:w-1.75 before:flex-none before:-translate-y-0.75 before:rounded-full hover:bg-think-ink/9 aria-[current]:bg-accent/15 aria-[current]:text-ink pointer-coarse:py-2 ${kindColor[props.kind]} ${leads ? 'pl-2 font-semibold text-think-ink-strong' : 'pl-5'}`}
      aria-current={props.isCurrent ? 'location' : undefined}
      aria-expanded={props.expanded}
      title={props.title}
      onClick={props.onPress}
    >
      <span className="sr-only">{markWords[props.kind].one}: </span>
      {props.children}
    </button>
  );
}

/** The last mark above a place; at the very end, the last of all. */
function currentMark(entries: readonly OutlineEntry[], at: number, atEnd: boolean): Mark | undefined {
  let last: Mark | undefined;
  for (const { marks } of entries)
    for (const mark of marks) if ((atEnd || mark.at <= at) && mark.at >= (last?.at ?? 0)) last = mark;
  return last;
}

/** Scrolls the list to its current mark, unless somebody is at work in it. */
function useKeptInSight(list: RefObject<HTMLElement | null>, current: Mark | undefined): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another current mark is the reason to look
  useEffect(() => {
    const box = list.current;
    const entry = box?.querySelector('[aria-current]');
    if (!box || !(entry instanceof HTMLElement) || box.matches(':hover, :focus-within')) return;
    const top = entry.offsetTop;
    if (top < box.scrollTop || top + entry.offsetHeight > box.scrollTop + box.clientHeight) {
      box.scrollTop = top - box.clientHeight / 3;
    }
  }, [current]);
}
