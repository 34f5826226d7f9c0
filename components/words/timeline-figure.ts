import type { PhaseTimes } from '../../lib/stream-part.ts';
import type { Timeline, TimelinePoint } from '../../lib/timeline.ts';
import { formatCount, formatCounted, formatDuration, formatPace, formatTokens } from '../../lib/quantity-words.ts';

/** Where a moment and a count lie in the figure, in px from its upper left. */
export interface Plane {
  width: number;
  height: number;
  /** The moment at the right edge, in ms, and the count at the upper one; both above 0. */
  end: number;
  top: number;
}

/** A stretch of an answer's time with a name. */
export interface TimelinePhase {
  name: 'Waiting' | 'Thinking' | 'Answering';
  from: number;
  to: number;
}

/** What an answer's time was spent on, as far as it is known; only stretches that took time. */
export function phasesOf(times: PhaseTimes, end: number): TimelinePhase[] {
  const { reasoningStart, reasoningEnd, answerStart } = times;
  const first = Math.min(reasoningStart ?? end, answerStart ?? end);
  const thoughtUntil = Math.min(reasoningEnd ?? end, answerStart ?? end);
  const phases: TimelinePhase[] = [{ name: 'Waiting', from: 0, to: first }];
  // An answer between two thoughts: the thinking is told to its own end, and the answer from there on.
  if (reasoningStart !== undefined) {
    const to = Math.max(thoughtUntil, Math.min(reasoningEnd ?? end, end));
    phases.push({ name: 'Thinking', from: reasoningStart, to });
    if (answerStart !== undefined) phases.push({ name: 'Answering', from: Math.max(answerStart, to), to: end });
  } else if (answerStart !== undefined) {
    phases.push({ name: 'Answering', from: answerStart, to: end });
  }
  return phases.filter(({ from, to }) => to > from);
}

/** The two areas as SVG paths: thinking from the ground, the answer on top of it. */
export function areasOf(points: readonly TimelinePoint[], plane: Plane): { thinking: string; answer: string } {
  const last = points.at(-1);
  if (!last) return { thinking: '', answer: '' };
  const all: readonly TimelinePoint[] = last[0] < plane.end ? [...points, [plane.end, last[1], last[2]]] : points;
  const ground = all.map(([at]) => place(at, 0, plane));
  const middle = all.map(([at, reasoning]) => place(at, reasoning, plane));
  const upper = all.map(([at, reasoning, answer]) => place(at, reasoning + answer, plane));
  return { thinking: areaBetween(middle, ground), answer: areaBetween(upper, middle) };
}

function areaBetween(upper: readonly string[], lower: readonly string[]): string {
  return `M${upper.join('L')}L${lower.toReversed().join('L')}Z`;
}

function place(at: number, tokens: number, plane: Plane): string {
  return `${round(xOf(at, plane))} ${round(plane.height * (1 - tokens / plane.top))}`;
}

export function xOf(at: number, { width, end }: Pick<Plane, 'width' | 'end'>): number {
  return (width * at) / end;
}

function round(px: number): number {
  return Math.round(px * 10) / 10;
}

/** Tokens at a moment, between two points in proportion to the time. */
export function tokensAt(points: readonly TimelinePoint[], at: number): { reasoning: number; answer: number } {
  const next = points.findIndex((point) => point[0] > at);
  const before = next < 0 ? points.at(-1) : points[next - 1];
  const after = next < 0 ? undefined : points[next];
  if (!before) return { reasoning: 0, answer: 0 };
  const share = after && after[0] > before[0] ? (at - before[0]) / (after[0] - before[0]) : 0;
  return {
    reasoning: Math.round(before[1] + share * ((after?.[1] ?? before[1]) - before[1])),
    answer: Math.round(before[2] + share * ((after?.[2] ?? before[2]) - before[2])),
  };
}

/** What is said of a moment: "12.3 s · 1,234 thinking · 56 answer · 45 tok/s". */
export function readingAt(timeline: Timeline, at: number): string {
  const { reasoning, answer } = tokensAt(timeline.points, at);
  const stall = timeline.stalls.find(([from, to]) => at > from && at < to);
  if (stall) return `${formatDuration(at)} · nothing came for ${formatDuration(stall[1] - stall[0])}`;
  const facts = [formatDuration(at), `${formatCount(reasoning)} thinking`, `${formatCount(answer)} answer`];
  const rate = rateAround(timeline, at);
  if (rate > 0) facts.push(formatPace(rate));
  return facts.join(' · ');
}

/** Tokens per second over the second around a moment, as far as there is one. */
function rateAround({ points }: Timeline, at: number): number {
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
  const from = Math.max(first, at - 500);
  const to = Math.min(last, at + 500);
  if (to - from < 200) return 0;
  const [a, b] = [tokensAt(points, from), tokensAt(points, to)];
  return ((b.reasoning + b.answer - a.reasoning - a.answer) * 1000) / (to - from);
}

/** The figure in words, for those who do not see it. */
export function describeTimeline(timeline: Timeline, phases: readonly TimelinePhase[]): string {
  const [, reasoning, answer] = timeline.points.at(-1) ?? [0, 0, 0];
  const tokens = `${formatTokens(reasoning)} of thinking and ${formatTokens(answer)} of answer`;
  const stretches = phases.map(({ name, from, to }) => `${name.toLowerCase()} ${formatDuration(to - from)}`);
  return `${tokens} over time: ${stretches.join(', ')}. ${describeStalls(timeline)}`;
}

/** "2 stalls (more than 2 s without a token): 1.0–3.4 s, 8.0–12.1 s." */
export function describeStalls({ stalls, stallCount }: Timeline): string {
  if (stallCount === 0) return 'No stall: never more than 2 s without a token.';
  const told = stalls.toSorted((a, b) => b[1] - b[0] - (a[1] - a[0])).slice(0, 3);
  const words = told.map(([from, to]) => `${formatDuration(to - from)} at ${formatDuration(from)}`);
  const rest = stallCount > told.length ? ` and ${formatCount(stallCount - told.length)} shorter` : '';
  const name = stallCount === 1 ? 'One stall' : formatCounted(stallCount, 'stall');
  return `${name} (more than 2 s without a token): ${words.join(', ')}${rest}.`;
}
