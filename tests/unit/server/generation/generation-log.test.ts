import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { ReasoningSplitter } from '@thinkglass/splitter';
import { GenerationLog } from '../../../../lib/server/generation/generation-log.ts';
import { applyStreamPart, emptyMessageState, type StreamPart } from '../../../../lib/stream-part.ts';

/** What a running answer of so many tokens is held in. */
function hold(tokens: number) {
  const log = new GenerationLog('g', { now: () => 0 });
  const splitter = new ReasoningSplitter();
  for (let i = 0; i < tokens; i++) log.append(splitter.push(` w${i % 90}`));
  return { log, splitter };
}

test('what a long answer takes in memory is bounded by its text, however many tokens it came in', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  hold(100_000); // what the code itself takes
  collect();
  const before = process.memoryUsage().heapUsed;
  const held = hold(100_000);
  collect();
  const taken = process.memoryUsage().heapUsed - before;
  const length = held.log.state.segments[0]?.text.length ?? 0;
  assert.ok(length > 300_000);
  assert.ok(taken < 3 * length + 200_000, `${taken} bytes for ${length}`);
  held.splitter.end(); // held until here
});

test('a message is what its parts make of it, whenever it is asked for and however many came since', () => {
  const part = fc.oneof(
    {
      weight: 20,
      arbitrary: fc.string({ maxLength: 5 }).map((text) => ({ type: 'delta', seg: 0, kind: 'answer', text })),
    },
    fc.constant({ type: 'retract', seg: 0, length: 0 }),
    fc.constant({ type: 'reclassify', seg: 0, kind: 'reasoning' }),
    fc.nat(9).map((tokens) => ({ type: 'count', seg: 0, tokens, length: tokens })),
  ) as fc.Arbitrary<StreamPart>;
  const asks = fc.array(fc.nat(700), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 700, size: 'max' }), asks, (parts, askedAt) => {
      const log = new GenerationLog('g', { now: () => 0 });
      let expected = emptyMessageState;
      const all: StreamPart[] = [{ type: 'delta', seg: 0, kind: 'answer', text: '' }, ...parts];
      for (const [at, each] of all.entries()) {
        log.append([each]);
        expected = applyStreamPart(expected, each);
        if (askedAt.includes(at)) assert.deepEqual(log.state, expected);
      }
      assert.deepEqual(log.state, expected);
    }),
  );
});

test('a checkpoint whose parts do not add up to its place is told from its end, and never from its middle', () => {
  const log = new GenerationLog('g', { now: () => 0, isCopy: true });
  log.appendUpTo(3, [{ type: 'delta', seg: 0, kind: 'answer', text: 'abc' }]);
  assert.deepEqual(log.partsFrom(1), [{ to: 3, part: { type: 'delta', seg: 0, kind: 'answer', text: 'bc' } }]);
  log.appendUpTo(8, [{ type: 'delta', seg: 0, kind: 'answer', text: 'def' }]); // an empty delta was merged away
  assert.equal(log.partsFrom(4), undefined);
  assert.deepEqual(log.partsFrom(8), []);
  assert.equal(log.state.segments[0]?.text, 'abcdef');
});
