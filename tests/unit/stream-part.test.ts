import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  applyStreamPart,
  applyStreamParts,
  emptyMessageState,
  mergeStreamParts,
  type PartKind,
  type StreamPart,
  textOfKind,
} from '../../lib/stream-part.ts';

const kinds: PartKind[] = ['reasoning', 'answer', 'discarded'];

/** Parts as a splitter could emit them: no segment is named before it exists. */
const parts = fc
  .array(
    fc.record({ pick: fc.nat(9), at: fc.nat(), kind: fc.constantFrom(...kinds), text: fc.string({ minLength: 1 }) }),
  )
  .map((steps) => {
    let segments = 0;
    return steps.map(({ pick, at, kind, text }): StreamPart => {
      const seg = segments === 0 ? 0 : at % segments;
      if (pick < 2 || segments === 0) return { type: 'delta', seg: segments++, kind, text };
      if (pick < 7) return { type: 'delta', seg, kind, text };
      if (pick === 7) return { type: 'reclassify', seg, kind };
      return pick === 8
        ? { type: 'retract', seg, length: at % 5 }
        : { type: 'state', phase: 'thinking', times: { firstByte: at }, at };
    });
  });

const reduce = (list: readonly StreamPart[]) => list.reduce(applyStreamPart, emptyMessageState);

test('merging neighbours never changes the message', () => {
  fc.assert(
    fc.property(parts, (list) => {
      assert.deepEqual(reduce(mergeStreamParts(list)), reduce(list));
    }),
  );
});

test('merging in batches is as good as merging at once', () => {
  fc.assert(
    fc.property(parts, fc.nat(30), (list, cut) => {
      const batched = [...mergeStreamParts(list.slice(0, cut)), ...mergeStreamParts(list.slice(cut))];
      assert.deepEqual(reduce(batched), reduce(list));
    }),
  );
});

test('several parts at once give the message that one after the other gives', () => {
  fc.assert(
    fc.property(parts, fc.nat(30), (list, cut) => {
      const halves = applyStreamParts(applyStreamParts(emptyMessageState, list.slice(0, cut)), list.slice(cut));
      assert.deepEqual(halves, reduce(list));
    }),
  );
});

test('a hundred thousand segments in one read are applied in one pass', () => {
  const list = Array.from(
    { length: 100_000 },
    (_, seg): StreamPart => ({ type: 'delta', seg, kind: 'answer', text: 'x' }),
  );
  assert.equal(applyStreamParts(emptyMessageState, list).segments.length, 100_000);
});

test('merged parts hold no two deltas of one segment in a row', () => {
  fc.assert(
    fc.property(parts, (list) => {
      const merged = mergeStreamParts(list);
      for (const [i, part] of merged.entries()) {
        const next = merged[i + 1];
        assert.ok(!(part.type === 'delta' && next?.type === 'delta' && part.seg === next.seg));
      }
    }),
  );
});

test('the reducer leaves the message it was given as it was', () => {
  fc.assert(
    fc.property(parts, (list) => {
      let state = emptyMessageState;
      for (const part of list) {
        const before = structuredClone(state);
        const after = applyStreamPart(state, part);
        assert.deepEqual(state, before);
        state = after;
      }
    }),
  );
});

test('a delta that skips a segment is refused: a part was lost', () => {
  assert.throws(() => applyStreamPart(emptyMessageState, { type: 'delta', seg: 1, kind: 'answer', text: 'x' }));
  assert.throws(() => applyStreamPart(emptyMessageState, { type: 'reclassify', seg: 0, kind: 'answer' }));
});

test('texts of one kind are joined with a blank line, empty ones left out', () => {
  const segments = [
    { kind: 'reasoning', text: 'a' },
    { kind: 'answer', text: 'b' },
    { kind: 'reasoning', text: '' },
    { kind: 'reasoning', text: 'c' },
  ] as const;
  assert.equal(textOfKind(segments, 'reasoning'), 'a\n\nc');
});
