import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { createParser } from 'eventsource-parser';
import { createId } from '../../../lib/ids.ts';
import type { ProviderModels } from '../../../lib/model.ts';
import type { GenerationError } from '../../../lib/errors.ts';
import { errorSentence } from '../../../lib/sentences.ts';
import { createFakeOllama, thinker } from '../../fakes/ollama.ts';
import { createFakeProvider } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const ollama = await createFakeOllama({
  models: { 'deepseek-r1:8b': thinker, 'gone:8b': { ...thinker, vanished: true } },
  library: { 'gone:8b': 4000, 'r1-small': 4000, huge: 4_000_000 },
});
const slow = await createFakeOllama({ library: { huge: 4_000_000 }, gated: true });
const provider = await createFakeProvider();
const { newClient } = useRoutes({
  CUSTOM_BASE_URL: provider.baseURL,
  THINKGLASS_LOCAL_SERVERS: `ollama=${ollama.origin}/v1`,
});
after(() => Promise.all([ollama.close(), slow.close(), provider.close()]));

type Client = ReturnType<typeof newClient>;

async function* pull(client: Client, id: string, model: string) {
  const response = await client.request('POST', `/api/providers/${id}/pull`, { model });
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  const events: { event: string; data: Record<string, unknown> }[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) =>
      events.push({ event: event ?? '', data: JSON.parse(data) as Record<string, unknown> }),
  });
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    parser.feed(text);
    yield* events.splice(0);
  }
}

async function pullAll(client: Client, id: string, model: string) {
  const events = [];
  for await (const event of pull(client, id, model)) events.push(event);
  return events;
}

const modelsOf = async (client: Client, id: string) => {
  const { providers } = await client.json<{ providers: ProviderModels[] }>('GET', '/api/models');
  return providers.find((group) => group.provider.id === id)?.models.map((model) => model.id);
};

test('a missing model is told with its line, pulled with progress, and then it answers', async () => {
  const client = newClient();
  const asked = await client.askNew({ providerId: 'ollama', modelKey: 'gone:8b' }, 'Are you there?');
  const failed = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
  assert.equal(failed?.error?.kind, 'model');
  assert.equal(failed?.error?.fix?.command, 'ollama pull gone:8b');
  assert.deepEqual((await client.generation(asked.answerId)).error?.fix, failed?.error?.fix);

  const events = await pullAll(client, 'ollama', 'gone:8b');
  assert.ok(events.some(({ event, data }) => event === 'progress' && data.total === 4000));
  assert.deepEqual(events.at(-1), { event: 'done', data: {} });

  const { threadId, questionId } = asked;
  const answerId = createId();
  const threads = [{ threadId, questionId, answerId }];
  const again = await client.json<{ cursor: string }>('POST', `/api/conversations/${asked.conversationId}/retry`, {
    threads,
  });
  const state = (await client.follow(asked.conversationId, again.cursor)).get(answerId);
  assert.equal(state?.finish?.outcome, 'complete');
  assert.deepEqual(
    state?.segments.map(({ kind, text }) => [kind, text]),
    [
      ['reasoning', 'Let me think about it.'],
      ['answer', 'You asked: Are you there?'],
    ],
  );
  // Ollama tells no split of its own: it is shared out.
  assert.equal(state?.usage?.source, 'split');
  assert.equal(state?.usage?.promptTokens, 12);
});

test('a model that was pulled is in the list when that is said', async () => {
  const client = newClient();
  for await (const { event } of pull(client, 'ollama', 'r1-small')) {
    if (event === 'done') assert.ok((await modelsOf(client, 'ollama'))?.includes('r1-small'));
  }
});

test('a name that Ollama does not know is told in the stream', async () => {
  const events = await pullAll(newClient(), 'ollama', 'no-such-model');
  const { event, data } = events.at(-1) ?? assert.fail('nothing came');
  assert.equal(event, 'error');
  assert.match(errorSentence(data.error as GenerationError), /There is no model "no-such-model"/);
});

test('what is no name, no provider, or no provider that can, is refused', async () => {
  const client = newClient();
  const status = async (id: string, model: unknown) =>
    (await client.request('POST', `/api/providers/${id}/pull`, { model })).status;
  for (const model of ['', 'a b', '../x', 'x'.repeat(201), '-rf', 7, undefined])
    assert.equal(await status('ollama', model), 400);
  assert.equal(await status('nobody', 'm'), 404);
  assert.equal(await status('custom', 'm'), 400);
  assert.equal(ollama.requests.filter(({ path, json }) => path === '/api/pull' && json.model === 'm').length, 0);
});

test("a person's own Ollama is spoken to natively, and leaving cancels its download", async () => {
  const client = newClient();
  const id = createId();
  await client.json('POST', '/api/providers', {
    id,
    presetId: 'ollama',
    label: 'My box',
    baseURL: `${slow.origin}/v1`,
  });
  const before = slow.requests.length;
  for await (const { data } of pull(client, id, 'huge')) if (data.total !== undefined) break;
  const request = slow.requests.slice(before).find(({ path }) => path === '/api/pull');
  assert.equal(await request?.ended, 'client');
  assert.equal(slow.models.has('huge'), false);
});

test('only so many downloads run at once', async () => {
  const client = newClient();
  const id = createId();
  await client.json('POST', '/api/providers', {
    id,
    presetId: 'ollama',
    label: 'My box',
    baseURL: `${slow.origin}/v1`,
  });
  const running = [];
  for (let i = 0; i < 3; i++) {
    const events = pull(client, id, 'huge');
    await events.next();
    running.push(events);
  }
  assert.equal((await client.request('POST', `/api/providers/${id}/pull`, { model: 'huge' })).status, 429);
  const held = slow.requests.filter(({ path }) => path === '/api/pull').slice(-3);
  for (const events of running) await events.return(undefined);
  for (const request of held) assert.equal(await request.ended, 'client');
  assert.equal((await pull(client, id, 'huge').next()).value?.event, 'progress');
});
