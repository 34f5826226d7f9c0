import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { GuardWatch } from '../../../../lib/server/generation/guard-watch.ts';
import type { Segment, SplitEvent } from '../../../../lib/stream-part.ts';
import { estimateTokens } from '../../../../lib/usage.ts';

const price = { input: 1, output: 10, asOf: '2026-11' };

test('a limit is reached by the text alone, however it was cut, and by thinking only', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ kind: fc.constantFrom('reasoning', 'answer'), text: fc.string({ maxLength: 30 }) }), {
        maxLength: 60,
      }),
      fc.integer({ min: 1, max: 100 }),
      (deltas, thinkingTokens) => {
        const watch = new GuardWatch({ guard: { thinkingTokens }, price: undefined, promptTokens: 0 });
        const segments: Segment[] = [];
        let reached = false;
        for (const { kind, text } of deltas as Segment[]) {
          const last = segments.at(-1);
          if (last?.kind === kind) last.text += text;
          else segments.push({ kind, text });
          const event: SplitEvent = { type: 'delta', seg: segments.length - 1, kind, text };
          reached ||= watch.take([event], segments) !== undefined;
        }
        const thought = segments.reduce((sum, s) => sum + (s.kind === 'reasoning' ? estimateTokens(s.text) : 0), 0);
        fc.pre(Math.abs(thought - thinkingTokens) > 1e-6); // sums of fractions
        assert.equal(reached, thought > thinkingTokens);
      },
    ),
  );
});

test('what an answer goes on with is not counted, and what was taken back is not either', () => {
  const watch = new GuardWatch({ guard: { thinkingTokens: 10 }, price: undefined, promptTokens: 0 });
  const begun: Segment = { kind: 'reasoning', text: 'a long thought that is already paid for, '.repeat(20) };
  watch.begin([begun]);
  const words = ' and a little more';
  const grown = [{ ...begun, text: begun.text + words }];
  assert.equal(watch.take([{ type: 'delta', seg: 0, kind: 'reasoning', text: words }], grown), undefined);
  assert.equal(watch.take([{ type: 'retract', seg: 0, length: words.length }], [begun]), undefined);
});

test('a cost holds where there is a price: what was sent, and all that is written', () => {
  const guard = { cost: 0.001 };
  const text = 'word '.repeat(400);
  const take = (promptTokens: number, kind: Segment['kind'], priced = true) =>
    new GuardWatch({ guard, price: priced ? price : undefined, promptTokens }).take(
      [{ type: 'delta', seg: 0, kind, text }],
      [{ kind, text }],
    );
  assert.ok(estimateTokens(text) * price.output < 0.001 * 1_000_000 * 5);
  assert.deepEqual(take(0, 'answer'), { code: 'guard-cost', facts: { limit: 0.001 } });
  assert.deepEqual(take(1_000, 'reasoning'), { code: 'guard-cost', facts: { limit: 0.001 } });
  assert.equal(take(0, 'answer', false), undefined);
});
