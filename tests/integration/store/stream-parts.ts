import fc from 'fast-check';
import type { MessageState, PartKind, StreamPart } from '../../../lib/stream-part.ts';

const kind = fc.constantFrom<PartKind>('reasoning', 'answer', 'discarded');
/** Any UTF-16 units: NUL, halves of pairs, pairs that may be cut between two parts. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\0', '\ud83d', '\ude00', '😀', '"', '\\', '\u2028', '\ufeff', 'é', '思'),
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
  ),
  maxLength: 12,
});
const ms = fc.integer({ min: 0, max: 10_000 }).map((n) => n / 8);

type Step =
  | { do: 'delta'; pick: number; kind: PartKind; text: string }
  | { do: 'reclassify'; pick: number; kind: PartKind }
  | { do: 'retract'; pick: number; share: number }
  | { do: 'other'; part: StreamPart };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('delta' as const), pick: fc.nat(), kind, text }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reclassify' as const), pick: fc.nat(), kind }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('retract' as const),
      pick: fc.nat(),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('other' as const),
      part: fc.oneof(
        fc.record({
          type: fc.constant('state' as const),
          phase: fc.constantFrom('queued', 'loading', 'thinking', 'answering'),
          times: fc.record({ firstByte: ms, reasoningStart: ms }, { requiredKeys: [] }),
          at: ms,
        }),
        fc.record({
          type: fc.constant('usage' as const),
          usage: fc.record({
            promptTokens: fc.nat(),
            reasoningTokens: fc.nat(),
            answerTokens: fc.nat(),
            source: fc.constantFrom('reported', 'split', 'counted', 'estimated'),
          }),
        }),
        fc.record({
          type: fc.constant('notice' as const),
          notice: fc.record({
            code: fc.constantFrom('in-one-piece', 'thinking-refused'),
            facts: fc.record({ provider: fc.string(), model: fc.string() }),
          }),
        }),
      ) as fc.Arbitrary<StreamPart>,
    }),
  },
);

/** Parts as a splitter may emit them: each names a segment that is there, or the next one. */
export const streamParts: fc.Arbitrary<StreamPart[]> = fc.array(step, { maxLength: 40 }).map((steps) => {
  const lengths: number[] = [];
  return steps.flatMap((one): StreamPart[] => {
    if (one.do === 'other') return [one.part];
    if (one.do === 'delta') {
      const seg = one.pick % (lengths.length + 1);
      lengths[seg] = (lengths[seg] ?? 0) + one.text.length;
      return [{ type: 'delta', seg, kind: one.kind, text: one.text }];
    }
    if (lengths.length === 0) return [];
    const seg = one.pick % lengths.length;
    if (one.do === 'reclassify') return [{ type: 'reclassify', seg, kind: one.kind }];
    const length = Math.floor((lengths[seg] ?? 0) * one.share);
    lengths[seg] = length;
    return [{ type: 'retract', seg, length }];
  });
});

/** The same list in pieces, cut by these numbers. */
export function cutAt<T>(items: readonly T[], cuts: readonly number[]): T[][] {
  const places = [...new Set(cuts.map((cut) => cut % (items.length + 1)))].sort((a, b) => a - b);
  const ends = [...places, items.length];
  return ends.map((end, i) => items.slice(ends[i - 1] ?? 0, end));
}

/** What a store may change of a text: NUL and halves of pairs, unit by unit. Written apart from the code it checks. */
export function withoutUnstorable(text: string): string {
  return Array.from(text, (character) => (/^[\0\ud800-\udfff]$/.test(character) ? '\ufffd' : character)).join('');
}

export function storableSegments(state: MessageState) {
  return state.segments.map((segment) => ({ kind: segment.kind, text: withoutUnstorable(segment.text) }));
}
