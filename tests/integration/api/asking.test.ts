import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { Message } from '../../../lib/conversation.ts';
import { errorSentence, noticeSentence } from '../../../lib/sentences.ts';
import { createId } from '../../../lib/ids.ts';
import { textOfKind } from '../../../lib/stream-part.ts';
import { applyApiEvent } from '../../fakes/api-client.ts';
import { createFakeProvider } from '../../fakes/provider.ts';
import { callRoute, useRoutes } from '../../fakes/routes.ts';
import type { MessageState } from '../../../lib/stream-part.ts';
import type { Thoughts } from '../../../lib/thoughts.ts';

const provider = await createFakeProvider();
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL, CUSTOM_API_KEY: 'sk-planted-canary-key' });
after(() => provider.close());

const model = (modelKey: string) => ({ providerId: 'custom', modelKey });

/** What is lasting of a message: its visible text and how it ended. */
const lasting = (message: Message | undefined) => ({
  parts: message?.parts,
  times: message?.generation?.times,
  usage: message?.generation?.usage,
  finish: message?.generation?.finish,
  error: message?.generation?.error,
});

const seen = (state: MessageState | undefined) => ({
  parts: state?.segments.filter((s) => s.text !== ''),
  times: state?.times,
  usage: state?.usage,
  finish: state?.finish,
  error: state?.error,
});

test('an answer streams with its thinking apart, and saved is what was seen', async () => {
  const client = newClient();
  const asked = await client.askNew(model('fast-r1'), 'What is six times seven?');
  const state = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
  assert.deepEqual(
    state?.segments.map((s) => s.kind),
    ['reasoning', 'answer'],
  );
  assert.match(state?.segments[1]?.text ?? '', /^You asked: What is six times seven\?/);
  assert.doesNotMatch(JSON.stringify(state?.segments), /<\/?think>/);
  assert.deepEqual(state?.usage, { promptTokens: 10, reasoningTokens: 120, answerTokens: 60, source: 'reported' });
  assert.deepEqual(state?.finish?.outcome, 'complete');

  const conversation = await client.conversation(asked.conversationId);
  assert.equal(conversation.title, 'What is six times seven?');
  assert.deepEqual(
    conversation.messages.map((m) => [m.id, m.role, m.parentId]),
    [
      [asked.questionId, 'user', null],
      [asked.answerId, 'assistant', asked.questionId],
    ],
  );
  assert.deepEqual(lasting(conversation.messages[1]), seen(state));
  assert.equal(conversation.cursor, undefined);
});

test('the row of the token log holds what was asked, of whom, when and at what cost in tokens', async () => {
  const client = newClient();
  const asked = await client.askNew(model('fast-r1'), 'Why?', { sampling: { temperature: 0.3, maxTokens: 99 } });
  await client.follow(asked.conversationId, asked.cursor);
  const row = await client.generation(asked.answerId);
  assert.equal(row.state, 'complete');
  assert.equal(row.modelId, 'fast-r1');
  assert.equal(row.sampling.temperature, 0.3);
  assert.equal(row.sampling.maxTokens, 99);
  const { firstByte, reasoningStart, reasoningEnd, answerStart, end } = row.times;
  const order = [firstByte, reasoningStart, reasoningEnd, answerStart, end] as number[];
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
  const body = JSON.parse(row.request?.body ?? '');
  assert.equal(row.request?.url, `${provider.baseURL}/chat/completions`);
  assert.deepEqual(body.messages, [{ role: 'user', content: 'Why?' }]);
  assert.equal(body.temperature, 0.3);
  assert.doesNotMatch(JSON.stringify(row), /canary/);
});

test('a repeated post is the same post', async () => {
  const client = newClient();
  const asked = await client.askNew(model('gated'), 'Once?');
  const body = {
    text: 'Once?',
    threads: [{ threadId: asked.threadId, parentId: null, questionId: asked.questionId, answerId: asked.answerId }],
  };
  const path = `/api/conversations/${asked.conversationId}/messages`;
  const again = await Promise.all([1, 2, 3].map(() => client.request('POST', path, body)));
  assert.deepEqual(
    again.map((r) => r.status),
    [202, 202, 202],
  );
  const other = await client.request('POST', path, { ...body, text: 'Something else' });
  assert.equal(other.status, 409);
  await client.request('POST', `/api/generations/${asked.answerId}/stop`);
  const conversation = await client.conversation(asked.conversationId);
  assert.equal(conversation.messages.length, 2);
  const asksOfThis = provider.requests.filter((r) => r.body.includes('"Once?"'));
  assert.equal(asksOfThis.length, 1);
});

