import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { Generation } from '../../../lib/conversation.ts';
import type { Timeline } from '../../../lib/timeline.ts';
import type { ApiClient } from '../../fakes/api-client.ts';
import { chunk, createFakeProvider, doneStep, type FakeStep } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const usage: FakeStep = {
  event: {
    choices: [],
    usage: {
      prompt_tokens: 1000,
      completion_tokens: 90,
      prompt_cache_hit_tokens: 400,
      completion_tokens_details: { reasoning_tokens: 70 },
    },
  },
};
const never = Promise.withResolvers<void>();

const scripts: Record<string, FakeStep[]> = {
  pausing: [
    chunk({ reasoning_content: 'One queen in each column. ' }),
    { waitMs: 2300 },
    chunk({ reasoning_content: 'So it holds.' }),
    chunk({ content: 'There are 92 ways.' }),
    chunk({}, 'stop'),
    usage,
    doneStep,
  ],
  waiting: [chunk({ reasoning_content: 'Let me see.' }), { gate: never.promise }],
};

const provider = await createFakeProvider({
  models: Object.keys(scripts).map((id) => ({ id, object: 'model' })),
  respond: ({ json }) => ({ steps: scripts[json.model ?? ''] ?? [] }),
});
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL });
after(() => {
  never.resolve();
  return provider.close();
});

const modelOf = (modelKey: string) => ({ providerId: 'custom', modelKey });
const detailOf = (client: ApiClient, id: string) =>
  client.json<Generation & { timeline?: Timeline }>('GET', `/api/generations/${id}`);

test('the timeline of an answer is kept with it: its tokens as the usage has them, and the silence in its thinking', async () => {
  const client = newClient();
  const price = { input: 0.5, output: 2, cachedInput: 0.1, asOf: '2026-09' };
  const overrides = [{ ...modelOf('pausing'), override: { price } }];
  await client.json('PUT', '/api/models/overrides', { overrides });
  const asked = await client.askNew(modelOf('pausing'), 'How many ways?');
  const seen = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);

  const { timeline, times, finish } = await detailOf(client, asked.answerId);
  assert.ok(timeline);
  assert.deepEqual(timeline.points.at(-1)?.slice(1), [70, 20]);
  assert.deepEqual(timeline.points[0]?.[0], times.reasoningStart);
  assert.equal(timeline.stallCount, 1);
  const [[from, to] = [0, 0]] = timeline.stalls;
  assert.ok(to - from > 2000 && from >= (times.reasoningStart ?? 0) && to <= (times.reasoningEnd ?? 0));

  // The day of the prices is told with the cost, by the stream as by the store.
  assert.deepEqual([finish?.cost, finish?.pricesAsOf], [(600 * 0.5 + 400 * 0.1 + 90 * 2) / 1e6, '2026-09']);
  assert.deepEqual(seen?.finish, finish);
});

test('an answer that was stopped has the timeline of what had come; one that runs has none yet', async () => {
  const client = newClient();
  const asked = await client.askNew(modelOf('waiting'), 'How many ways?');
  for await (const event of client.events(asked.conversationId, asked.cursor)) {
    if (event.event === 'delta' || event.event === 'snapshot') break;
  }
  assert.equal((await detailOf(client, asked.answerId)).timeline, undefined);
  await client.json('POST', `/api/generations/${asked.answerId}/stop`);
  await client.follow(asked.conversationId);
  const { timeline, usage, finish } = await detailOf(client, asked.answerId);
  assert.deepEqual(timeline?.points.at(-1)?.slice(1), [usage?.reasoningTokens, 0]);
  assert.equal(finish?.pricesAsOf, undefined);
});
