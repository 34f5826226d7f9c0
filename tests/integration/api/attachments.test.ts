import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { attachmentLimits } from '../../../lib/attachment.ts';
import { noticeSentence } from '../../../lib/sentences.ts';
import type { ConversationDetail } from '../../../lib/conversation.ts';
import { createId } from '../../../lib/ids.ts';
import type { ApiClient } from '../../fakes/api-client.ts';
import { createFakeProvider } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const provider = await createFakeProvider({
  models: [
    { id: 'fast-r1', architecture: { input_modalities: ['text', 'image'] } },
    { id: 'cut', architecture: { input_modalities: ['text'] } },
  ],
});
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL, CUSTOM_API_KEY: 'sk-canary' });
after(() => provider.close());

const seeing = { providerId: 'custom', modelKey: 'fast-r1' };
const blind = { providerId: 'custom', modelKey: 'cut' };
const image = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(3000, 7)]).toString('base64');
const notes = { name: 'notes.md', text: 'Cats ```purr```.\n' };
const photo = { name: 'cat.png', image };

interface Column {
  threadId: string;
  questionId: string;
  answerId: string;
}

/** What creates a conversation with its first question asked of these models. */
function firstAsk(models: (typeof seeing)[], attachments: unknown[], text = 'What is it?') {
  const columns = models.map((): Column => ({ threadId: createId(), questionId: createId(), answerId: createId() }));
  const threads = columns.map(({ threadId }, i) => ({ id: threadId, settings: { model: models[i], sampling: {} } }));
  const asked = columns.map((column) => ({ ...column, parentId: null }));
  const body = { id: createId(), threads, ask: { text, threads: asked, attachments } };
  return { body, columns, column: columns[0] as Column }; // one a model
}

async function askFirst(client: ApiClient, attachments: unknown[], text?: string) {
  const { body, column } = firstAsk([seeing], attachments, text);
  const created = await client.json<ConversationDetail>('POST', '/api/conversations', body);
  await client.follow(created.id, created.cursor);
  return { ...column, id: created.id, body };
}

const sentBy = async (client: ApiClient, answerId: string) => {
  const { request } = await client.generation(answerId);
  return { recorded: request?.body ?? '', real: provider.requests.find((r) => kept(r.body) === request?.body)?.body };
};
const kept = (body: string) => body.replaceAll(image, `(${image.length} characters of base64)`);

test('files go to the model with their question, now and in later turns, and the record leaves out only the picture', async () => {
  const client = newClient();
  const { id, threadId, questionId, answerId } = await askFirst(client, [notes, photo]);
  const asked = {
    role: 'user',
    content: [
      { type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } },
      { type: 'text', text: 'Attached file "notes.md":\n````\nCats ```purr```.\n````\n\nWhat is it?' },
    ],
  };
  const { recorded, real } = await sentBy(client, answerId);
  assert.deepEqual(JSON.parse(real ?? '').messages, [asked]);
  assert.ok(recorded.length < 1000 && recorded.includes('characters of base64'));

  const [question] = (await client.conversation(id)).messages;
  assert.deepEqual(question?.parts, [{ kind: 'answer', text: 'What is it?' }]);
  assert.deepEqual(question?.attachments, [
    { id: `${questionId}.0`, name: 'notes.md', mediaType: 'text/plain', size: 17 },
    { id: `${questionId}.1`, name: 'cat.png', mediaType: 'image/png', size: 3008 },
  ]);

  const later = { threadId, parentId: answerId, questionId: createId(), answerId: createId() };
  const path = `/api/conversations/${id}/messages`;
  const { cursor } = await client.json<{ cursor: string }>('POST', path, { text: 'And?', threads: [later] });
  await client.follow(id, cursor);
  const messages = JSON.parse((await sentBy(client, later.answerId)).real ?? '').messages;
  assert.deepEqual([messages[0], messages[2]], [asked, { role: 'user', content: 'And?' }]);
});

test('a repeated post with files is the same post; with other files it is a clash', async () => {
  const client = newClient();
  const { id, body } = await askFirst(client, [photo], 'Posted twice, with a cat?');
  const path = `/api/conversations/${id}/messages`;
  assert.equal((await client.request('POST', path, body.ask)).status, 202);
  assert.equal((await client.request('POST', '/api/conversations', body)).status, 200);
  assert.equal((await client.request('POST', path, { ...body.ask, attachments: [notes] })).status, 409);
  assert.equal(provider.requests.filter((r) => r.body.includes('Posted twice, with a cat?')).length, 1);
});

test('a picture for a model that takes none is refused before anything is stored, in a comparison too', async () => {
  const client = newClient();
  for (const models of [[blind], [seeing, blind]]) {
    const { body } = firstAsk(models, [photo], 'A blind question');
    const refused = await client.request('POST', '/api/conversations', body);
    assert.equal(refused.status, 415);
    assert.match((await refused.json()).error.message, /^cut takes no pictures\./);
    assert.equal((await client.request('GET', `/api/conversations/${body.id}`)).status, 404);
  }
  assert.equal(provider.requests.filter((r) => r.body.includes('A blind question')).length, 0);
  const { body } = firstAsk([blind], [notes]); // a text is for everybody
  assert.equal((await client.request('POST', '/api/conversations', body)).status, 201);

  const { id, threadId, questionId } = await askFirst(client, [photo]);
  const retry = { threads: [{ threadId, questionId, answerId: createId(), model: blind }] };
  assert.equal((await client.request('POST', `/api/conversations/${id}/retry`, retry)).status, 415);
});

