'use client';

import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useId, useRef, useState } from 'react';
import { formatCount, formatDuration } from '../../../lib/quantity-words.ts';
import type { Timeline } from '../../../lib/timeline.ts';
import {
  areasOf,
  describeTimeline,
  type Plane,
  readingAt,
  type TimelinePhase,
  xOf,
} from '../../words/timeline-figure.ts';

const plotHeight = 120;
/** Steps of the arrow keys from the beginning to the end. */
const keySteps = 50;

/** Tokens over time as two areas, read by pointer or keys, and what was done meanwhile. `end` in ms. */
export function TimelinePlot(props: { timeline: Timeline; phases: readonly TimelinePhase[]; end: number }) {
  const { timeline, phases, end } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const { at, ...reading } = useReading(end);
  const [, reasoning, answer] = timeline.points.at(-1) ?? [0, 0, 0];
  const plane: Plane = { width, height: plotHeight, end, top: Math.max(1, (reasoning + answer) * 1.06) };
  return (
    <>
      <p className="min-h-4.5 text-ink tabular-nums" aria-hidden="true">
        {at === undefined ? wholeOf(reasoning, answer, end) : readingAt(timeline, at)}
      </p>
      <div
        ref={box}
        className="timeline-plot h-30 cursor-crosshair touch-pan-y border-b border-line"
        role="slider"
        tabIndex={0}
        aria-label={describeTimeline(timeline, phases)}
        aria-valuemin={0}
        aria-valuemax={end}
        aria-valuenow={at ?? end}
        aria-valuetext={readingAt(timeline, at ?? end)}
        {...reading}
      >
        {width > 0 && <Areas timeline={timeline} plane={plane} at={at} />}
      </div>
      <Phases phases={phases} plane={plane} />
    </>
  );
}

function wholeOf(reasoning: number, answer: number, end: number): string {
  return `${formatCount(reasoning)} thinking · ${formatCount(answer)} answer · in ${formatDuration(end)}`;
}

/** The moment that is pointed at, or stepped to by keys; undefined when it is none. */
function useReading(end: number) {
  const [at, setAt] = useState<number | undefined>();
  const within = (moment: number) => Math.round(Math.min(end, Math.max(0, moment)));
  const point = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setAt(within(((event.clientX - left) / Math.max(1, width)) * end));
  };
  const leave = () => setAt(undefined);
  return {
    at,
    onPointerMove: point,
    onPointerDown: point,
    onPointerLeave: leave,
    onBlur: leave,
    onKeyDown: (event: KeyboardEvent) => {
      const step = end / keySteps;
      const by = { ArrowLeft: -step, ArrowRight: step, Home: -end, End: end }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      setAt(within((at ?? 0) + by));
    },
  };
}

/** The width of an element in px, live; 0 before it is known. */
function useWidth(box: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const sizes = new ResizeObserver(() => setWidth(element.clientWidth));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [box]);
  return width;
}

function Areas({ timeline, plane, at }: { timeline: Timeline; plane: Plane; at: number | undefined }) {
  const areas = areasOf(timeline.points, plane);
  return (
    <svg
      width={plane.width}
      height={plotHeight}
      className="block overflow-visible forced-color-adjust-none"
      aria-hidden="true"
    >
      {[0.25, 0.5, 0.75].map((share) => (
        <line key={share} className="stroke-line/70" x2={plane.width} y1={plotHeight * share} y2={plotHeight * share} />
      ))}
      <path d={areas.thinking} className="fill-thinking/75" />
      <path d={areas.answer} className="fill-answer/80" />
      <Stalls stalls={timeline.stalls} plane={plane} />
      {at !== undefined && <line className="stroke-ink" x1={xOf(at, plane)} x2={xOf(at, plane)} y2={plotHeight} />}
    </svg>
  );
}

/** Silences, hatched, with their length where there is room for it. */
function Stalls({ stalls, plane }: { stalls: Timeline['stalls']; plane: Plane }) {
  const hatch = useId();
  return (
    <>
      <defs>
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" y1="0" x2="0" y2="6" className="stroke-danger/45 stroke-[1.5]" />
        </pattern>
      </defs>
      {stalls.map(([from, to]) => (
        <g key={from}>
          <rect
            x={xOf(from, plane)}
            width={Math.max(2, xOf(to - from, plane))}
            height={plotHeight}
            fill={`url(#${hatch})`}
          />
          {xOf(to - from, plane) > 44 && (
            <text
              className="fill-danger stroke-surface stroke-4 text-xs tabular-nums [paint-order:stroke]"
              x={xOf((from + to) / 2, plane)}
              y={14}
              textAnchor="middle"
            >
              {formatDuration(to - from)}
            </text>
          )}
        </g>
      ))}
    </>
  );
}

const phaseLook: Partial<Record<TimelinePhase['name'], string>> = { Thinking: 'bg-thinking', Answering: 'bg-answer' };
/** From which width on a phase has room for its name, and for its length too, in px. */
const room = { name: 56, time: 108 };

/** What it did when, as a line under the plot. */
function Phases({ phases, plane }: { phases: readonly TimelinePhase[]; plane: Plane }) {
  const shareOf = (ms: number) => `${(100 * ms) / plane.end}%`;
  return (
    <div className="relative h-6" aria-hidden="true">
      {phases.map(({ name, from, to }) => (
        <span
          key={name}
          className="absolute block overflow-hidden pr-2 whitespace-nowrap"
          style={{ left: shareOf(from), width: shareOf(to - from) }}
        >
          <i
            className={`mt-0.5 mr-px mb-0.75 block h-0.75 rounded-full forced-color-adjust-none ${phaseLook[name] ?? 'bg-line'}`}
          />
          {xOf(to - from, plane) > room.name && name}
          {xOf(to - from, plane) > room.time && (
            <b className="ml-1.5 font-normal tabular-nums opacity-80">{formatDuration(to - from)}</b>
          )}
        </span>
      ))}
    </div>
  );
}
