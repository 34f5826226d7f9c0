import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { convertUsage } from '../../lib/convert-usage.ts';
import { accountUsage, costOf, estimateTokens } from '../../lib/usage.ts';

const thought = 'First I halve ninety, then I add three. '.repeat(30);
const answer = 'It is forty-eight. '.repeat(10);

test('the estimate of a text is the sum of the estimates of its parts, however it is cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, cut) => {
      const sum = estimateTokens(text.slice(0, cut)) + estimateTokens(text.slice(cut));
      assert.ok(Math.abs(sum - estimateTokens(text)) < 1e-9);
    }),
  );
});

test('English is estimated at about four to five characters a token, Chinese at one to two', () => {
  const english = 'The rate of the intern is one eighth of a codebase each hour, so together they need less time.';
  assert.ok(english.length / estimateTokens(english) > 3.5 && english.length / estimateTokens(english) < 5.5);
  const chinese = '我们需要再检查一遍这个答案是否正确';
  assert.ok(chinese.length / estimateTokens(chinese) >= 1 && chinese.length / estimateTokens(chinese) <= 2);
});

test("a provider's own split is believed", () => {
  const reported = { promptTokens: 18, outputTokens: 219, reasoningTokens: 205, cachedPromptTokens: 0 };
  assert.deepEqual(accountUsage({ reported, reasoningText: thought, answerText: answer }), {
    promptTokens: 18,
    cachedPromptTokens: 0,
    reasoningTokens: 205,
    answerTokens: 14,
    source: 'reported',
  });
});

test('a total alone is shared out, and nothing of it is lost', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.string({ minLength: 1 }),
      fc.string(),
      (outputTokens, reasoningText, answerText) => {
        const usage = accountUsage({ reported: { outputTokens }, reasoningText, answerText });
        assert.equal(usage.source, 'split');
        assert.equal(usage.reasoningTokens + usage.answerTokens, outputTokens);
        assert.ok(usage.reasoningTokens >= 0 && usage.answerTokens >= 0);
      },
    ),
  );
});

test('a silent 0 beside visible thinking is not 0', () => {
  const reported = { outputTokens: 300, reasoningTokens: 0 };
  const usage = accountUsage({ reported, reasoningText: thought, answerText: answer });
  assert.equal(usage.source, 'split');
  assert.ok(usage.reasoningTokens > 150);
});

test('an output of 0 beside visible text is a count nobody made', () => {
  for (const reasoningText of ['', thought]) {
    const usage = accountUsage({ reported: { promptTokens: 9, outputTokens: 0 }, reasoningText, answerText: answer });
    assert.equal(usage.source, 'estimated');
    assert.equal(usage.promptTokens, 9);
    assert.ok(usage.answerTokens > 20);
  }
  const nothing = accountUsage({ reported: { outputTokens: 0 }, reasoningText: '', answerText: '' });
  assert.deepEqual(nothing, { reasoningTokens: 0, answerTokens: 0, source: 'reported' });
});

test('hidden thinking is counted although it is not shown', () => {
  const reported = { outputTokens: 1000, reasoningTokens: 900 };
  const usage = accountUsage({ reported, reasoningText: '', answerText: answer });
  assert.deepEqual([usage.reasoningTokens, usage.answerTokens, usage.source], [900, 100, 'reported']);
});

test('without any report the count is estimated, and says so', () => {
  const usage = accountUsage({ reported: undefined, reasoningText: thought, answerText: answer });
  assert.equal(usage.source, 'estimated');
  assert.equal(usage.promptTokens, undefined);
});

test('without any report our own count stands, and says so', () => {
  const counted = { reasoning: 270, answer: 50 };
  const usage = accountUsage({ reported: undefined, reasoningText: thought, answerText: answer, counted });
  assert.deepEqual(usage, { reasoningTokens: 270, answerTokens: 50, source: 'counted' });
});

test('a total is shared out in the proportion of our own counts where we have them', () => {
  const counted = { reasoning: 300, answer: 100 };
  const shared = { reasoningText: thought, answerText: answer, counted };
  const usage = accountUsage({ reported: { outputTokens: 404 }, ...shared });
  // 404 × 300 / 400 = 303
  assert.deepEqual(usage, { reasoningTokens: 303, answerTokens: 101, source: 'split' });
  const silent = accountUsage({ reported: { outputTokens: 404, reasoningTokens: 0 }, ...shared });
  assert.deepEqual(silent, usage, 'a silent 0 beside visible thinking is no split');
});

