import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { createId } from '../../../lib/ids.ts';
import type { Guard } from '../../../lib/guard.ts';
import { noticeSentence } from '../../../lib/sentences.ts';
import { textOfKind } from '../../../lib/stream-part.ts';
import { estimateTokens } from '../../../lib/usage.ts';
import { chunk, createFakeProvider, doneStep, type FakeStep, textChunk } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

/** Thinks for as long as it is listened to. */
function* endlessThought(): Generator<FakeStep> {
  yield chunk({ content: '<think>' });
  for (let i = 0; i < 200_000; i++) yield chunk({ content: ` and ${i}` });
  yield doneStep;
}

/** Begins to think, and repeats itself for as long as it is listened to. */
function* loopingThought(): Generator<FakeStep> {
  yield textChunk(' <think> Six times seven, I think. ');
  for (let i = 0; i < 400; i++) yield textChunk('Wait, is it so? I had better look at it again. ');
}

const provider = await createFakeProvider({
  models: ['endless', 'looping'].map((id) => ({ id, object: 'model' })),
  respond: ({ path, json }) => {
    if (!path.endsWith('/v1/completions')) return { steps: endlessThought() };
    const isAgain = json.prompt?.endsWith('I think.') ?? false;
    const steps = isAgain ? [textChunk(' It is so. </think> <answer> 42 </answer>', 'stop')] : loopingThought();
    return { steps: [...steps, doneStep] };
  },
});
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL });
after(() => provider.close());

async function askGuarded(guard: Guard) {
  const client = newClient();
  const asked = await client.askNew({ providerId: 'custom', modelKey: 'endless' }, 'Count on.', { guard });
  const state = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
  assert.ok(state);
  return { client, asked, state };
}

test('a guard ends a thought on the server where it says, and what it said is stored', async () => {
  const { client, asked, state } = await askGuarded({ thinkingTokens: 500 });
  const received = provider.requests.at(-1);
  assert.equal(received && (await provider.ended(received)), 'client');
  const tokens = estimateTokens(textOfKind(state.segments, 'reasoning'));
  assert.ok(tokens >= 500 && tokens < 600, `${tokens}`);
  assert.equal(state.finish?.outcome, 'stopped');
  assert.equal(state.error, undefined);
  const saved = (await client.conversation(asked.conversationId)).messages.find((m) => m.id === asked.answerId);
  assert.deepEqual(saved?.generation?.notices[0], { code: 'guard-thinking', facts: { limit: 500 } });
  assert.equal(
    noticeSentence({ code: 'guard-thinking', facts: { limit: 500 } }),
    'Stopped by this chat’s guard: 500 tokens of thinking were reached.',
  );
});

test('an answer that ended in a loop goes on from before it', async () => {
  const client = newClient();
  const asked = await client.askNew({ providerId: 'custom', modelKey: 'looping' }, 'How many?', {
    promptTemplate: 'r1-zero-raw',
  });
  const looped = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
  assert.ok(looped?.notices.some(({ code }) => code === 'repeating'));
  const answerId = createId();
  const path = `/api/conversations/${asked.conversationId}/continue`;
  const body = { threadId: asked.threadId, fromId: asked.answerId, questionId: createId(), answerId, beforeLoop: true };
  const { cursor } = await client.json<{ cursor: string }>('POST', path, body);
  const state = (await client.follow(asked.conversationId, cursor)).get(answerId);
  assert.equal(textOfKind(state?.segments ?? [], 'reasoning').trim(), 'Six times seven, I think. It is so.');
  assert.equal(textOfKind(state?.segments ?? [], 'answer').trim(), '42');
  assert.equal(state?.notices[0]?.code, 'before-loop');
  const { prompt } = JSON.parse(provider.requests.at(-1)?.body ?? '{}') as { prompt: string };
  assert.ok(prompt.endsWith('Assistant: <think> Six times seven, I think.'), prompt.slice(-80));

  // What ends in no loop has nothing before one.
  const again = { ...body, fromId: answerId, answerId: createId() };
  await assert.rejects(client.json('POST', path, again), /no loop/);
});
