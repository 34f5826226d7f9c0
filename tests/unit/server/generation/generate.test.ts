import assert from 'node:assert/strict';
import test from 'node:test';
import type { ModelInfo, ProviderPart } from '../../../../lib/model.ts';
import { generate } from '../../../../lib/server/generation/generate.ts';
import { ModelHabits } from '../../../../lib/server/generation/model-habits.ts';
import { plainModel } from '../../../fakes/model.ts';

const model: ModelInfo = plainModel;

/** What comes of these parts, each at its moment. */
function generateFrom(parts: readonly [at: number, part: ProviderPart][], habits = new ModelHabits()) {
  let time = 0;
  return generate({
    adapter: {
      async *ask() {
        for (const [at, part] of parts) {
          time = at;
          yield part;
        }
      },
    },
    request: { model, messages: [], sampling: {}, signal: new AbortController().signal },
    splitter: { startsInReasoning: habits.startsInReasoning(model) },
    now: () => time,
    emit: () => undefined,
  });
}

test('of an attempt that failed neither tokens nor times nor model are told of the one that followed', async () => {
  const { state, finish, usageRaw } = await generateFrom([
    [10, { type: 'first-byte' }],
    [11, { type: 'model', id: 'overloaded' }],
    [12, { type: 'usage', usage: { promptTokens: 7, outputTokens: 900 }, raw: { completion_tokens: 900 } }],
    [
      13,
      { type: 'retry', error: { kind: 'busy', code: 'busy', facts: { provider: 'Lab' } }, attempt: 1, waitMs: 1000 },
    ],
    [1020, { type: 'first-byte' }],
    [1030, { type: 'content', text: 'Paris.' }],
    [1040, { type: 'finish', reason: 'stop' }],
  ]);
  assert.equal(state.times.firstByte, 1020);
  assert.equal(state.usage?.source, 'estimated');
  assert.equal(state.usage.promptTokens, undefined);
  assert.equal(usageRaw, undefined);
  assert.equal(finish.answeredModel, undefined);
});

test('a model that once wrote a closing tag is not taken for a thinker for good', async () => {
  const habits = new ModelHabits();
  const say = async (text: string) => {
    const record = await generateFrom(
      [
        [1, { type: 'content', text }],
        [2, { type: 'finish', reason: 'stop' }],
      ],
      habits,
    );
    habits.learn(model, record.startedInReasoning);
    return habits.startsInReasoning(model);
  };
  assert.equal(await say('R1 ends its thinking with </think> and then answers.'), true);
  assert.equal(await say('Let me see. </think> Yes.'), true);
  assert.equal(await say('Paris is the capital of France.'), 'auto');
});

test('a stopped answer has the tokens that its server told with its text, and none that are of another moment', async () => {
  const stopped = async (predicted: (token: number) => number | undefined) => {
    const abort = new AbortController();
    const { state } = await generate({
      adapter: {
        async *ask() {
          for (let i = 1; i <= 64; i++) {
            const predicted_n = predicted(i);
            const timings = { cache_n: 8, prompt_n: 1, predicted_n, predicted_ms: i * 20 };
            yield { type: 'reasoning', text: ' so', ...(predicted_n !== undefined && { timings }) };
          }
          abort.abort('stopped');
        },
      },
      request: { model, messages: [], sampling: {}, signal: abort.signal },
      splitter: {},
      now: () => 0,
      emit: () => undefined,
    });
    return state.usage;
  };
  assert.deepEqual(await stopped((token) => token), {
    promptTokens: 9,
    cachedPromptTokens: 8,
    reasoningTokens: 64,
    answerTokens: 0,
    otherTokens: 0,
    source: 'events',
    serverTimes: { writeMs: 1280, writtenTokens: 64 },
  });
  for (const stale of [() => 1, () => undefined])
    assert.deepEqual(await stopped(stale), { reasoningTokens: 64, answerTokens: 0, source: 'estimated' });
});
