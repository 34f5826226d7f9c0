import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { strFromU8, unzipSync } from 'fflate';
import type { Conversation } from '../../../lib/conversation.ts';
import type { ExportFile } from '../../../lib/exported.ts';
import { createId } from '../../../lib/ids.ts';
import type { ApiClient, Asked } from '../../fakes/api-client.ts';
import { withPlainIds } from '../../fakes/conversations.ts';
import { chunk, createFakeProvider, doneStep } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const provider = await createFakeProvider({
  models: [{ id: 'm', object: 'model' }],
  respond: () => ({
    steps: [
      chunk({ content: '<think>\nHm, <b>two</b>.\n</think>\n\nFour. <script>alert(1)</script>' }),
      chunk({}, 'stop'),
      { event: { choices: [], usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 } } },
      doneStep,
    ],
  }),
});
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL, CUSTOM_API_KEY: 'sk-canary-0123456789' });
after(() => provider.close());

const model = { providerId: 'custom', modelKey: 'm' };

async function answered(client: ApiClient, text: string): Promise<Asked> {
  const asked = await client.askNew(model, text, { systemPrompt: 'Be brief.' });
  await client.follow(asked.conversationId, asked.cursor);
  return asked;
}

const file = (client: ApiClient, id: string, query: string) =>
  client.request('GET', `/api/conversations/${id}/export?${query}`);
const exported = async (client: ApiClient, id: string): Promise<ExportFile> =>
  (await (await file(client, id, 'format=json')).json()) as ExportFile;
const bringIn = (client: ApiClient, body: unknown) => client.request('POST', '/api/import', body);
const titles = async (client: ApiClient) =>
  (await client.json<{ conversations: Conversation[] }>('GET', '/api/conversations')).conversations.map((c) => c.title);

test('a conversation taken away and brought in by somebody else is identical, with a second question asked again', async () => {
  const [client, other] = [newClient(), newClient()];
  const asked = await answered(client, 'What is "2 + 2"? 为什么\n');
  const again = createId();
  await client.json('POST', `/api/conversations/${asked.conversationId}/retry`, {
    threads: [{ threadId: asked.threadId, questionId: asked.questionId, answerId: again }],
  });
  await client.follow(asked.conversationId);
  await client.json('POST', `/api/conversations/${asked.conversationId}/threads`, {
    id: createId(),
    settings: { model, sampling: { temperature: 0.5 } },
    copy: { threadId: asked.threadId, leafId: asked.answerId },
  });
  const before = await exported(client, asked.conversationId);
  const response = await bringIn(other, before);
  assert.equal(response.status, 201);
  const made = (await response.json()) as { origin: string; conversations: number; messages: number; ids: string[] };
  assert.deepEqual([made.origin, made.conversations, made.messages], ['thinkglass', 1, 5]);
  const after = await exported(other, made.ids[0] ?? '');
  assert.deepEqual(withPlainIds(after), withPlainIds(before));
  const ids = new Set(
    before.conversations.flatMap((c) => [c.id, ...c.threads.map((t) => t.id), ...c.messages.map((m) => m.id)]),
  );
  for (const { id } of after.conversations[0]?.messages ?? []) assert.ok(!ids.has(id), 'ids are new');
  assert.equal((await client.request('GET', `/api/conversations/${made.ids[0]}`)).status, 404, 'and nobody else’s');
  const raw = await other.json('GET', `/api/generations/${after.conversations[0]?.messages[1]?.id}/raw`);
  assert.deepEqual(raw, await client.json('GET', `/api/generations/${asked.answerId}/raw`));
});

