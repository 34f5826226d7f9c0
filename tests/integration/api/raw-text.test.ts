import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { RawText } from '../../../lib/raw-text.ts';
import type { RefileResult } from '../../../lib/reasoning/refile.ts';
import type { ModelOverride } from '../../../lib/provider.ts';
import type { ApiClient, Asked } from '../../fakes/api-client.ts';
import { chunk, createFakeProvider, doneStep, type FakeStep } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const opensGate = Promise.withResolvers<void>();
const usage = (details: Record<string, unknown> = {}): FakeStep => ({
  event: { choices: [], usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30, ...details } },
});
const end = (reason = 'stop', details = {}): FakeStep[] => [chunk({}, reason), usage(details), doneStep];

const scripts: Record<string, FakeStep[]> = {
  tagged: [
    chunk({ content: '\n<thi' }),
    chunk({ content: 'nk>\n  Two and\t' }),
    chunk({ content: 'two.\n</think>' }),
    chunk({ content: '\n\nFour. \n' }),
    ...end(),
  ],
  field: [
    chunk({ reasoning_content: '\nTwo ' }),
    chunk({ reasoning_content: 'and two.\n' }),
    chunk({ content: '\n\nFo\0ur. \ud83d' }),
    ...end('stop', { completion_tokens_details: { reasoning_tokens: 15 } }),
  ],
  waits: [chunk({ content: '<think>\nLet me see.\n</thi' }), { gate: opensGate.promise }, ...end()],
  // A thought is over where this stands, for all we know; the model only speaks of the tag.
  mentions: [chunk({ content: 'A thought ends with </think>, never ' }), chunk({ content: 'without.' }), ...end()],
  'deepseek-r1': [chunk({ content: '<think>\nTwo and two.\n</think>\n\nFour.' }), chunk({}, 'stop'), doneStep],
  untagged: [chunk({ content: 'Let me see. Two and two is four.' }), ...end('length')],
};

const provider = await createFakeProvider({
  models: Object.keys(scripts).map((id) => ({ id, object: 'model' })),
  respond: ({ json }) => ({ steps: scripts[json.model ?? ''] ?? [] }),
});
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL });
after(() => provider.close());

const modelOf = (modelKey: string) => ({ providerId: 'custom', modelKey });

async function answered(client: ApiClient, modelKey: string): Promise<Asked> {
  const asked = await client.askNew(modelOf(modelKey), '2 + 2?');
  await client.follow(asked.conversationId, asked.cursor);
  return asked;
}

const rawOf = (client: ApiClient, { answerId }: Asked) =>
  client.json<RawText>('GET', `/api/generations/${answerId}/raw`);
const reclassify = (client: ApiClient, { answerId }: Asked, body: unknown) =>
  client.json<RefileResult>('POST', `/api/generations/${answerId}/reclassify`, body);
const partsOf = async (client: ApiClient, { conversationId, answerId }: Asked) =>
  (await client.conversation(conversationId)).messages.find((message) => message.id === answerId)?.parts;
const say = (client: ApiClient, modelKey: string, override: ModelOverride | null) =>
  client.json('PUT', '/api/models/overrides', { overrides: [{ ...modelOf(modelKey), override }] });

test('the raw text is what the model wrote to the character, by the field it came in', async () => {
  const client = newClient();
  assert.deepEqual(await rawOf(client, await answered(client, 'tagged')), {
    pieces: [{ field: 'content', text: '\n<think>\n  Two and\ttwo.\n</think>\n\nFour. \n' }],
    exact: true,
  });
  assert.deepEqual(await rawOf(client, await answered(client, 'field')), {
    pieces: [
      { field: 'reasoning', text: '\nTwo and two.\n' },
      { field: 'content', text: '\n\nFo\0ur. \ud83d' },
    ],
    exact: true,
  });
});

test('the raw text of an answer that is being written has what no part has yet', async () => {
  const client = newClient();
  const asked = await client.askNew(modelOf('waits'), '2 + 2?');
  for await (const event of client.events(asked.conversationId, asked.cursor)) {
    if (event.event === 'delta' || event.event === 'snapshot') break;
  }
  const text = '<think>\nLet me see.\n</thi';
  assert.deepEqual(await rawOf(client, asked), { pieces: [{ field: 'content', text }], exact: true });
  const refused = await client.request('POST', `/api/generations/${asked.answerId}/reclassify`, {
    index: 0,
    kind: 'answer',
  });
  assert.equal(refused.status, 409);
  assert.match(await refused.text(), /still being written/);
  opensGate.resolve();
  await client.follow(asked.conversationId);
  assert.deepEqual(await rawOf(client, asked), { pieces: [{ field: 'content', text }], exact: true });
});

test('a tag that was only spoken of: the text is read again, its tokens shared again, and it can be taken back', async () => {
  const client = newClient();
  const asked = await answered(client, 'mentions');
  const before = [
    { kind: 'reasoning', text: 'A thought ends with' },
    { kind: 'answer', text: ', never without.' },
  ];
  assert.deepEqual(await partsOf(client, asked), before);
  const { usage: shared, health } = await client.generation(asked.answerId);
  assert.equal(shared?.source, 'split');

  const wish = { index: 0, kind: 'answer' };
  const parts = [{ kind: 'answer', text: 'A thought ends with </think>, never without.' }];
  const refiled = {
    parts,
    usage: { promptTokens: 10, reasoningTokens: 0, answerTokens: 20, source: 'reported' },
    splitAgain: true,
    canUndo: true,
    remember: { ...modelOf('mentions'), startsInReasoning: false },
  };
  assert.deepEqual(await reclassify(client, asked, wish), refiled);
  assert.deepEqual(await reclassify(client, asked, wish), refiled, 'the same request again answers alike');
  assert.deepEqual(await partsOf(client, asked), parts);
  const { usage: told, health: without } = await client.generation(asked.answerId);
  assert.deepEqual(told, refiled.usage);
  assert.deepEqual(
    without,
    health?.format && { format: health.format },
    'what was measured of the thought is gone with it',
  );
  assert.equal((await rawOf(client, asked)).pieces[0]?.text, 'A thought ends with </think>, never without.');

  const back = { parts: before, usage: shared, splitAgain: false, canUndo: false };
  assert.deepEqual(await reclassify(client, asked, { undo: true }), back);
  assert.deepEqual(await reclassify(client, asked, { undo: true }), back);
  assert.deepEqual(await partsOf(client, asked), before);
  assert.deepEqual((await client.generation(asked.answerId)).health, health);
});

