import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { ModelInfo, ProviderPart } from '../../../lib/model.ts';
import type { StreamPart } from '../../../lib/stream-part.ts';
import { generate } from '../../../lib/server/generation/generate.ts';
import { TokenCounter } from '../../../lib/server/tokenizer/token-counter.ts';
import { plainModel } from '../../fakes/model.ts';

const counter = new TokenCounter();
after(() => counter.close());

const model: ModelInfo = {
  ...plainModel,
  vocabulary: 'deepseek-v3',
  reasoning: { transport: 'inline', startsInReasoning: 'auto' },
};

function generateFrom(parts: readonly ProviderPart[]) {
  return generate({
    adapter: {
      async *ask() {
        yield* parts;
      },
    },
    request: { model, messages: [], sampling: {}, signal: new AbortController().signal },
    splitter: { startsInReasoning: 'auto' },
    now: () => 0,
    emit: () => undefined,
    counter,
  });
}

const thought = Array.from({ length: 150 }, (_, i) => `Step ${i}: wait, 等等, is 17 × ${i} = ${17 * i}?\n\n`).join('');
const answer = 'The answer is \\boxed{34}.';
const stop: ProviderPart = { type: 'finish', reason: 'stop' };

test('where nothing is reported, thinking and answer are counted apart, however the text comes', async () => {
  const reasoning = await counter.count('deepseek-v3', thought.trim());
  const spoken = await counter.count('deepseek-v3', answer);
  const text = `<think>\n${thought}</think>\n\n${answer}`;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 2000 }), async (step) => {
      const parts: ProviderPart[] = [];
      for (let at = 0; at < text.length; at += step) parts.push({ type: 'content', text: text.slice(at, at + step) });
      const { state } = await generateFrom([...parts, stop]);
      assert.deepEqual(state.usage, { reasoningTokens: reasoning, answerTokens: spoken, source: 'counted' });
    }),
    { numRuns: 12 },
  );
});

test('while it is written, its beginning is counted exactly as far as that is told', async () => {
  const text = thought.repeat(2);
  const told: Extract<StreamPart, { type: 'count' }>[] = [];
  await generate({
    adapter: {
      async *ask() {
        for (let at = 0; at < text.length; at += 700) {
          yield { type: 'reasoning', text: text.slice(at, at + 700) };
          await counter.count('deepseek-v3', 'x'); // behind what has been handed to it
        }
        yield stop;
      },
    },
    request: { model, messages: [], sampling: {}, signal: new AbortController().signal },
    splitter: { startsInReasoning: 'auto' },
    now: () => 0,
    emit: (parts) => told.push(...parts.filter((part) => part.type === 'count')),
    counter,
  });
  assert.ok(told.length >= 1, 'nothing was told');
  for (const { seg, length, tokens } of told) {
    assert.deepEqual([seg, tokens], [0, await counter.count('deepseek-v3', text.slice(0, length))]);
  }
});

test('thinking that is recognised late is counted as thinking', async () => {
  const { state } = await generateFrom([
    { type: 'content', text: `${thought}</think>` },
    { type: 'content', text: answer },
    stop,
  ]);
  assert.equal(state.usage?.source, 'counted');
  assert.equal(state.usage.answerTokens, await counter.count('deepseek-v3', answer));
});

test("a provider's total is shared out in the proportion of the counts", async () => {
  const { state } = await generateFrom([
    { type: 'content', text: `<think>${thought}</think>${answer}` },
    { type: 'usage', usage: { promptTokens: 5, outputTokens: 10_000 }, raw: {} },
    stop,
  ]);
  const reasoning = (await counter.count('deepseek-v3', thought.trim())) ?? 0;
  const spoken = (await counter.count('deepseek-v3', answer)) ?? 0;
  assert.equal(state.usage?.source, 'split');
  assert.equal(state.usage.reasoningTokens, Math.round((10_000 * reasoning) / (reasoning + spoken)));
  assert.equal(state.usage.reasoningTokens + state.usage.answerTokens, 10_000);
});