test('a question posted again in the middle of its answer is followed from the beginning', async () => {
  const client = newClient();
  const asked = await client.askNew(model('gated'), 'Posted twice?');
  await provider.releaseNext();
  await provider.releaseNext(); // the first half of the thinking is out
  for await (const event of client.events(asked.conversationId, asked.cursor)) if (event.event === 'delta') break;
  const ask = {
    text: 'Posted twice?',
    threads: [{ threadId: asked.threadId, parentId: null, questionId: asked.questionId, answerId: asked.answerId }],
  };
  const path = `/api/conversations/${asked.conversationId}/messages`;
  const { cursor } = await client.json<{ cursor?: string }>('POST', path, ask);
  const following = client.follow(asked.conversationId, cursor);
  await provider.releaseNext();
  await provider.releaseNext();
  const state = (await following).get(asked.answerId);
  assert.deepEqual(seen(state), lasting((await client.conversation(asked.conversationId)).messages[1]));
});

test('stop closes the connection upstream, keeps what had arrived, and works twice', async () => {
  const client = newClient();
  const asked = await client.askNew(model('never-ends'), 'Stop me');
  const messages = new Map<string, MessageState>();
  for await (const event of client.events(asked.conversationId, asked.cursor)) {
    applyApiEvent(messages, event);
    if ((messages.get(asked.answerId)?.segments[0]?.text.length ?? 0) > 20) break;
  }
  const request = provider.requests.find((r) => r.body.includes('Stop me'));
  const stoppedAt = Date.now();
  const answer = await client.json('POST', `/api/generations/${asked.answerId}/stop`);
  assert.deepEqual(answer, { state: 'stopped' });
  assert.equal(request && (await provider.ended(request)), 'client');
  assert.ok((request?.ended?.at ?? Infinity) - stoppedAt < 1000);
  assert.deepEqual(await client.json('POST', `/api/generations/${asked.answerId}/stop`), { state: 'stopped' });
  const stored = (await client.conversation(asked.conversationId)).messages[1];
  assert.equal(stored?.parts[0]?.kind, 'reasoning');
  assert.ok((stored?.parts[0]?.text.length ?? 0) >= (messages.get(asked.answerId)?.segments[0]?.text.length ?? 0));
  assert.equal(stored?.generation?.finish?.outcome, 'stopped');
  assert.equal(stored?.generation?.usage?.source, 'estimated');
  assert.equal(stored?.generation?.error, undefined);
});

test('what runs is told with its tokens so far to its owner alone, and then its end', async () => {
  const client = newClient();
  const asked = await client.askNew(model('gated'), 'What runs?');
  await provider.releaseNext();
  for await (const { event } of client.events(asked.conversationId, asked.cursor)) if (event === 'delta') break;
  const { at, running, ended } = await client.json<Thoughts>('GET', '/api/running');
  assert.deepEqual(ended, []);
  assert.deepEqual(
    running.map(({ conversationId, generationId, phase }) => ({ conversationId, generationId, phase })),
    [{ conversationId: asked.conversationId, generationId: asked.answerId, phase: 'thinking' }],
  );
  assert.ok((running[0]?.reasoningTokens ?? 0) > 0);
  assert.deepEqual((await newClient().json<Thoughts>('GET', '/api/running?since=0')).running, []);
  for (let gate = 0; gate < 3; gate++) await provider.releaseNext();
  await client.follow(asked.conversationId, asked.cursor);
  const then = await client.json<Thoughts>('GET', `/api/running?since=${at - 60_000}`);
  assert.deepEqual(then.running, []);
  assert.deepEqual(
    then.ended.map(({ conversationId, answers }) => [conversationId, answers.map(({ answered }) => answered)]),
    [[asked.conversationId, [true]]],
  );
  assert.equal((await client.request('GET', '/api/running?since=then')).status, 400);
});

