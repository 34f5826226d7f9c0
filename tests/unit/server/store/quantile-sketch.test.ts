import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { QuantileSketch, sketchAccuracy } from '../../../../lib/server/store/quantile-sketch.ts';

const figure = fc.oneof(
  fc.nat({ max: 200 }),
  fc.nat({ max: 1_000_000 }),
  fc.double({ min: 0.01, max: 1e9, noNaN: true }),
);

const sketchOf = (figures: readonly number[]) => {
  const sketch = new QuantileSketch();
  for (const one of figures) sketch.add(one);
  return sketch;
};

/** As `percentile_cont` has it. */
function percentile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const [below = 0, above = 0] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  return below + (above - below) * (rank - Math.floor(rank));
}

test('a sketch of nothing has no middle', () => {
  assert.equal(new QuantileSketch().quantile(0.5), undefined);
  assert.equal(new QuantileSketch().toText(), '');
});

test('any share of any figures is told within the accuracy', () => {
  fc.assert(
    fc.property(
      fc.array(figure, { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (figures, share) => {
        const exact = percentile(figures, share);
        const told = sketchOf(figures).quantile(share);
        // Figures below a thousandth count as a thousandth.
        assert.ok(Math.abs((told ?? Number.NaN) - exact) <= exact * sketchAccuracy + 0.0011, `${told} for ${exact}`);
      },
    ),
  );
});

test('sketches of parts, as text, add up to the sketch of the whole', () => {
  fc.assert(
    fc.property(fc.array(fc.array(figure, { maxLength: 300 }), { maxLength: 6 }), (parts) => {
      const sum = new QuantileSketch();
      for (const part of parts) sum.addText(sketchOf(part).toText());
      const whole = sketchOf(parts.flat());
      assert.deepEqual([sum.count, sum.toText()], [whole.count, whole.toText()]);
    }),
  );
});

test('counts above 127 and figures beyond all bounds are kept', () => {
  const sketch = sketchOf([...Array<number>(70_000).fill(5), 1e300, 0]);
  const copy = new QuantileSketch();
  copy.addText(sketch.toText());
  assert.equal(copy.count, 70_002);
  assert.ok(Math.abs((copy.quantile(0.5) ?? 0) - 5) <= 0.05);
});
