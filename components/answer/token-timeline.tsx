'use client';

import './token-timeline.css';
import { X } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useRef, useState } from 'react';
import type { MessageState } from '../../lib/stream-part.ts';
import type { Timeline } from '../../lib/timeline.ts';
import { RequestFailed, requestJson } from '../client/request-json.ts';
import { IconButton } from '../ui/button.tsx';
import { formatCount, formatDuration, formatTokens } from '../../lib/quantity-words.ts';
import { areasOf, describeStalls, describeTimeline, phasesOf, readingAt, xOf } from './timeline-figure.ts';

type Load =
  | { state: 'loading' }
  | { state: 'failed'; reason: string }
  | { state: 'ready'; timeline: Timeline | undefined };

interface TokenTimelineProps {
  id: string;
  state: Pick<MessageState, 'times' | 'usage'>;
  onClose: () => void;
}

/** How the tokens of a finished answer came: over time, thinking and answer apart, with its silences. */
export default function TokenTimeline({ id, state, onClose }: TokenTimelineProps) {
  const load = useTimeline(id);
  const section = useRef<HTMLElement>(null);
  const hasLoaded = load.state !== 'loading';
  useEffect(() => {
    // Under the last answer it opens below what is seen.
    if (hasLoaded) section.current?.scrollIntoView({ block: 'nearest' });
  }, [hasLoaded]);
  return (
    <section ref={section} className="timeline" aria-label="Tokens over time">
      <div className="timeline-head">
        <h4>Tokens over time</h4>
        <span className="timeline-key" data-kind="thinking">
          Thinking
        </span>
        <span className="timeline-key" data-kind="answer">
          Answer
        </span>
        <span className="grow" />
        <IconButton label="Close the timeline" onClick={onClose}>
          <X aria-hidden size={14} />
        </IconButton>
      </div>
      {load.state === 'loading' && <div className="timeline-plot" aria-busy />}
      {load.state === 'failed' && (
        <p className="timeline-note" role="alert">
          {load.reason}
        </p>
      )}
      {load.state === 'ready' && load.timeline && <Figure timeline={load.timeline} state={state} />}
      {load.state === 'ready' && !load.timeline && (
        <p className="timeline-note">
          None was kept: nothing had been written, the server was cut off, or the answer is from elsewhere or from
          before this was recorded.
        </p>
      )}
    </section>
  );
}

function useTimeline(id: string): Load {
  const [load, setLoad] = useState<Load>({ state: 'loading' });
  useEffect(() => {
    let wanted = true;
    requestJson<{ timeline?: Timeline }>('GET', `/api/generations/${id}`).then(
      ({ timeline }) => wanted && setLoad({ state: 'ready', timeline }),
      (error) => {
        const reason = error instanceof RequestFailed ? error.message : 'Something went wrong in this page. Try again.';
        if (wanted) setLoad({ state: 'failed', reason });
      },
    );
    return () => {
      wanted = false;
    };
  }, [id]);
  return load;
}

const plotHeight = 120;
/** Steps of the arrow keys from the beginning to the end. */
const keySteps = 50;

function Figure({ timeline, state }: { timeline: Timeline; state: TokenTimelineProps['state'] }) {
  const box = useRef<HTMLDivElement>(null);
  const hatch = useId();
  const [width, setWidth] = useState(0);
  const [at, setAt] = useState<number | undefined>();

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const sizes = new ResizeObserver(() => setWidth(element.clientWidth));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);

  const [lastAt, reasoning, answer] = timeline.points.at(-1) ?? [0, 0, 0];
  const end = Math.max(1, lastAt, state.times.end ?? 0);
  const plane = { width, height: plotHeight, end, top: Math.max(1, (reasoning + answer) * 1.06) };
  const phases = phasesOf(state.times, end);
  const areas = areasOf(timeline.points, plane);
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    setAt(Math.round(Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width))) * end));
  };
  const step = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: -end / keySteps,
      ArrowRight: end / keySteps,
      Home: -end,
      End: end,
    };
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    setAt(Math.round(Math.min(end, Math.max(0, (at ?? 0) + by))));
  };

  return (
    <>
      <p className="timeline-reading" aria-hidden="true">
        {at === undefined ? wholeOf(reasoning, answer, end) : readingAt(timeline, at)}
      </p>
      <div
        ref={box}
        className="timeline-plot"
        role="slider"
        tabIndex={0}
        aria-label={describeTimeline(timeline, phases)}
        aria-valuemin={0}
        aria-valuemax={end}
        aria-valuenow={at ?? end}
        aria-valuetext={readingAt(timeline, at ?? end)}
        onPointerMove={move}
        onPointerDown={move}
        onPointerLeave={() => setAt(undefined)}
        onBlur={() => setAt(undefined)}
        onKeyDown={step}
      >
        {width > 0 && (
          <svg width={width} height={plotHeight} aria-hidden="true">
            <defs>
              <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <line x1="0" y1="0" x2="0" y2="6" className="timeline-hatch" />
              </pattern>
            </defs>
            {[0.25, 0.5, 0.75].map((share) => (
              <line key={share} className="timeline-grid" x2={width} y1={plotHeight * share} y2={plotHeight * share} />
            ))}
            <path d={areas.thinking} className="timeline-thinking" />
            <path d={areas.answer} className="timeline-answer" />
            {timeline.stalls.map(([from, to]) => (
              <g key={from} className="timeline-stall">
                <rect
                  x={xOf(from, plane)}
                  width={Math.max(2, xOf(to - from, plane))}
                  height={plotHeight}
                  fill={`url(#${hatch})`}
                />
                {xOf(to - from, plane) > 44 && (
                  <text x={xOf((from + to) / 2, plane)} y={14} textAnchor="middle">
                    {formatDuration(to - from)}
                  </text>
                )}
              </g>
            ))}
            {at !== undefined && (
              <line className="timeline-cursor" x1={xOf(at, plane)} x2={xOf(at, plane)} y2={plotHeight} />
            )}
          </svg>
        )}
      </div>
      <div className="timeline-phases" aria-hidden="true">
        {phases.map(({ name, from, to }) => (
          <span
            key={name}
            data-phase={name}
            style={{ left: `${(100 * from) / end}%`, width: `${(100 * (to - from)) / end}%` }}
          >
            <i />
            {xOf(to - from, plane) > 56 && name}
            {xOf(to - from, plane) > 108 && <b>{formatDuration(to - from)}</b>}
          </span>
        ))}
      </div>
      <p className="timeline-note">{describeStalls(timeline)}</p>
      <Differences reasoning={reasoning} answer={answer} usage={state.usage} />
    </>
  );
}

function wholeOf(reasoning: number, answer: number, end: number): string {
  return `${formatCount(reasoning)} thinking · ${formatCount(answer)} answer · in ${formatDuration(end)}`;
}

/** Where the usage has other figures than what was seen to come. */
function Differences({
  reasoning,
  answer,
  usage,
}: {
  reasoning: number;
  answer: number;
  usage: MessageState['usage'];
}) {
  if (!usage || (usage.reasoningTokens === reasoning && usage.answerTokens === answer)) return null;
  if (reasoning === 0 && usage.answerTokens === answer) {
    return (
      <p className="timeline-note">
        {formatTokens(usage.reasoningTokens)} of thinking were counted by the provider but not shown: when they came is
        not known.
      </p>
    );
  }
  return <p className="timeline-note">It has been filed otherwise since; the colours are as the tokens came.</p>;
}