test('a reader that joins late, one that comes back with its cursor and one that reads it afterwards see the same', async () => {
  const client = newClient();
  const asked = await client.askNew(model('gated'), 'Join me');
  await provider.releaseNext();
  await provider.releaseNext(); // the first half of the thinking is out
  const early = new Map<string, MessageState>();
  let cursor = asked.cursor;
  for await (const event of client.events(asked.conversationId, asked.cursor)) {
    applyApiEvent(early, event);
    cursor = event.id ?? cursor;
    if (early.get(asked.answerId)?.segments[0]?.text) break; // the connection is lost here
  }
  const midway = await client.conversation(asked.conversationId);
  assert.equal(midway.messages[1]?.generation?.state, 'running');
  assert.ok(midway.cursor);
  const late = client.follow(asked.conversationId);
  const back = (async () => {
    for await (const event of client.events(asked.conversationId, cursor)) applyApiEvent(early, event);
  })();
  await provider.releaseNext();
  await provider.releaseNext();
  const [lateMessages] = await Promise.all([late, back]);
  const stored = lasting((await client.conversation(asked.conversationId)).messages[1]);
  assert.deepEqual(seen(early.get(asked.answerId)), stored);
  assert.deepEqual(seen(lateMessages.get(asked.answerId)), stored);
});

test('a reader that has left before its stream begins is not kept', async () => {
  const client = newClient();
  const asked = await client.askNew(model('gated'), 'Who is there?');
  const { getRuntime } = await import('../../../lib/server/runtime.ts');
  const { runLog } = await getRuntime();
  const left = AbortSignal.abort();
  const url = `http://127.0.0.1:3000/api/conversations/${asked.conversationId}/events`;
  const response = await callRoute(new Request(url, { headers: { cookie: client.cookie }, signal: left }));
  assert.equal(response.status, 200);
  assert.equal(runLog.readerCount, 0);
  await client.request('POST', `/api/generations/${asked.answerId}/stop`);
});

test('a page that has what the conversation said goes on from its cursor without a gap', async () => {
  const client = newClient();
  const asked = await client.askNew(model('gated'), 'Reload me');
  await provider.releaseNext();
  await provider.releaseNext();
  const page = await client.conversation(asked.conversationId);
  const message = page.messages[1];
  assert.ok(message?.generation);
  const messages = new Map<string, MessageState>([
    [
      asked.answerId,
      {
        segments: message.parts,
        phase: message.generation.phase ?? 'queued',
        times: message.generation.times,
        notices: [],
      },
    ],
  ]);
  const following = (async () => {
    for await (const event of client.events(asked.conversationId, page.cursor)) {
      assert.notEqual(event.event, 'snapshot');
      applyApiEvent(messages, event);
    }
  })();
  await provider.releaseNext();
  await provider.releaseNext();
  await following;
  const stored = lasting((await client.conversation(asked.conversationId)).messages[1]);
  assert.deepEqual(seen(messages.get(asked.answerId)), stored);
});

test('a follow-up carries the earlier answer and none of its thinking', async () => {
  const client = newClient();
  const asked = await client.askNew(model('fast-r1'), 'First question');
  await client.follow(asked.conversationId, asked.cursor);
  const next = { threadId: asked.threadId, parentId: asked.answerId, questionId: createId(), answerId: createId() };
  const path = `/api/conversations/${asked.conversationId}/messages`;
  const { cursor } = await client.json<{ cursor: string }>('POST', path, { text: 'And then?', threads: [next] });
  await client.follow(asked.conversationId, cursor);
  const sent = JSON.parse((await client.generation(next.answerId)).request?.body ?? '') as {
    messages: { role: string; content: string }[];
  };
  const first = (await client.conversation(asked.conversationId)).messages[1];
  assert.deepEqual(sent.messages, [
    { role: 'user', content: 'First question' },
    { role: 'assistant', content: textOfKind(first?.parts ?? [], 'answer') },
    { role: 'user', content: 'And then?' },
  ]);
});

