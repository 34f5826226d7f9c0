import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { loadModel } from '../../../../lib/server/protocols/inside/engine.ts';
import { rewriteGguf } from '../../../../lib/server/protocols/inside/rewrite-gguf.ts';
import { type Lesson, Trainee } from '../../../../lib/server/protocols/inside/trainee.ts';

const file = readFileSync('lib/server/protocols/inside/models/tiny-base.gguf');

const token = fc.integer({ min: 0, max: 120 });
const lesson: fc.Arbitrary<Lesson> = fc.record({
  tokens: fc.array(token, { minLength: 2, maxLength: 24 }),
  given: fc.integer({ min: 0, max: 8 }),
  weight: fc.double({ min: -2, max: 2, noNaN: true }).map((weight) => Math.round(weight * 8) / 8),
});

function lossOf(trainee: Trainee, lessons: readonly Lesson[]): number {
  return trainee.learn(lessons).reduce((sum, { loss }) => sum + loss, 0);
}

test('every gradient is what finite differences find', () => {
  fc.assert(
    fc.property(fc.array(lesson, { minLength: 1, maxLength: 4 }), fc.nat(1e6), (lessons, place) => {
      const trainee = new Trainee(file);
      lossOf(trainee, lessons);
      const found = new Map([...trainee.gradients()].map(([name, slopes]) => [name, slopes.slice()]));
      for (const [name, weights] of trainee.weights()) {
        const at = place % weights.length;
        const held = weights[at] ?? 0;
        const by = 2e-3;
        weights[at] = held + by;
        const above = lossOf(trainee, lessons);
        weights[at] = held - by;
        const below = lossOf(trainee, lessons);
        weights[at] = held;
        const expected = (above - below) / (2 * by);
        const slope = found.get(name)?.[at] ?? Number.NaN;
        // a loss of some hundreds in single precision moves by 1e-4 on its own
        assert.ok(
          Math.abs(expected - slope) <= 0.05 + 0.03 * Math.abs(expected),
          `${name}[${at}]: ${slope} instead of ${expected}`,
        );
      }
    }),
    { numRuns: 6, endOnFailure: true },
  );
});

test('a text that is pushed up becomes likelier, one that is pushed down less likely', () => {
  for (const weight of [1, -1]) {
    const trainee = new Trainee(file);
    const lessons = [{ tokens: [101, 3, 5, 7, 102, 103, 26, 104, 114, 3, 107, 7, 108, 21], given: 8, weight }];
    const before = lossOf(trainee, lessons);
    const norm = trainee.step(1e-3, 0.1);
    assert.ok(norm > 0);
    assert.ok(lossOf(trainee, lessons) < before, `pushed by ${weight}`);
  }
});

test('a model that learns says of a text what the one that answers says', () => {
  const trainee = new Trainee(file);
  const network = loadModel(file);
  const tokens = [101, 3, 5, 7, 102, 103, 26, 104, 114];
  const own = lossOf(trainee, [{ tokens, given: tokens.length - 1, weight: 1 }]);
  trainee.step(1e-3, 1);
  const learnt = lossOf(trainee, [{ tokens, given: tokens.length - 1, weight: 1 }]);
  const likely = () => {
    const cache = network.open(tokens.length);
    const asked = tokens.slice(0, -1).map((token, at) => ({ cache, token, asks: at === tokens.length - 2 }));
    const [logits = new Float32Array()] = network.read(asked);
    network.close(cache);
    const most = Math.max(...logits);
    return most + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0)) - (logits[114] ?? 0);
  };
  assert.ok(Math.abs(likely() - own) < 1e-3);
  network.load(trainee.weights());
  assert.ok(Math.abs(likely() - learnt) < 1e-3);
  assert.ok(Math.abs(own - learnt) > 1e-2);
});

test('a file that is written anew with its own weights is the same, and with others it holds them', () => {
  const trainee = new Trainee(file);
  const same = rewriteGguf(file, { name: 'tiny-base', weights: trainee.weights() });
  assert.equal(Buffer.compare(same, file), 0);
  lossOf(trainee, [{ tokens: [101, 3, 5, 7, 102, 103, 26, 104], given: 1, weight: 1 }]);
  trainee.step(1e-2, 1);
  const named = rewriteGguf(file, { name: 'a-much-longer-name', weights: trainee.weights() });
  assert.equal(loadModel(named).name, 'a-much-longer-name');
  const [read, held] = [new Trainee(named).weights(), trainee.weights()];
  for (const [name, numbers] of held) {
    const most = numbers.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
    const away = numbers.reduce((top, value, at) => Math.max(top, Math.abs(value - (read.get(name)?.[at] ?? 0))), 0);
    assert.ok(away <= most / 127, `${name} is ${away} away`);
  }
});