test('a file that is here already comes along again by its id, and only its owner’s', async () => {
  const client = newClient();
  const { id, threadId, questionId } = await askFirst(client, [notes, photo]);
  const place = { threadId, parentId: null, questionId: createId(), answerId: createId() };
  const attachments = [{ id: `${questionId}.1` }, { name: 'more.txt', text: 'more' }];
  const ask = { text: 'In other words?', threads: [place], attachments };
  const path = `/api/conversations/${id}/messages`;
  const { cursor } = await client.json<{ cursor: string }>('POST', path, ask);
  await client.follow(id, cursor);
  const { messages } = await client.conversation(id);
  assert.deepEqual(
    messages.find((m) => m.id === place.questionId)?.attachments?.map(({ name }) => name),
    ['cat.png', 'more.txt'],
  );
  assert.equal((await client.request('POST', path, ask)).status, 202);
  const stranger = firstAsk([seeing], [{ id: `${questionId}.1` }]).body;
  assert.equal((await newClient().request('POST', '/api/conversations', stranger)).status, 404);
});

test('a person may say that a model takes pictures', async () => {
  const client = newClient();
  const say = (takesImages: boolean, model: typeof seeing) =>
    client.json('PUT', '/api/models/overrides', { overrides: [{ ...model, override: { takesImages } }] });
  await say(true, blind);
  await say(false, seeing);
  const statusOf = async (model: typeof seeing) =>
    (await client.request('POST', '/api/conversations', firstAsk([model], [photo]).body)).status;
  assert.deepEqual([await statusOf(blind), await statusOf(seeing)], [201, 415]);
});

test('a picture that the thread’s model can no longer take is named in later turns', async () => {
  const client = newClient();
  const { id, threadId, answerId } = await askFirst(client, [photo]);
  await client.json('PATCH', `/api/threads/${threadId}`, { settings: { model: blind, sampling: {} } });
  const later = { threadId, parentId: answerId, questionId: createId(), answerId: createId() };
  const path = `/api/conversations/${id}/messages`;
  const { cursor } = await client.json<{ cursor: string }>('POST', path, { text: 'Still there?', threads: [later] });
  const state = (await client.follow(id, cursor)).get(later.answerId);
  assert.ok(state?.notices.some((n) => n.code === 'picture-left-out' && noticeSentence(n).includes('"cat.png"')));
  const { real } = await sentBy(client, later.answerId);
  assert.equal(JSON.parse(real ?? '').messages[0].content, '[Picture "cat.png", not sent]\n\nWhat is it?');
});

test('a file is given back to its owner, as what it is and nothing that could run', async () => {
  const client = newClient();
  const page = { name: 'täuschung "x".html', text: '<script>alert(1)</script>' };
  const { questionId } = await askFirst(client, [page, photo]);
  const text = await client.request('GET', `/api/attachments/${questionId}.0`);
  assert.equal(await text.text(), page.text);
  assert.equal(text.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.equal(
    text.headers.get('content-disposition'),
    `attachment; filename="t_uschung x.html"; filename*=UTF-8''t%C3%A4uschung%20x.html`,
  );
  const picture = await client.request('GET', `/api/attachments/${questionId}.1`);
  assert.deepEqual(Buffer.from(await picture.arrayBuffer()), Buffer.from(image, 'base64'));
  assert.equal(picture.headers.get('content-type'), 'image/png');
  for (const response of [text, picture]) {
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'; sandbox/);
  }
  const ids = [`${questionId}.2`, `${questionId}`, `${createId()}.0`, 'x'];
  for (const id of ids) assert.equal((await client.request('GET', `/api/attachments/${id}`)).status, 404);
  assert.equal((await newClient().request('GET', `/api/attachments/${questionId}.1`)).status, 404);
});

test('what is too large, too many or no file that is taken is refused in words that name it', async () => {
  const client = newClient();
  const refusal = async (attachments: unknown[]) => {
    const response = await client.request('POST', '/api/conversations', firstAsk([seeing], attachments).body);
    return [response.status, (await response.json()).error?.message];
  };
  const svg = { name: 'x.png', image: Buffer.from('<svg xmlns="x"/>').toString('base64') };
  assert.deepEqual(await refusal([svg]), [415, '"x.png" is not a picture in PNG, JPEG, WebP or GIF.']);
  assert.equal((await refusal([{ name: 'a', text: 'a\0b' }]))[0], 415);
  assert.equal((await refusal([{ name: 'a', text: 'a'.repeat(attachmentLimits.textBytes + 1) }]))[0], 413);
  assert.equal((await refusal(Array(9).fill(notes)))[0], 413);
  assert.equal((await refusal([{ name: 'a' }]))[0], 400);
  const body = JSON.stringify(firstAsk([seeing], [{ name: 'a', text: 'a'.repeat(10 * 1024 * 1024) }]).body);
  assert.equal((await client.request('POST', '/api/conversations', body)).status, 413);
});
