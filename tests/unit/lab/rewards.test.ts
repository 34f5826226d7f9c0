import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { advantagesOf, advantagesPerToken, rewardWeights, sumRewards } from '../../../lib/lab/rewards.ts';

const near = (actual: number | undefined, expected: number, within = 5e-4) =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

test("two right of eight are pushed up by 1.732, the others down by 0.577 (GRPO, the population's deviation)", () => {
  const group = advantagesOf([1, 1, 0, 0, 0, 0, 0, 0], 'grpo');
  assert.equal(group.mean, 0.25);
  near(group.deviation, 0.433);
  near(group.advantages[0], 1.732);
  near(group.advantages[7], -0.577);
  assert.deepEqual(advantagesOf([1, 1, 0, 0, 0, 0, 0, 0], 'dr-grpo').advantages.slice(1, 3), [0.75, -0.25]);
});

test('a group that is all right or all wrong teaches nothing', () => {
  for (const rewards of [[1, 1, 1], [0, 0], [0.1 + 0.2, 0.3], []]) {
    for (const rule of ['grpo', 'dr-grpo'] as const) {
      const group = advantagesOf(rewards, rule);
      assert.ok(group.teachesNothing);
      assert.deepEqual(
        group.advantages,
        rewards.map(() => 0),
      );
    }
  }
});

test('advantages sum to nothing; GRPO knows neither the size nor the place of rewards', () => {
  const rewards = fc.array(
    fc.integer({ min: 0, max: 8 }).map((r) => r / 4),
    { minLength: 2, maxLength: 16 },
  );
  fc.assert(
    fc.property(rewards, fc.integer({ min: 1, max: 9 }), fc.integer({ min: -3, max: 3 }), (all, scale, shift) => {
      const group = advantagesOf(all, 'grpo');
      near(
        group.advantages.reduce((sum, a) => sum + a, 0),
        0,
        1e-9,
      );
      const other = advantagesOf(
        all.map((r) => r * scale + shift),
        'grpo',
      );
      for (const [i, a] of group.advantages.entries()) near(other.advantages[i], a, 1e-9);
      if (!group.teachesNothing)
        near(
          group.advantages.reduce((sum, a) => sum + a * a, 0),
          all.length,
          1e-9,
        );
    }),
  );
});

test('a long wrong answer costs less a token under GRPO, and as much under Dr. GRPO', () => {
  const lengths = [100, 100, 1000];
  const grpo = advantagesPerToken(advantagesOf([1, 0, 0], 'grpo').advantages, lengths, 'grpo');
  near(grpo[1], (grpo[2] ?? 0) * 10, 1e-12);
  const doctor = advantagesPerToken(advantagesOf([1, 0, 0], 'dr-grpo').advantages, lengths, 'dr-grpo');
  assert.equal(doctor[1], doctor[2]);
  assert.deepEqual(advantagesPerToken([1, -1], [0, 5], 'grpo'), [0, -0.2]);
});

test("R1-Zero's sum is accuracy and format, R1's accuracy and language", () => {
  const rewards = { accuracy: 1, format: 0, language: 0.5 };
  assert.equal(sumRewards(rewards, rewardWeights['r1-zero']), 1);
  assert.equal(sumRewards(rewards, rewardWeights.r1), 1.5);
  assert.equal(
    sumRewards({ accuracy: 1, format: undefined, language: undefined }, { accuracy: 2, format: 1, language: 1 }),
    2,
  );
});