test('a thread that sends only its latest turns says how many it left out', async () => {
  const client = newClient();
  const asked = await client.askNew(model('plain'), 'First question');
  await client.follow(asked.conversationId, asked.cursor);
  const path = `/api/conversations/${asked.conversationId}/messages`;
  let parentId = asked.answerId;
  const ask = async (text: string) => {
    const next = { threadId: asked.threadId, parentId, questionId: createId(), answerId: createId() };
    const { cursor } = await client.json<{ cursor: string }>('POST', path, { text, threads: [next] });
    await client.follow(asked.conversationId, cursor);
    parentId = next.answerId;
    const row = await client.generation(next.answerId);
    const sent = JSON.parse(row.request?.body ?? '') as { messages: { role: string; content: string }[] };
    const questions = sent.messages.flatMap(({ role, content }) => (role === 'user' ? [content] : []));
    const notices = row.notices.filter(({ code }) => code === 'turns-left-out');
    return { questions, notices: notices.map((notice) => noticeSentence(notice)) };
  };
  await ask('Second');
  const settings = { model: model('plain'), sampling: {} };
  await client.json('PATCH', `/api/threads/${asked.threadId}`, { settings: { ...settings, recentTurns: 1 } });
  assert.deepEqual(await ask('Third'), { questions: ['Second', 'Third'], notices: ['The oldest turn was left out.'] });
  await client.json('PATCH', `/api/threads/${asked.threadId}`, { settings: { ...settings, recentTurns: 0 } });
  assert.deepEqual(await ask('Fourth'), { questions: ['Fourth'], notices: ['The 3 oldest turns were left out.'] });
  await client.json('PATCH', `/api/threads/${asked.threadId}`, { settings });
  assert.equal((await ask('Fifth')).questions.length, 5);
});

test('asking again makes a sibling of the earlier answer', async () => {
  const client = newClient();
  const asked = await client.askNew(model('plain'), 'Twice');
  await client.follow(asked.conversationId, asked.cursor);
  const answerId = createId();
  const threads = [{ threadId: asked.threadId, questionId: asked.questionId, answerId }];
  const path = `/api/conversations/${asked.conversationId}/retry`;
  const { cursor } = await client.json<{ cursor: string }>('POST', path, { threads });
  assert.equal((await client.request('POST', path, { threads })).status, 202);
  await client.follow(asked.conversationId, cursor);
  const { messages } = await client.conversation(asked.conversationId);
  assert.deepEqual(
    messages.map((m) => m.id),
    [asked.questionId, asked.answerId, answerId],
  );
  assert.equal(messages[2]?.parentId, asked.questionId);
  assert.match(textOfKind(messages[2]?.parts ?? [], 'answer'), /^You asked: Twice/);
});

test('what goes wrong at the provider is told in words, with what had arrived', async () => {
  const client = newClient();
  const cases: [string, string, string, RegExp, RegExp][] = [
    ['fail-mid', 'failed', 'provider', /Custom server .* What had arrived is kept/, /You asked/],
    ['cut-mid', 'interrupted', 'interrupted', /connection/i, /step 1/],
    ['rate-limited', 'failed', 'rate', /./, /^$/],
    ['length-in-thinking', 'complete', '', /^$/, /step 1/],
  ];
  for (const [name, outcome, kind, words, text] of cases) {
    const asked = await client.askNew(model(name), `Go wrong: ${name}`);
    await client.follow(asked.conversationId, asked.cursor);
    const stored = (await client.conversation(asked.conversationId)).messages[1];
    assert.equal(stored?.generation?.finish?.outcome, outcome, name);
    assert.equal(stored?.generation?.error?.kind ?? '', kind, name);
    const { error } = stored?.generation ?? {};
    assert.match(error ? errorSentence(error) : '', words, name);
    assert.match(stored?.parts.map((p) => p.text).join('\n') ?? '', text, name);
    assert.doesNotMatch(JSON.stringify(stored), /canary/);
  }
});

test('running out while thinking is complete with a reason, and not an answer', async () => {
  const client = newClient();
  const asked = await client.askNew(model('length-in-thinking'), 'Too long');
  await client.follow(asked.conversationId, asked.cursor);
  const stored = (await client.conversation(asked.conversationId)).messages[1];
  assert.deepEqual(
    stored?.parts.map((p) => p.kind),
    ['reasoning'],
  );
  assert.equal(stored?.generation?.finish?.reason, 'length');
  assert.equal(stored?.generation?.finish?.complete, false);
});

test('a model that is not there is refused before anything is stored', async () => {
  const client = newClient();
  const ids = { id: createId(), threadId: createId() };
  const threads = [{ id: ids.threadId, settings: { model: model('no-such-model'), sampling: {} } }];
  const ask = { text: 'x', threads: [{ threadId: ids.threadId, questionId: createId(), answerId: createId() }] };
  const response = await client.request('POST', '/api/conversations', { id: ids.id, threads, ask });
  assert.equal(response.status, 404);
  assert.match(await response.text(), /no-such-model/);
  assert.equal((await client.request('GET', `/api/conversations/${ids.id}`)).status, 404);
});