test('a file has the name of its conversation, and is never a page', async () => {
  const client = newClient();
  const { conversationId } = await answered(client, 'Was heißt "../x"?\r\nSet-Cookie: y');
  for (const [format, type] of [
    ['md', 'text/markdown'],
    ['json', 'application/json'],
    ['jsonl', 'application/x-ndjson'],
  ]) {
    const response = await file(client, conversationId, `format=${format}`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', new RegExp(`^${type}`));
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    const disposition = response.headers.get('content-disposition');
    assert.equal(
      disposition,
      `attachment; filename="Was hei_t .. x Set-Cookie y.${format}"; filename*=UTF-8''Was%20hei%C3%9Ft%20..%20x%20Set-Cookie%20y.${format}`,
    );
  }
});

test('Markdown has the thinking or has it not, and lines of figures have no text', async () => {
  const client = newClient();
  const { conversationId, answerId } = await answered(client, 'Two and two?');
  const text = async (query: string) => (await file(client, conversationId, query)).text();
  assert.match(await text('format=md'), /> Hm, <b>two<\/b>\./);
  assert.doesNotMatch(await text('format=md&thinking=0'), /Hm/);
  assert.match(await text('format=md&figures=1'), /thinking \+ \d+ answer tokens/);
  const line = await text('format=jsonl');
  assert.equal((JSON.parse(line) as { generationId: string }).generationId, answerId);
  assert.doesNotMatch(line, /Two and two\?|Hm|Four/);
  for (const query of ['', 'format=exe', 'format=md&thinking=maybe']) {
    assert.equal((await file(client, conversationId, query)).status, 400, query);
  }
  assert.equal((await file(newClient(), conversationId, 'format=md')).status, 404);
  assert.equal((await file(client, createId(), 'format=md')).status, 404);
});

test('all data is one zip file that can be imported, without keys', async () => {
  const [client, other] = [newClient(), newClient()];
  await answered(client, 'First?');
  await answered(client, 'Second?');
  await answered(newClient(), 'CANARY of somebody else');
  await client.json('POST', '/api/providers', {
    id: createId(),
    label: 'Mine',
    baseURL: provider.baseURL,
    apiKey: 'sk-secret-canary-abcdefgh',
  });
  const response = await client.request('GET', '/api/export');
  assert.match(response.headers.get('content-disposition') ?? '', /thinkglass \d{4}-\d\d-\d\d\.zip/);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const files = Object.entries(unzipSync(bytes)).map(([name, content]) => [name, strFromU8(content)] as const);
  assert.deepEqual(files.map(([name]) => name).sort(), [
    'README.txt',
    'conversations-001.json',
    'generations.jsonl',
    'markdown/0001 First.md',
    'markdown/0002 Second.md',
    'settings.json',
  ]);
  const all = files.map(([, content]) => content).join('\n');
  assert.doesNotMatch(all, /canary|sealed|efgh/i);
  const textOf = (name: string) => files.find(([own]) => own === name)?.[1] ?? '';
  assert.equal(textOf('generations.jsonl').trimEnd().split('\n').length, 2);
  assert.match(textOf('settings.json'), /"label": "Mine"/);
  assert.equal((await bringIn(other, textOf('conversations-001.json'))).status, 201);
  assert.deepEqual((await titles(other)).sort(), ['First?', 'Second?']);
});

test('somebody without any data gets a zip file too', async () => {
  const response = await newClient().request('GET', '/api/export');
  const names = Object.keys(unzipSync(new Uint8Array(await response.arrayBuffer())));
  assert.deepEqual(names.sort(), ['README.txt', 'generations.jsonl', 'settings.json']);
});

test('a file that is not right is refused whole, in words that lead to the place', async () => {
  const client = newClient();
  const asked = await answered(client, 'Good');
  const good = await exported(newClient(), asked.conversationId).catch(() => undefined);
  assert.equal(good?.conversations, undefined, 'not theirs');
  const own = await exported(client, asked.conversationId);
  const bad = structuredClone(own);
  const second = structuredClone(own.conversations[0]);
  assert.ok(second);
  second.messages[1] = { ...second.messages[1], createdAt: 'now' } as never;
  bad.conversations.push(second);
  const deep = `{"format":"thinkglass","x":${'['.repeat(100)}${']'.repeat(100)}}`;
  const cases: [body: unknown, status: number, words: RegExp][] = [
    [bad, 400, /"conversations\.1\.messages\.1\.createdAt" is not right: .*Nothing was imported/],
    [{ ...own, version: 9 }, 400, /"version" is not 1/],
    ['{"format":', 400, /^The file is not JSON.*Nothing was imported/],
    [deep, 400, /nested/],
    [{ some: 'thing' }, 400, /neither Thinkglass/],
    [[], 400, /holds no conversation/],
    [`"${'x'.repeat(50 * 1024 * 1024)}"`, 413, /larger than 50 MB/],
  ];
  for (const [body, status, words] of cases) {
    const response = await bringIn(client, body);
    assert.equal(response.status, status, String(words));
    assert.match(((await response.json()) as { error: { message: string } }).error.message, words);
  }
  assert.deepEqual(await titles(client), ['Good']);
});

test('ChatGPT’s conversations are found by search, with their thinking as thinking', async () => {
  const client = newClient();
  const message = (role: string, content: unknown) => ({ author: { role }, create_time: 1_736_209_400, content });
  const chats = [
    {
      title: '<img src=x onerror=alert(1)>',
      create_time: 1_736_209_400,
      mapping: {
        root: { parent: null, message: null },
        q: { parent: 'root', message: message('user', { content_type: 'text', parts: ['Where do zebras sleep?'] }) },
        t: {
          parent: 'q',
          message: message('assistant', { content_type: 'thoughts', thoughts: [{ content: 'Stripes at night.' }] }),
        },
        a: { parent: 't', message: message('assistant', { content_type: 'text', parts: ['Standing.'] }) },
      },
      current_node: 'a',
      conversation_id: 'x1',
    },
  ];
  assert.equal((await bringIn(client, chats)).status, 201);
  assert.deepEqual(await titles(client), ['<img src=x onerror=alert(1)>']);
  const { hits } = await client.json<{ hits: { kind: string; conversationId: string }[] }>(
    'GET',
    '/api/search?q=stripes',
  );
  assert.deepEqual(
    hits.map(({ kind }) => kind),
    ['reasoning'],
  );
  const conversation = await client.conversation(hits[0]?.conversationId ?? '');
  assert.equal(conversation.messages[1]?.generation?.providerLabel, 'ChatGPT');
  assert.deepEqual(conversation.messages[1]?.generation?.times, {});
});
