import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { applyStreamParts, emptyMessageState, type PartKind, type SplitEvent } from '../../lib/stream-part.ts';
import {
  maxTimelinePoints,
  maxTimelineStalls,
  stallFromMs,
  type Timeline,
  TimelineRecorder,
} from '../../lib/timeline.ts';
import type { Usage } from '../../lib/usage.ts';

type Step = [at: number, ...events: SplitEvent[]];

function record(steps: readonly Step[], end: number, tokens: Pick<Usage, 'reasoningTokens' | 'answerTokens'>) {
  const recorder = new TimelineRecorder();
  let state = emptyMessageState;
  for (const [at, ...events] of steps) {
    state = applyStreamParts(state, events);
    recorder.take(events, at, state.segments);
  }
  return { timeline: recorder.finish(end, state.segments, { ...tokens, source: 'reported' }), state };
}

const words = (seg: number, kind: PartKind, text = 'ten letters'): SplitEvent => ({ type: 'delta', seg, kind, text });

/** A generation that goes on for so long, a token every `everyMs`. */
function steady(count: number, everyMs: number): Step[] {
  return Array.from({ length: count }, (_, i) => [i * everyMs, words(0, 'reasoning')]);
}

/** What must hold of any timeline. */
function assertLawful(timeline: Timeline, steps: readonly Step[], end: number): void {
  assert.ok(timeline.points.length <= maxTimelinePoints);
  assert.ok(timeline.stalls.length <= maxTimelineStalls);
  let before: readonly number[] = [0, 0, 0];
  for (const point of timeline.points) {
    assert.ok(
      point.every((value, i) => Number.isSafeInteger(value) && value >= (before[i] ?? 0)),
      `${point} after ${before}`,
    );
    before = point;
  }
  assert.equal(timeline.points[0]?.[0], steps[0]?.[0], 'begins with the first token');
  let since = 0;
  for (const [from, to] of timeline.stalls) {
    assert.ok(from >= since && to - from > stallFromMs && to <= end);
    since = to;
  }
}

describe('the timeline of a generation', () => {
  test('is bounded, never falls, and ends with the tokens of the usage, whatever comes when', () => {
    const gap = fc.oneof({ weight: 8, arbitrary: fc.nat(400) }, fc.integer({ min: 1900, max: 9000 }));
    const step = fc.record({ gap, opens: fc.boolean(), text: fc.string({ minLength: 1, maxLength: 40 }) });
    const kinds = fc.infiniteStream(fc.constantFrom<PartKind>('reasoning', 'answer'));
    const tokens = fc.record({ reasoningTokens: fc.nat(100_000), answerTokens: fc.nat(100_000) });
    const plan = fc.tuple(fc.array(step, { minLength: 1, maxLength: 900, size: 'max' }), kinds, tokens, gap);
    fc.assert(
      fc.property(plan, fc.boolean(), ([plan, kinds, tokens, rest], refiles) => {
        let at = 100;
        let seg = -1;
        let kind: PartKind = 'reasoning';
        const steps = plan.map(({ gap, opens, text }): Step => {
          at += gap;
          if (opens || seg < 0) {
            seg++;
            kind = kinds.next().value ?? kind;
          }
          return [at, { type: 'delta', seg, kind, text }];
        });
        if (refiles) steps.push([at, { type: 'reclassify', seg: 0, kind: 'reasoning' }]);
        const end = at + rest;
        const { timeline, state } = record(steps, end, tokens);
        assert.ok(timeline);
        assertLawful(timeline, steps, end);
        const has = (wanted: PartKind) => state.segments.some((segment) => segment.kind === wanted);
        const last = timeline.points.at(-1);
        assert.equal(last?.[1], has('reasoning') ? tokens.reasoningTokens : 0);
        assert.equal(last?.[2], has('answer') ? tokens.answerTokens : 0);
        const gaps = plan.slice(1).map((p) => p.gap);
        assert.equal(timeline.stallCount, [...gaps, rest].filter((ms) => ms > stallFromMs).length);
      }),
      { numRuns: 60 },
    );
  });

  test('of an hour of tokens has few points, evenly spread', () => {
    const steps = steady(36_000, 100);
    const { timeline } = record(steps, 3_600_000, { reasoningTokens: 36_000, answerTokens: 0 });
    assert.ok(timeline);
    assertLawful(timeline, steps, 3_600_000);
    assert.ok(timeline.points.length >= maxTimelinePoints / 3);
    for (const [at, reasoning] of timeline.points)
      assert.ok(Math.abs(reasoning - at / 100) < 60, `${reasoning} at ${at}`);
    assert.equal(timeline.stallCount, 0);
  });

  test('marks a silence of more than two seconds, between tokens and before the end, and nothing comes during it', () => {
    const steps: Step[] = [
      [900, words(0, 'reasoning')],
      [1000, words(0, 'reasoning')],
      [4500, words(0, 'reasoning')],
      [6500, words(1, 'answer')],
    ];
    const { timeline } = record(steps, 9000, { reasoningTokens: 30, answerTokens: 10 });
    assert.deepEqual(timeline?.stalls, [
      [1000, 4500],
      [6500, 9000],
    ]);
    assert.equal(timeline?.stallCount, 2);
    const during = timeline?.points.filter(([at]) => at >= 1000 && at <= 4500).map(([, reasoning]) => reasoning);
    assert.deepEqual([during?.[0], during?.at(-1)], [20, 20]);
  });

  test('of a slow model keeps the longest silences and the count of all', () => {
    const steps = steady(500, 3000).concat([[1_600_000, words(0, 'reasoning')]]);
    const { timeline } = record(steps, 1_600_000, { reasoningTokens: 501, answerTokens: 0 });
    assert.ok(timeline);
    assertLawful(timeline, steps, 1_600_000);
    assert.equal(timeline.stallCount, 500);
    assert.equal(timeline.stalls.length, maxTimelineStalls);
    assert.deepEqual(timeline.stalls.at(-1), [1_497_000, 1_600_000]);
  });

  test('a thought that is recognised late has been a thought from its first token on', () => {
    const steps: Step[] = [
      [0, words(0, 'answer')],
      [500, words(0, 'answer')],
      [1000, { type: 'reclassify', seg: 0, kind: 'reasoning' }, words(1, 'answer')],
      [1500, words(1, 'answer')],
    ];
    const { timeline } = record(steps, 1500, { reasoningTokens: 20, answerTokens: 20 });
    assert.deepEqual(timeline?.points, [
      [0, 0, 0],
      [500, 20, 0],
      [1000, 20, 0],
      [1500, 20, 20],
    ]);
  });

  test('text that was taken back or discarded is in none of it', () => {
    const steps: Step[] = [
      [0, words(0, 'answer')],
      [300, words(0, 'answer', '</thi nk and more')],
      [400, { type: 'retract', seg: 0, length: 'ten letters'.length }],
      [800, words(1, 'discarded')],
    ];
    const { timeline } = record(steps, 900, { reasoningTokens: 0, answerTokens: 7 });
    assert.deepEqual(timeline?.points.at(-1), [800, 0, 7]);
    assert.ok(timeline?.points.every(([, , answer]) => answer <= 7));
  });

  test('of an answer without a word is none', () => {
    assert.equal(record([], 500, { reasoningTokens: 0, answerTokens: 0 }).timeline, undefined);
  });
});
