/** How wide the steps of a series are. */
export type SeriesStep = 'hour' | 'day' | 'week' | 'month';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The widest step that still shows what happens within a period of so many ms. */
export function stepFor(spanMs: number): SeriesStep {
  if (spanMs <= 3 * dayMs) return 'hour';
  if (spanMs <= 120 * dayMs) return 'day';
  return spanMs <= 3 * 366 * dayMs ? 'week' : 'month';
}

/** From `from` (epoch ms) on, local clocks show UTC plus `offsetMs`. */
export interface ZoneOffset {
  from: number;
  offsetMs: number;
}

/** The longest time that is looked through for changes of the clocks: before it, the first offset stands. */
const longestMs = 40 * 366 * dayMs;

/**
 * What a time zone's clocks show between two moments, oldest first; the first one begins at `from`.
 * Source of the offsets: the runtime's own time zone data.
 * @throws RangeError for a name that is no time zone.
 */
export function offsetsBetween(timeZone: string, from: number, to: number): ZoneOffset[] {
  const offsetAt = createOffsetClock(timeZone);
  const begin = Math.max(from, to - longestMs);
  const offsets: ZoneOffset[] = [{ from, offsetMs: offsetAt(begin) }];
  for (let at = begin; at < to; ) {
    const next = Math.min(at + dayMs, to);
    const offsetMs = offsetAt(next);
    if (offsetMs !== offsets.at(-1)?.offsetMs) offsets.push({ from: findChange(offsetAt, at, next), offsetMs });
    at = next;
  }
  return offsets;
}

/** The first ms at which clocks show what they show at `after`; they change once between the two. */
function findChange(offsetAt: (at: number) => number, before: number, after: number): number {
  const changed = offsetAt(after);
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === changed) high = middle;
    else low = middle;
  }
  return high;
}

function createOffsetClock(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return shown - Math.floor(at / 1000) * 1000;
  };
}

/** ms of the step that sums are made by; weeks and months are put together of days. */
export function unitMs(step: SeriesStep): number {
  return step === 'hour' ? hourMs : dayMs;
}

/** What the local clock shows where a step begins, as a moment of UTC: `2026-11-23T00:00:00.000Z` is a local midnight. */
export function startOfStep(step: SeriesStep, localMs: number): number {
  if (step === 'month') {
    const date = new Date(localMs);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  }
  const day = Math.floor(localMs / dayMs);
  if (step === 'week') return (day - ((day + 3) % 7)) * dayMs; // 1 January 1970 was a Thursday; weeks begin on Monday
  return Math.floor(localMs / unitMs(step)) * unitMs(step);
}

/** Where the step after this one begins. */
export function nextStep(step: SeriesStep, start: number): number {
  if (step === 'month') {
    const date = new Date(start);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  }
  return start + (step === 'week' ? 7 * dayMs : unitMs(step));
}

/** A local moment as text: `2026-11-23T14:00` for an hour, `2026-11` for a month, `2026-11-23` for the others. */
export function nameOfStep(step: SeriesStep, start: number): string {
  const iso = new Date(start).toISOString();
  if (step === 'hour') return iso.slice(0, 16);
  return step === 'month' ? iso.slice(0, 7) : iso.slice(0, 10);
}
