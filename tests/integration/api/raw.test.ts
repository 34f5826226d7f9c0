import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after } from 'node:test';
import type { ThreadSettings } from '../../../lib/conversation.ts';
import { noticeSentence } from '../../../lib/sentences.ts';
import { createId } from '../../../lib/ids.ts';
import { textOfKind } from '../../../lib/stream-part.ts';
import { chunk, createFakeProvider, doneStep } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const provider = await createFakeProvider({
  respond: ({ path, json }) => {
    if (!path.endsWith('/chat/completions')) return undefined;
    if (json.model !== 'plain') return { steps: [chunk({ content: 'Hello.' }), chunk({}, 'stop'), doneStep] };
    const loop = Array.from({ length: 80 }, () =>
      chunk({ content: ' Wait, let me check that again, to be sure of it.' }),
    );
    return { steps: [...loop, chunk({ content: ' Forty-two.' }), chunk({}, 'stop'), doneStep] };
  },
});
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL, THINKGLASS_REPLAY_SPEED: '100000' });
after(() => provider.close());

/** The paper's template; the file ends in a line end, the prompt does not. */
const template = readFileSync(new URL('../../fixtures/r1-zero-template.txt', import.meta.url), 'utf8').slice(0, -1);
const question = 'What is "six" times $7?';
const zeroPrompt = template.replace('{prompt}', () => question);

async function complete(modelKey: string, settings: Partial<ThreadSettings>, text = question) {
  const client = newClient();
  const asked = await client.askNew({ providerId: 'custom', modelKey }, text, settings);
  const state = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
  assert.ok(state);
  const received = provider.requests.findLast(({ path }) => path === '/v1/completions');
  assert.ok(received);
  return { client, asked, state, received };
}

/** A body as the page would show it: the prompt escaped as JSON escapes it, the fields in this order, and no others. */
const bodyOf = (prompt: string) =>
  `{"model":"base","prompt":${JSON.stringify(prompt)},"max_tokens":16384,"stop":["\\nUser:"],"stream":true,"stream_options":{"include_usage":true}}`;

test('R1-Zero as it was trained: the body is the template byte for byte, ending in "Assistant:"', async () => {
  const { state, received, client, asked } = await complete('base', { promptTemplate: 'r1-zero-raw' });
  assert.equal(received.body, bodyOf(zeroPrompt));
  assert.ok(zeroPrompt.endsWith('User: What is "six" times $7?. Assistant:'));
  assert.deepEqual(
    state.segments.filter((s) => s.text !== ''),
    [
      { kind: 'reasoning', text: 'Six times seven is forty-two.' },
      { kind: 'answer', text: '42' },
    ],
  );
  assert.deepEqual(state.notices, []);
  const row = await client.generation(asked.answerId);
  assert.deepEqual(row.request, { url: `${provider.baseURL}/completions`, body: received.body });
  assert.deepEqual(row.sampling, { maxTokens: 16_384, stop: ['\nUser:'] });
});

test('the same ending in "Assistant: <think>" streams into the thinking from its first character', async () => {
  const settings = { promptTemplate: 'r1-zero-raw', opensThinking: true } as const;
  const { client, asked, received } = await complete('base-opened', settings);
  assert.equal(received.body, bodyOf(`${zeroPrompt} <think>`).replace('"base"', '"base-opened"'));
  const saved = (await client.conversation(asked.conversationId)).messages.find((m) => m.id === asked.answerId);
  assert.deepEqual(saved?.parts, [
    { kind: 'reasoning', text: 'Six times seven is forty-two.' },
    { kind: 'answer', text: '42' },
  ]);
});

test('a follow-up stands in the template in its own words, without the earlier thinking', async () => {
  const { client, asked } = await complete('base', { promptTemplate: 'r1-zero-raw' }, 'First');
  const ids = { questionId: createId(), answerId: createId() };
  const thread = { threadId: asked.threadId, parentId: asked.answerId, ...ids };
  const again = await client.json<{ cursor: string }>('POST', `/api/conversations/${asked.conversationId}/messages`, {
    text: 'Second',
    threads: [thread],
  });
  await client.follow(asked.conversationId, again.cursor);
  const expected = template.replace('{prompt}', 'First. Assistant: <answer> 42 </answer> User: Second');
  assert.equal(provider.requests.at(-1)?.body, bodyOf(expected));
});

test("an invented user's turn is cut where it begins, and the call is ended", async () => {
  const { state, received, client, asked } = await complete('base-invents', { promptTemplate: 'r1-zero-raw' });
  assert.equal(await provider.ended(received), 'client');
  assert.equal(textOfKind(state.segments, 'answer'), '42');
  assert.match(textOfKind(state.segments, 'discarded'), /^User: And what is/);
  assert.deepEqual(
    state.notices.map((n) => [n.code, noticeSentence(n)]),
    [['turn-cut', 'The model began to invent a user’s turn; it was cut there.']],
  );
  assert.equal(state.finish?.outcome, 'complete');
  assert.equal(state.finish?.reason, 'stop');
  assert.equal(state.finish?.complete, true);
  assert.equal(state.error, undefined);
  const saved = (await client.conversation(asked.conversationId)).messages.find((m) => m.id === asked.answerId);
  assert.deepEqual(saved?.generation?.notices, state.notices);
});