test('cost counts cache hits at their own price and is unknown without a price or real tokens', () => {
  const price = { input: 0.3, output: 1.2, cachedInput: 0.006, asOf: '2026-10' };
  const usage = {
    promptTokens: 1_000_000,
    cachedPromptTokens: 500_000,
    reasoningTokens: 400_000,
    answerTokens: 100_000,
  };
  assert.equal(costOf({ ...usage, source: 'reported' }, price), 0.15 + 0.003 + 0.6);
  assert.equal(costOf({ ...usage, source: 'reported' }, undefined), undefined);
  assert.equal(costOf({ ...usage, source: 'estimated' }, price), undefined);
});

test('a prompt counted without its cache hits never makes a negative cost', () => {
  const price = { input: 1, output: 1, cachedInput: 0, asOf: '2026-10' };
  const usage = {
    promptTokens: 10,
    cachedPromptTokens: 1000,
    reasoningTokens: 0,
    answerTokens: 5,
    source: 'reported',
  } as const;
  assert.equal(costOf(usage, price), 5 / 1_000_000);
});

test("a gateway's own count of the thinking is no report", () => {
  const raw = {
    completion_tokens: 33,
    prompt_tokens: 9,
    total_tokens: 42,
    completion_tokens_details: { reasoning_tokens: 33, text_tokens: 0 },
  };
  const seen = { reasoningText: ' 7 * 3 = 21 , 21 + 5 = 26 yes', answerText: '5 + 7 * 3' };
  const events = { reasoning: 24, answer: 7, other: 0, isFine: true };
  const usage = accountUsage({ reported: convertUsage(raw), ...seen, events });
  assert.deepEqual(usage, { promptTokens: 9, reasoningTokens: 24, answerTokens: 9, otherTokens: 2, source: 'events' });
  const unseen = accountUsage({ reported: convertUsage(raw), ...seen });
  assert.equal(unseen.source, 'split');
  assert.ok(unseen.answerTokens > 0 && unseen.reasoningTokens + unseen.answerTokens === 33);
});

test('nobody thinks with all tokens of an answer that is there', () => {
  for (const reasoningTokens of [300, 301]) {
    const reported = { outputTokens: 300, reasoningTokens };
    const usage = accountUsage({ reported, reasoningText: thought, answerText: answer });
    assert.equal(usage.source, 'split');
    assert.ok(usage.answerTokens > 0);
  }
});

test('a total far beyond an answer that came token by token holds thinking that nobody saw', () => {
  const events = { reasoning: 0, answer: 5, other: 0, isFine: true };
  const bridge = { reported: { outputTokens: 57 }, reasoningText: '', answerText: ' 5 + 7 * 3' };
  const usage = accountUsage({ ...bridge, events });
  assert.equal(usage.source, 'split');
  assert.ok(usage.answerTokens <= 9 && usage.reasoningTokens + usage.answerTokens === 57);
  assert.deepEqual(accountUsage({ ...bridge, reported: { outputTokens: 7 }, events }).source, 'reported');
});

test('a split that the events of the stream deny is not believed, whoever made it; one they bear out is', () => {
  const seen = { reasoningText: thought, answerText: answer };
  const events = { reasoning: 180, answer: 40, other: 0, isFine: true };
  const of = (reasoningTokens: number) =>
    accountUsage({ reported: { outputTokens: 222, reasoningTokens }, ...seen, events });
  assert.deepEqual(of(200), { reasoningTokens: 180, answerTokens: 42, otherTokens: 2, source: 'events' });
  assert.deepEqual(of(182), { reasoningTokens: 182, answerTokens: 40, source: 'reported' });
  // Of events of several words nothing is known.
  const coarse = { ...events, isFine: false };
  const reported = { outputTokens: 222, reasoningTokens: 200 };
  assert.equal(accountUsage({ reported, ...seen, events: coarse }).reasoningTokens, 200);
});