test('deleting a conversation stops what runs in it, ends its readers, and nothing comes back', async () => {
  const client = newClient();
  const asked = await client.askNew(model('never-ends'), 'Delete me');
  const joined = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const _event of client.events(asked.conversationId, asked.cursor)) joined.resolve();
  })();
  await joined.promise;
  const request = provider.requests.find((r) => r.body.includes('Delete me'));
  assert.ok(request);
  assert.equal((await client.request('DELETE', `/api/conversations/${asked.conversationId}`)).status, 204);
  assert.equal(await provider.ended(request), 'client');
  await reading;
  assert.equal((await client.request('GET', `/api/conversations/${asked.conversationId}`)).status, 404);
  assert.equal((await client.request('GET', `/api/generations/${asked.answerId}`)).status, 404);
  assert.equal((await client.request('DELETE', `/api/conversations/${asked.conversationId}`)).status, 404);
});

test('conversations are listed newest question first, a page at a time, and can be renamed', async () => {
  const client = newClient();
  const asked = [];
  for (const text of ['one', 'two', 'three']) asked.push(await client.askNew(model('plain'), text));
  type List = { conversations: { id: string; title: string }[]; next?: string };
  const first = await client.json<List>('GET', '/api/conversations?limit=2');
  assert.deepEqual(
    first.conversations.map((c) => c.title),
    ['three', 'two'],
  );
  const second = await client.json<List>(
    'GET',
    `/api/conversations?limit=2&before=${encodeURIComponent(first.next ?? '')}`,
  );
  assert.deepEqual(
    second.conversations.map((c) => c.title),
    ['one'],
  );
  assert.equal(second.next, undefined);
  const renamed = await client.json('PATCH', `/api/conversations/${asked[0]?.conversationId}`, { title: '  Uno  ' });
  assert.equal((renamed as { title: string }).title, 'Uno');
});

test('a model that begins in the middle of its thought is known by its second answer', async () => {
  const implied = await createFakeProvider({
    models: [{ id: 'implied', object: 'model' }],
    respond: () => ({
      steps: [
        { event: { choices: [{ index: 0, delta: { content: 'I think so' } }] } },
        { gate: true },
        { event: { choices: [{ index: 0, delta: { content: '\n</think>\n\nYes.' }, finish_reason: 'stop' }] } },
      ],
    }),
  });
  try {
    const { ModelHabits } = await import('../../../lib/server/generation/model-habits.ts');
    const { getRuntime } = await import('../../../lib/server/runtime.ts');
    const { generate } = await import('../../../lib/server/generation/generate.ts');
    const { createRegistry } = await import('../../../lib/server/providers/registry.ts');
    const { config } = await getRuntime();
    const registry = createRegistry({
      keys: {},
      custom: [{ id: 'implied', label: 'Implied', baseURL: implied.baseURL }],
      localServers: [],
      limits: config.limits,
    });
    await registry.discover();
    const found = registry.findModel({ providerId: 'implied', modelKey: 'implied' });
    assert.ok(found);
    const habits = new ModelHabits();
    const kinds: string[] = [];
    for (let turn = 0; turn < 2; turn++) {
      const running = generate({
        adapter: found.adapter,
        request: {
          model: found.model,
          messages: [{ role: 'user', content: 'So?' }],
          sampling: {},
          signal: new AbortController().signal,
        },
        splitter: { startsInReasoning: habits.startsInReasoning(found.model) },
        now: () => 0,
        emit: (parts) => {
          const first = parts.find((p) => p.type === 'delta');
          if (first?.type === 'delta' && first.seg === 0) kinds.push(first.kind);
        },
      });
      await implied.releaseNext();
      const record = await running;
      assert.deepEqual(record.state.segments, [
        { kind: 'reasoning', text: 'I think so' },
        { kind: 'answer', text: 'Yes.' },
      ]);
      habits.learn(found.model, record.startedInReasoning);
    }
    assert.deepEqual(kinds, ['answer', 'reasoning']);
  } finally {
    await implied.close();
  }
});
