'use client';

import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { formatCount } from '../../../lib/quantity-words.ts';
import { type Mark, type MarkKind, markKinds } from '../../../lib/reasoning/outline.ts';
import type { Guide } from './guide.ts';
import { useGuide } from './use-guide.ts';

/** Light kinds are short thin lines at the edge, weighty ones reach across. `from`: where the line begins, of 12. */
const kindLook: Record<MarkKind, { look: string; from: number }> = {
  step: { look: 'stroke-mark-step stroke-1', from: 8 },
  rethink: { look: 'stroke-mark-rethink stroke-[1.5]', from: 4 },
  language: { look: 'stroke-mark-language stroke-2', from: 1 },
  heading: { look: 'stroke-mark-heading stroke-2', from: 1 },
  candidate: { look: 'stroke-accent stroke-[2.5]', from: 1 },
};

/** A strip along the pane: the whole thought, its marks, and which part is in view. Press or drag to go there. */
export function Minimap({ guide, className }: { guide: Guide; className: string }) {
  const { from, to, length, tokensHere, tokens } = useGuide(guide);
  const { pointed, ...pointing } = usePointing((share, go) => go && guide.go(Math.round(share * length)));
  const shareOf = (at: number) => (length === 0 ? 0 : at / length);

  return (
    <div
      role="slider"
      tabIndex={0}
      className={`group z-1 w-3.5 cursor-pointer touch-none rounded-sm before:absolute before:inset-y-0 before:-right-1 before:-left-2 print:hidden ${className}`}
      aria-label="Place in the thinking"
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={tokens}
      aria-valuenow={Math.min(tokensHere, tokens)}
      aria-valuetext={`${formatCount(tokensHere)} of ${formatCount(tokens)} tokens`}
      onKeyDown={(event) => goByKey(event, guide)}
      {...pointing}
    >
      <Marks guide={guide} />
      <span
        className="absolute inset-x-0 min-h-2 rounded-sm border border-think-ink/35 bg-think-ink/14 group-hover:border-accent group-focus-visible:border-accent"
        style={{ top: `${100 * shareOf(from)}%`, height: `${100 * (shareOf(to) - shareOf(from))}%` }}
      />
      {pointed !== undefined && (
        <span
          className="pointer-events-none absolute right-5 -translate-y-1/2 rounded-sm bg-ink px-1.5 text-xs text-paper tabular-nums"
          style={{ top: `${100 * pointed}%` }}
        >
          {formatCount(guide.tokensAt(Math.round(pointed * length)))}
        </span>
      )}
    </div>
  );
}

function Marks({ guide }: { guide: Guide }) {
  const { marks, length } = useGuide(guide);
  return (
    <svg
      aria-hidden="true"
      className="absolute inset-0 size-full fill-none"
      viewBox="0 0 12 1000"
      preserveAspectRatio="none"
    >
      {markKinds.toReversed().map((kind) => (
        <path
          key={kind}
          className={kindLook[kind].look}
          vectorEffect="non-scaling-stroke"
          d={linesOf(marks, kind, length)}
        />
      ))}
    </svg>
  );
}

function linesOf(marks: readonly Mark[], kind: MarkKind, length: number): string {
  return marks
    .filter((mark) => mark.kind === kind)
    .map((mark) => `M${kindLook[kind].from} ${((1000 * mark.at) / Math.max(1, length)).toFixed(1)}H11`)
    .join('');
}

/**
 * What a pointer does on the strip: where it points, as a share of the height, and (while pressed) that it wants there.
 */
function usePointing(onPoint: (share: number, go: boolean) => void) {
  const [pointed, setPointed] = useState<number>();
  const dragging = useRef(false);
  const follow = (event: PointerEvent<HTMLDivElement>, go: boolean) => {
    const { top, height } = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientY - top) / Math.max(1, height)));
    setPointed(share);
    onPoint(share, go);
  };
  const release = () => {
    dragging.current = false;
  };
  return {
    pointed,
    onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
      event.preventDefault();
      event.currentTarget.focus({ preventScroll: true });
      event.currentTarget.setPointerCapture(event.pointerId);
      dragging.current = true;
      follow(event, true);
    },
    onPointerMove: (event: PointerEvent<HTMLDivElement>) => follow(event, dragging.current),
    onPointerUp: release,
    onPointerCancel: release,
    onPointerLeave: () => setPointed(undefined),
  };
}

function goByKey(event: KeyboardEvent, guide: Guide): void {
  const { from, to, length } = guide.getView();
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
}