test('what was remembered for a model files its next answer, and the other way round', async () => {
  const client = newClient();
  const first = await answered(client, 'mentions');
  const { remember } = await reclassify(client, first, { index: 0, kind: 'answer' });
  assert.equal(remember?.startsInReasoning, false);
  const reasoning = { transport: 'inline' as const, startsInReasoning: false };
  await say(client, 'mentions', { reasoning });
  const second = await answered(client, 'mentions');
  assert.deepEqual(await partsOf(client, second), [
    { kind: 'answer', text: 'A thought ends with </think>, never without.' },
  ]);
  const again = await reclassify(client, second, { index: 0, kind: 'reasoning' });
  assert.deepEqual(again.parts, [
    { kind: 'reasoning', text: 'A thought ends with' },
    { kind: 'answer', text: ', never without.' },
  ]);
  assert.equal(again.remember?.startsInReasoning, true);
  await say(client, 'mentions', null);
});

test('without a tag that explains it the part is moved as it is', async () => {
  const client = newClient();
  const asked = await answered(client, 'untagged');
  const text = 'Let me see. Two and two is four.';
  assert.deepEqual(await reclassify(client, asked, { index: 0, kind: 'reasoning' }), {
    parts: [{ kind: 'reasoning', text }],
    usage: { promptTokens: 10, reasoningTokens: 20, answerTokens: 0, source: 'split' },
    splitAgain: false,
    canUndo: true,
    remember: { ...modelOf('untagged'), startsInReasoning: true },
  });
});

test('tokens that the provider split itself stay, and a field of its own teaches nothing about tags', async () => {
  const client = newClient();
  const asked = await answered(client, 'field');
  const { usage: kept, remember } = await reclassify(client, asked, { index: 0, kind: 'answer' });
  assert.deepEqual(kept, { promptTokens: 10, reasoningTokens: 15, answerTokens: 5, source: 'reported' });
  assert.equal(remember, undefined);
});

test('tokens that we counted ourselves are counted again', async () => {
  const client = newClient();
  const asked = await answered(client, 'deepseek-r1');
  const { usage: counted } = await client.generation(asked.answerId);
  assert.equal(counted?.source, 'counted');
  const { reasoningTokens, answerTokens } = counted;
  assert.ok(reasoningTokens > 0 && answerTokens > 0);
  assert.deepEqual((await reclassify(client, asked, { index: 0, kind: 'answer' })).usage, {
    reasoningTokens: 0,
    answerTokens: reasoningTokens + answerTokens,
    source: 'counted',
  });
  assert.deepEqual((await reclassify(client, asked, { undo: true })).usage, counted);
});

test('what is filed otherwise is sent otherwise with the next question', async () => {
  const client = newClient();
  const asked = await answered(client, 'tagged');
  await reclassify(client, asked, { index: 0, kind: 'answer' });
  const next = { threadId: asked.threadId, parentId: asked.answerId, questionId: id(), answerId: id() };
  const body = { text: 'And 3 + 3?', threads: [next] };
  const { cursor } = await client.json<{ cursor: string }>(
    'POST',
    `/api/conversations/${asked.conversationId}/messages`,
    body,
  );
  await client.follow(asked.conversationId, cursor);
  assert.match(provider.requests.at(-1)?.body ?? '', /Two and\\ttwo\.\\n\\nFour\./);
});

test("a stranger's answer has no raw text and cannot be filed, exactly like one that is not there", async () => {
  const client = newClient();
  const asked = await answered(client, 'tagged');
  const stranger = newClient();
  const calls: [method: string, path: string, body?: unknown][] = [
    ['GET', 'raw'],
    ['POST', 'reclassify', { index: 0, kind: 'answer' }],
    ['POST', 'reclassify', { undo: true }],
  ];
  for (const [method, path, body] of calls) {
    const answers = await Promise.all(
      [asked.answerId, id()].map(async (one) => {
        const response = await stranger.request(method, `/api/generations/${one}/${path}`, body);
        return [response.status, await response.text()];
      }),
    );
    assert.equal(answers[0]?.[0], 404);
    assert.deepEqual(answers[0], answers[1]);
  }
  assert.equal((await partsOf(client, asked))?.[0]?.kind, 'reasoning');
});

test('a wish that cannot be is refused in words', async () => {
  const client = newClient();
  const { answerId } = await answered(client, 'tagged');
  const ask = async (body: unknown) =>
    (await client.request('POST', `/api/generations/${answerId}/reclassify`, body)).status;
  assert.equal(await ask({ index: 2, kind: 'answer' }), 404);
  for (const body of [{}, { index: -1, kind: 'answer' }, { index: 0, kind: 'discarded' }, { undo: false }]) {
    assert.equal(await ask(body), 400);
  }
});

const id = () => crypto.randomUUID();