test('a completion that repeats itself is stopped, and says so', async () => {
  const { state, received } = await complete('base-loops', { promptTemplate: 'r1-zero-raw' });
  assert.equal(await provider.ended(received), 'client');
  assert.deepEqual(
    state.notices.map((n) => n.code),
    ['repeating'],
  );
  assert.deepEqual([state.finish?.outcome, state.finish?.complete], ['complete', false]);
  const thinking = textOfKind(state.segments, 'reasoning');
  assert.ok(thinking.length > 1_500 && thinking.length < 10_000, `${thinking.length}`);
});

test('a chat that repeats itself is told of, once, and goes on', async () => {
  const client = newClient();
  const asked = await client.askNew({ providerId: 'custom', modelKey: 'plain' }, question);
  const state = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
  assert.deepEqual(
    state?.notices.filter((n) => n.code !== 'model-differs').map((n) => n.code),
    ['repeating'],
  );
  assert.match(textOfKind(state?.segments ?? [], 'answer'), / Forty-two\.$/);
  assert.deepEqual([state?.finish?.outcome, state?.finish?.complete], ['complete', true]);
});

test('a prompt written by hand is sent as it was written, with its own stop strings', async () => {
  const settings = {
    promptTemplate: 'raw',
    rawPrompt: 'Q: {{question}}\nA: {{unknown}}<think>\n',
    sampling: { stop: ['\nQ:'], maxTokens: 5, temperature: 0 },
  } as const;
  const { state, received } = await complete('base-opened', {
    ...settings,
    sampling: { ...settings.sampling, stop: ['\nQ:'] },
  });
  assert.equal(
    received.body,
    JSON.stringify({
      model: 'base-opened',
      prompt: `Q: ${question}\nA: {{unknown}}<think>\n`,
      temperature: 0,
      max_tokens: 5,
      stop: ['\nQ:'],
      stream: true,
      stream_options: { include_usage: true },
    }),
  );
  assert.deepEqual(
    state.notices.map((n) => noticeSentence(n)),
    ['Not a variable, and sent as it stands: {{unknown}}.'],
  );
  assert.equal(textOfKind(state.segments, 'reasoning'), 'Six times seven is forty-two.');
});

test('what a raw completion shows about a model changes nothing about its chats', async () => {
  // The continuation closes a tag that nobody opened: in a chat that would teach us about the model's chat template.
  await complete('base-opened', { promptTemplate: 'raw', rawPrompt: 'no opener here' });
  const client = newClient();
  const asked = await client.askNew({ providerId: 'custom', modelKey: 'base-opened' }, question);
  const kinds: unknown[] = [];
  for await (const { event, data } of client.events(asked.conversationId, asked.cursor)) {
    if (event === 'delta') kinds.push(data.kind);
  }
  assert.deepEqual([...new Set(kinds)], ['answer']);
});

test('the preview is the body that asking sends, and asks nobody', async () => {
  const settings = { promptTemplate: 'r1-zero-raw', opensThinking: true, sampling: { temperature: 0.6 } } as const;
  const { client, received } = await complete('base', settings);
  const before = provider.requests.length;
  const preview = await client.json('POST', '/api/prompts/preview', {
    settings: { model: { providerId: 'custom', modelKey: 'base' }, ...settings },
    text: question,
  });
  assert.deepEqual(preview, {
    request: { url: `${provider.baseURL}/completions`, body: received.body },
    unknownVariables: [],
  });
  assert.equal(provider.requests.length, before);
});

test('a preview names unknown variables, and is refused for what is no settings and no model', async () => {
  const client = newClient();
  const model = { providerId: 'custom', modelKey: 'base' };
  const settings = { model, promptTemplate: 'raw', rawPrompt: '{{history}}{{nonsense}}' };
  const { unknownVariables } = await client.json<{ unknownVariables: string[] }>('POST', '/api/prompts/preview', {
    settings,
    text: '',
  });
  assert.deepEqual(unknownVariables, ['nonsense']);
  const status = async (body: unknown) => (await client.request('POST', '/api/prompts/preview', body)).status;
  assert.equal(await status({ settings: { model: { providerId: 'custom', modelKey: 'gone' } }, text: '' }), 404);
  assert.equal(await status({ settings: { ...settings, promptTemplate: 'other' }, text: '' }), 400);
  assert.equal(await status({ settings: { ...settings, rawPrompt: 'x'.repeat(200_001) }, text: '' }), 400);
  assert.equal(
    await status({ settings: { ...settings, rawPrompt: '{{question}}'.repeat(100) }, text: 'x'.repeat(90_000) }),
    413,
  );
});

test('the recordings answer the raw prompt too, so it can be tried without a key', async () => {
  const client = newClient();
  const model = { providerId: 'replay', modelKey: 'r1-zero' };
  const asked = await client.askNew(model, 'Solve √(x + 7) = x − 5.', { promptTemplate: 'r1-zero-raw' });
  const state = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
  assert.equal(state?.finish?.outcome, 'complete');
  assert.ok(textOfKind(state?.segments ?? [], 'reasoning').length > 200);
  assert.match((await client.generation(asked.answerId)).request?.url ?? '', /\/completions$/);
});
