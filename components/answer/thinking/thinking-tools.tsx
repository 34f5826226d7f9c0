'use client';

import { X } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type Mark, type MarkKind, markKinds } from '../../../lib/reasoning/outline.ts';
import { IconButton } from '../../ui/button.tsx';
import { FindRow } from './find-row.tsx';
import { formatCount } from '../../../lib/quantity-words.ts';
import { FindSession } from './thinking-find.ts';
import type { Guide, GuideView } from './thinking-guide.ts';
import './thinking-tools.css';

const kindWords: Record<MarkKind, string> = {
  candidate: 'Answer',
  heading: 'Heading',
  language: 'Language',
  rethink: 'Re-think',
  step: 'Step',
};

const useGuide = (guide: Guide): GuideView => useSyncExternalStore(guide.subscribe, guide.getView, guide.getView);

/** The marks of a thought as a list; the one the reader is at is marked, and kept in sight. */
export function OutlineList({ guide, onClose }: { guide: Guide; onClose: () => void }) {
  const { marks, markCount, from, to, length } = useGuide(guide);
  const list = useRef<HTMLOListElement>(null);
  const current = currentMark(marks, from + (to - from) * 0.35, to >= length - 2);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another current mark is the reason to look
  useEffect(() => {
    const box = list.current;
    const entry = box?.querySelector('[aria-current]');
    if (!box || !(entry instanceof HTMLElement) || box.matches(':hover, :focus-within')) return;
    const top = entry.offsetTop - box.offsetTop;
    if (top < box.scrollTop || top + entry.offsetHeight > box.scrollTop + box.clientHeight) {
      box.scrollTop = top - box.clientHeight / 3;
    }
  }, [current]);

  return (
    <nav className="think-outline" aria-label="Outline of the thinking">
      <div className="outline-head">
        <span className="outline-title">Outline</span>
        <span className="outline-count">
          {markCount > marks.length
            ? `${formatCount(marks.length)} of ${formatCount(markCount)}`
            : formatCount(markCount)}
        </span>
        <IconButton label="Close the outline" onClick={onClose}>
          <X aria-hidden size={14} />
        </IconButton>
      </div>
      {marks.length === 0 && <p className="outline-empty">No turning points yet.</p>}
      <ol ref={list} className="outline-list">
        {marks.map((mark) => (
          <li key={`${mark.at} ${mark.kind}`}>
            <button
              type="button"
              className="outline-mark"
              data-kind={mark.kind}
              aria-current={mark === current ? 'location' : undefined}
              title={`${kindWords[mark.kind]}, at token ${formatCount(guide.tokensAt(mark.at))}`}
              onClick={() => guide.go(mark.at)}
            >
              <span className="sr-only">{kindWords[mark.kind]}: </span>
              <span className="outline-label">{mark.label}</span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** The last mark above a place; at the very end, the last of all. */
function currentMark(marks: readonly Mark[], at: number, atEnd: boolean): Mark | undefined {
  return atEnd ? marks.at(-1) : marks.findLast((mark) => mark.at <= at);
}

/** A strip along the pane: the whole thought, its marks, and which part is in view. Press or drag to go there. */
export function Minimap({ guide }: { guide: Guide }) {
  const { marks, from, to, length, tokensHere, tokens } = useGuide(guide);
  const [pointed, setPointed] = useState<number>(); // the share of the text under the pointer
  const dragging = useRef(false);
  const shareOf = (at: number) => (length === 0 ? 0 : at / length);
  const offsetAt = (share: number) => Math.round(share * length);

  const follow = (event: PointerEvent<HTMLDivElement>, go: boolean) => {
    const { top, height } = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientY - top) / Math.max(1, height)));
    setPointed(share);
    if (go) guide.go(offsetAt(share));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(200, (to - from) * 0.9);
    const steps: Record<string, number> = {
      ArrowDown: from + page / 4,
      ArrowUp: from - page / 4,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: length - 1,
    };
    const target = steps[event.key];
    if (target === undefined) return;
    event.preventDefault();
    guide.go(Math.round(Math.min(Math.max(0, target), Math.max(0, length - 1))));
  };

  return (
    <div
      role="slider"
      tabIndex={0}
      className="map"
      aria-label="Place in the thinking"
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={tokens}
      aria-valuenow={Math.min(tokensHere, tokens)}
      aria-valuetext={`${formatCount(tokensHere)} of ${formatCount(tokens)} tokens`}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.focus({ preventScroll: true });
        event.currentTarget.setPointerCapture(event.pointerId);
        dragging.current = true;
        follow(event, true);
      }}
      onPointerMove={(event) => follow(event, dragging.current)}
      onPointerUp={() => {
        dragging.current = false;
      }}
      onPointerCancel={() => {
        dragging.current = false;
      }}
      onPointerLeave={() => setPointed(undefined)}
    >
      <svg aria-hidden="true" className="map-marks" viewBox="0 0 12 1000" preserveAspectRatio="none">
        {[...markKinds].reverse().map((kind) => (
          <path key={kind} data-kind={kind} d={ticks(marks, kind, shareOf)} />
        ))}
      </svg>
      <span
        className="map-view"
        style={{ top: `${100 * shareOf(from)}%`, height: `${100 * (shareOf(to) - shareOf(from))}%` }}
      />
      {pointed !== undefined && (
        <span className="map-words" style={{ top: `${100 * pointed}%` }}>
          {formatCount(guide.tokensAt(offsetAt(pointed)))}
        </span>
      )}
    </div>
  );
}

/** Light kinds are short lines at the edge, weighty ones reach across. */
function ticks(marks: readonly Mark[], kind: MarkKind, shareOf: (at: number) => number): string {
  const from = kind === 'step' ? 8 : kind === 'rethink' ? 4 : 1;
  return marks
    .filter((mark) => mark.kind === kind)
    .map((mark) => `M${from} ${(1000 * shareOf(mark.at)).toFixed(1)}H11`)
    .join('');
}

/** How far the reader is, in tokens. */
export function PlaceCount({ guide }: { guide: Guide }) {
  const { tokensHere, tokens } = useGuide(guide);
  return (
    <span className="place-count" title="Tokens of thinking up to here, and in all">
      {formatCount(Math.min(tokensHere, tokens))} / {formatCount(tokens)}
    </span>
  );
}

/** Looks for words in the whole thought, also where it is not drawn. */
export function FindBar({ guide, onClose }: { guide: Guide; onClose: () => void }) {
  const [query, setQuery] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const [session] = useState(() => new FindSession(guide));

  useEffect(() => field.current?.select(), []);
  useEffect(() => session.start(), [session]);
  return (
    <FindRow
      search={session}
      field={field}
      label="Find in the thinking"
      placeholder="Find in thinking"
      within=".think"
      autoFocus
      query={query}
      onQuery={setQuery}
      onClose={onClose}
    />
  );
}
