'use client';

import { X } from 'lucide-react';
import { type RefObject, useEffect, useRef } from 'react';
import { formatCount } from '../../../lib/quantity-words.ts';
import type { Mark, MarkKind } from '../../../lib/reasoning/outline.ts';
import { IconButton } from '../../ui/button.tsx';
import type { Guide } from './guide.ts';
import { useGuide } from './use-guide.ts';

const kindWords: Record<MarkKind, string> = {
  candidate: 'Answer',
  heading: 'Heading',
  language: 'Language',
  rethink: 'Re-think',
  step: 'Step',
};

/** Its colour is that of its mark in the strip. */
const kindLook: Record<MarkKind, string> = {
  candidate: 'before:bg-accent font-semibold text-think-ink-strong',
  heading: 'before:bg-mark-heading font-semibold text-think-ink-strong',
  language: 'before:bg-mark-language',
  rethink: 'before:bg-mark-rethink',
  step: 'before:bg-mark-step',
};

/**
 * The marks of a thought as a list; the one the reader is at is marked, and kept in sight. It stands beside the text
 * where there is room, else above it.
 */
export function OutlineList({ guide, onClose }: { guide: Guide; onClose: () => void }) {
  const { marks, markCount, from, to, length } = useGuide(guide);
  const list = useRef<HTMLOListElement>(null);
  const current = currentMark(marks, from + (to - from) * 0.35, to >= length - 2);
  useKeptInSight(list, current);

  return (
    <nav className="think-outline flex min-h-0 min-w-0 flex-col" aria-label="Outline of the thinking">
      <div className="flex items-center gap-2 pt-1 pr-1 pb-0.5 pl-3.5 text-xs">
        <span className="font-semibold text-think-ink-strong">Outline</span>
        <span className="flex-1 text-ink-muted tabular-nums">
          {markCount > marks.length
            ? `${formatCount(marks.length)} of ${formatCount(markCount)}`
            : formatCount(markCount)}
        </span>
        <IconButton label="Close the outline" onClick={onClose}>
          <X aria-hidden size={14} />
        </IconButton>
      </div>
      {marks.length === 0 && <p className="px-3.5 pb-3 text-sm text-ink-muted">No turning points yet.</p>}
      <ol ref={list} className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain px-1.5 pb-1.5">
        {marks.map((mark) => (
          <li key={`${mark.at} ${mark.kind}`}>
            <MarkButton mark={mark} guide={guide} isCurrent={mark === current} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

function MarkButton({ mark, guide, isCurrent }: { mark: Mark; guide: Guide; isCurrent: boolean }) {
  return (
    <button
      type="button"
      className={`flex w-full items-baseline gap-2 rounded-sm px-2 py-0.75 text-left text-sm leading-tight before:h-0.75 before:w-1.75 before:flex-none before:-translate-y-0.75 before:rounded-full hover:bg-think-ink/9 aria-[current]:bg-accent/15 aria-[current]:text-ink pointer-coarse:py-2 ${kindLook[mark.kind]}`}
      aria-current={isCurrent ? 'location' : undefined}
      title={`${kindWords[mark.kind]}, at token ${formatCount(guide.tokensAt(mark.at))}`}
      onClick={() => guide.go(mark.at)}
    >
      <span className="sr-only">{kindWords[mark.kind]}: </span>
      <span className="line-clamp-2 wrap-anywhere">{mark.label}</span>
    </button>
  );
}

/** The last mark above a place; at the very end, the last of all. */
function currentMark(marks: readonly Mark[], at: number, atEnd: boolean): Mark | undefined {
  return atEnd ? marks.at(-1) : marks.findLast((mark) => mark.at <= at);
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
