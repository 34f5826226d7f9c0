import assert from 'node:assert/strict';
import test, { after, describe } from 'node:test';
import { continueRequest } from '../../../lib/continuation.ts';
import { noticeSentence } from '../../../lib/sentences.ts';
import type { Message } from '../../../lib/conversation.ts';
import { createId } from '../../../lib/ids.ts';
import { questionText } from '../../../lib/server/protocols/replay/questions.ts';
import { textOfKind } from '../../../lib/stream-part.ts';
import type { ApiClient, Asked } from '../../fakes/api-client.ts';
import {
  chunk,
  createFakeProvider,
  doneStep,
  type FakeResponse,
  type FakeStep,
  textChunk,
} from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

/** What a model says first, and what when it goes on; both as chunks of the chat protocol. */
const scripts: Record<string, { first: FakeStep[]; rest: FakeStep[] }> = {
  'answer-inline': {
    first: [chunk({ content: '<think>\nA short thought.\n</think>\n\nThe answer begins' }), chunk({}, 'length')],
    rest: [chunk({ content: ' and ends.' }), chunk({}, 'stop')],
  },
  'answer-field': {
    first: [
      chunk({ reasoning_content: 'A short thought.' }),
      chunk({ content: 'The answer begins' }),
      chunk({}, 'length'),
    ],
    rest: [chunk({ content: ' and ends.' }), chunk({}, 'stop')],
  },
  // vLLM's parser of R1's format, which takes all text without a closing tag for thinking.
  'answer-misfiled': {
    first: [
      chunk({ reasoning_content: 'A short thought.' }),
      chunk({ content: 'The answer begins' }),
      chunk({}, 'length'),
    ],
    rest: [chunk({ reasoning_content: ' and ends.' }), chunk({}, 'stop')],
  },
  'thought-inline': {
    first: [chunk({ content: '<think>\nA thought that is cut in `the' }), chunk({}, 'length')],
    rest: [
      chunk({ content: ' middle</think>` of code.\n</th' }),
      chunk({ content: 'ink>\n\nDone.' }),
      chunk({}, 'stop'),
    ],
  },
  'thinks-on': {
    first: [chunk({ reasoning_content: 'On and on' }), { hang: true }],
    rest: [chunk({ content: 'Now.' }), chunk({}, 'stop')],
  },
  'thinks-on-inline': {
    first: [chunk({ content: '<think>\nOn and on' }), { hang: true }],
    rest: [chunk({ content: 'Now.' }), chunk({}, 'stop')],
  },
};
const usageOf = (tokens: number): FakeStep[] => [
  { event: { choices: [], usage: { prompt_tokens: 50, completion_tokens: tokens, total_tokens: 50 + tokens } } },
  doneStep,
];

interface Sent {
  model: string;
  messages: Record<string, unknown>[];
  prompt?: string;
}

function respond(body: string): FakeResponse | undefined {
  const { model, messages = [], prompt } = JSON.parse(body) as Sent;
  if (prompt !== undefined) {
    if (prompt.endsWith('Six times</think>\n\n') || prompt.endsWith('\n</think>\n\n')) {
      return { steps: [textChunk('<answer> 42 </answer>'), textChunk('', 'stop'), ...usageOf(5)] };
    }
    if (prompt.endsWith('Six times')) {
      return { steps: [textChunk(' seven. </think> <answer> 42 </answer>', 'stop'), ...usageOf(9)] };
    }
    return { steps: [textChunk(' <think> Six times'), textChunk('', 'length'), ...usageOf(4)] };
  }
  const script = scripts[model];
  if (!script) return undefined;
  const goesOn = messages.at(-1)?.role === 'assistant' || messages.at(-1)?.content === continueRequest;
  return { steps: [...(goesOn ? script.rest : script.first), ...usageOf(goesOn ? 3 : 8)] };
}

const models = [...Object.keys(scripts), 'base'].map((id) => ({ id, object: 'model' }));
const provider = await createFakeProvider({
  models,
  respond: ({ body }) => respond(body),
  elsewhere: ({ path, body }) => (path === '/beta/chat/completions' ? respond(body) : undefined),
});
after(() => provider.close());
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL, THINKGLASS_REPLAY_SPEED: '1000' });

/** A client with a server of this kind, and the server's id. */
async function clientWith(presetId: string): Promise<{ client: ApiClient; providerId: string }> {
  const client = newClient();
  const id = createId();
  await client.json('POST', '/api/providers', {
    id,
    label: presetId,
    baseURL: provider.baseURL,
    presetId,
    apiKey: 'k',
  });
  return { client, providerId: id };
}

async function askAndEnd(client: ApiClient, model: { providerId: string; modelKey: string }, settings = {}) {
  const question = model.providerId === 'replay' ? questionText('capital') : 'What is six times seven?';
  const asked = await client.askNew(model, question, settings);
  await client.follow(asked.conversationId, asked.cursor);
  return asked;
}

interface Continued {
  way: string;
  cursor?: string;
  generations: { id: string }[];
}

const continueFrom = (client: ApiClient, asked: Asked, more: Record<string, unknown> = {}) =>
  client.request('POST', `/api/conversations/${asked.conversationId}/continue`, {
    threadId: asked.threadId,
    fromId: asked.answerId,
    questionId: createId(),
    answerId: createId(),
    ...more,
  });

/** Goes on, and answers the new message, what was seen of it, and what was sent. */
async function goOn(client: ApiClient, asked: Asked, more: Record<string, unknown> = {}) {
  const response = await continueFrom(client, asked, more);
  assert.equal(response.status, 202, await response.clone().text());
  const { way, cursor, generations } = (await response.json()) as Continued;
  const states = await client.follow(asked.conversationId, cursor);
  const { messages } = await client.conversation(asked.conversationId);
  const message = messages.find(({ id }) => id === generations[0]?.id) as Message;
  const seen = states.get(message.id)?.segments.filter(({ text }) => text !== '');
  assert.deepEqual(message.parts, seen, 'saved is what was seen');
  const row = await client.generation(message.id);
  return {
    way,
    message,
    messages,
    url: row.request?.url ?? '',
    sent: JSON.parse(row.request?.body ?? '') as Sent & Record<string, unknown>,
  };
}

const thought = (message: Message) => textOfKind(message.parts, 'reasoning');
const answer = (message: Message) => textOfKind(message.parts, 'answer');
const toldOf = ({ generation }: Message) =>
  generation?.notices
    .slice(0, 1)
    .map((n) => noticeSentence(n))
    .join() ?? '';

describe('an answer that was cut is gone on with', () => {
  test('at DeepSeek by a prefix at its beta address, its thought in the field for it', async () => {
    const { client, providerId } = await clientWith('deepseek');
    const asked = await askAndEnd(client, { providerId, modelKey: 'answer-field' });
    const { way, message, url, sent } = await goOn(client, asked);
    assert.equal(way, 'same');
    assert.equal(url, `${provider.origin}/beta/chat/completions`);
    assert.deepEqual(sent.messages, [
      { role: 'user', content: 'What is six times seven?' },
      { role: 'assistant', content: 'The answer begins', reasoning_content: 'A short thought.', prefix: true },
    ]);
    assert.equal(thought(message), 'A short thought.');
    assert.equal(answer(message), 'The answer begins and ends.');
    assert.equal(message.parentId, asked.questionId);
    assert.equal(message.generation?.continues, asked.answerId);
    // Its tokens are its own: what came before was counted before.
    assert.deepEqual(message.generation?.usage, {
      promptTokens: 50,
      reasoningTokens: 0,
      answerTokens: 3,
      source: 'reported',
    });
  });

  test('at vLLM as the final message, without what its template would drop, and what its parser misfiles is an answer', async () => {
    const { client, providerId } = await clientWith('vllm');
    const asked = await askAndEnd(client, { providerId, modelKey: 'answer-misfiled' });
    const { message, url, sent } = await goOn(client, asked);
    assert.equal(url, `${provider.baseURL}/chat/completions`);
    assert.deepEqual(sent.messages.at(-1), {
      role: 'assistant',
      content: 'The answer begins',
      reasoning_content: 'A short thought.',
    });
    assert.equal(sent.continue_final_message, true);
    assert.equal(sent.add_generation_prompt, false);
    assert.deepEqual([thought(message), answer(message)], ['A short thought.', 'The answer begins and ends.']);
  });

  test('at SGLang behind the prompt, to the character, also inside a thought and inside its code', async () => {
    const { client, providerId } = await clientWith('sglang');
    const asked = await askAndEnd(client, { providerId, modelKey: 'thought-inline' });
    const { message, sent } = await goOn(client, asked);
    assert.deepEqual(sent.messages.at(-1), { role: 'assistant', content: '<think>\nA thought that is cut in `the' });
    assert.equal(sent.continue_final_message, true);
    assert.equal(thought(message).trimEnd(), 'A thought that is cut in `the middle</think>` of code.');
    assert.equal(answer(message), 'Done.');
    // Cut a second time at the same place it would be the same once more: each begins from the first.
    const again = await goOn(client, asked);
    assert.deepEqual(again.message.parts, message.parts);
  });

  test('of a raw completion by its prompt and all its text', async () => {
    const client = newClient();
    const asked = await askAndEnd(
      client,
      { providerId: 'custom', modelKey: 'base' },
      { promptTemplate: 'r1-zero-raw' },
    );
    const first = JSON.parse((await client.generation(asked.answerId)).request?.body ?? '') as Sent;
    const { message, sent, url } = await goOn(client, asked);
    assert.equal(url, `${provider.baseURL}/completions`);
    assert.equal(sent.prompt, `${first.prompt} <think> Six times`);
    assert.deepEqual([thought(message), answer(message)], ['Six times seven.', '42']);
    const raw = await client.json<{ pieces: { text: string }[] }>('GET', `/api/generations/${message.id}/raw`);
    assert.equal(
      raw.pieces.map(({ text }) => text).join(''),
      ' <think> Six times seven. </think> <answer> 42 </answer>',
    );
  });

  test('where nobody knows how, in a new turn that says so', async () => {
    const client = newClient();
    const asked = await askAndEnd(client, { providerId: 'custom', modelKey: 'answer-inline' });
    const { way, message, messages, sent } = await goOn(client, asked);
    assert.equal(way, 'turn');
    assert.deepEqual(sent.messages, [
      { role: 'user', content: 'What is six times seven?' },
      { role: 'assistant', content: 'The answer begins' },
      { role: 'user', content: continueRequest },
    ]);
    assert.equal(toldOf(message), 'Asked to continue in a new turn.');
    assert.equal(messages.find(({ id }) => id === message.parentId)?.parentId, asked.answerId);
    assert.equal(message.generation?.continues, undefined);
  });

  test('an unfinished thought is sent back in a new turn as what was said, where it cannot be gone on with', async () => {
    const { client, providerId } = await clientWith('vllm');
    const asked = await askAndEnd(client, { providerId, modelKey: 'thought-inline' });
    const { way, sent, message } = await goOn(client, asked);
    assert.equal(way, 'turn');
    assert.equal(sent.messages[1]?.content, 'A thought that is cut in `the');
    assert.match(toldOf(message), /unfinished thinking was sent back/);
  });

  test('of a recording by the rest of what was recorded', async () => {
    const client = newClient();
    const budget = questionText('power');
    const model = (modelKey: string) => ({ providerId: 'replay', modelKey });
    const whole = await client.askNew(model('r1-budget'), budget, { sampling: { maxTokens: 100_000 } });
    const all = (await client.follow(whole.conversationId, whole.cursor)).get(whole.answerId);
    const cut = await client.askNew(model('r1-budget'), budget);
    await client.follow(cut.conversationId, cut.cursor);
    let from = cut;
    for (let i = 0; i < 20; i++) {
      const { message, way } = await goOn(client, from);
      assert.equal(way, 'same');
      if (message.generation?.finish?.reason === 'stop') {
        assert.deepEqual(
          message.parts,
          all?.segments.filter(({ text }) => text !== ''),
        );
        return;
      }
      from = { ...from, answerId: message.id };
    }
    assert.fail('it never came to its end');
  });

  test('once, however often it is asked for with the same ids', async () => {
    const { client, providerId } = await clientWith('deepseek');
    const asked = await askAndEnd(client, { providerId, modelKey: 'answer-field' });
    const ids = { questionId: createId(), answerId: createId() };
    const answers = await Promise.all([1, 2, 3].map(() => continueFrom(client, asked, ids)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 202, 202],
    );
    await client.follow(asked.conversationId);
    assert.equal((await continueFrom(client, asked, ids)).status, 202);
    assert.equal((await client.conversation(asked.conversationId)).messages.length, 3);
  });

  test('not when it came to its end, nor when it is somebody else’s', async () => {
    const client = newClient();
    const done = await askAndEnd(client, { providerId: 'replay', modelKey: 'v3' });
    assert.equal((await continueFrom(client, done)).status, 409);
    assert.equal((await continueFrom(newClient(), done)).status, 404);
  });
});

describe('answer now', () => {
  /** Waits for the first word, then has the thinking ended. */
  async function cutShort(client: ApiClient, model: { providerId: string; modelKey: string }) {
    const asked = await client.askNew(model, 'What is six times seven?');
    for await (const { event } of client.events(asked.conversationId, asked.cursor)) if (event === 'delta') break;
    return asked;
  }

  test('closes the thought and asks for the answer by prefix', async () => {
    const { client, providerId } = await clientWith('deepseek');
    const asked = await cutShort(client, { providerId, modelKey: 'thinks-on' });
    const { way, message, messages, sent } = await goOn(client, asked, { answerNow: true });
    assert.equal(way, 'same');
    assert.deepEqual(sent.messages.at(-1), {
      role: 'assistant',
      content: '',
      reasoning_content: 'On and on',
      prefix: true,
    });
    assert.deepEqual([thought(message), answer(message)], ['On and on', 'Now.']);
    assert.equal(messages.find(({ id }) => id === asked.answerId)?.generation?.state, 'stopped');
    assert.match(toldOf(message), /^The thinking was ended here/);
  });

  test('writes the closing tag where the text itself is sent', async () => {
    const { client, providerId } = await clientWith('sglang');
    const asked = await cutShort(client, { providerId, modelKey: 'thinks-on-inline' });
    const { message, sent } = await goOn(client, asked, { answerNow: true });
    assert.equal(sent.messages.at(-1)?.content, '<think>\nOn and on\n</think>\n\n');
    assert.deepEqual([thought(message).trimEnd(), answer(message)], ['On and on', 'Now.']);
  });

  test('of a raw completion, which stopped in its thought', async () => {
    const client = newClient();
    const asked = await askAndEnd(
      client,
      { providerId: 'custom', modelKey: 'base' },
      { promptTemplate: 'r1-zero-raw' },
    );
    const { message } = await goOn(client, asked, { answerNow: true });
    assert.deepEqual([thought(message).trimEnd(), answer(message)], ['Six times', '42']);
  });

  test('is refused where no server takes it, and the thought goes on', async () => {
    const client = newClient();
    const asked = await cutShort(client, { providerId: 'custom', modelKey: 'thinks-on-inline' });
    const response = await continueFrom(client, asked, { answerNow: true });
    assert.equal(response.status, 409);
    const { messages } = await client.conversation(asked.conversationId);
    assert.equal(messages.length, 2);
    assert.equal(messages[1]?.generation?.state, 'running');
    await client.request('POST', `/api/generations/${asked.answerId}/stop`);
  });

  test('does not stop a stranger’s answer', async () => {
    const client = newClient();
    const asked = await cutShort(client, { providerId: 'custom', modelKey: 'thinks-on-inline' });
    assert.equal((await continueFrom(newClient(), asked, { answerNow: true })).status, 404);
    assert.equal((await client.generation(asked.answerId)).state, 'running');
    await client.request('POST', `/api/generations/${asked.answerId}/stop`);
  });
});

describe('asking again', () => {
  test('another model is asked once, and the thread keeps its own', async () => {
    const client = newClient();
    const asked = await askAndEnd(client, { providerId: 'replay', modelKey: 'v3' }, { systemPrompt: 'Be brief.' });
    const answerId = createId();
    const other = { providerId: 'custom', modelKey: 'answer-inline' };
    const body = {
      threads: [
        {
          threadId: asked.threadId,
          questionId: asked.questionId,
          answerId,
          model: other,
          sampling: { temperature: 0.1 },
        },
      ],
    };
    const { cursor } = await client.json<{ cursor: string }>(
      'POST',
      `/api/conversations/${asked.conversationId}/retry`,
      body,
    );
    await client.follow(asked.conversationId, cursor);
    const { threads, messages } = await client.conversation(asked.conversationId);
    assert.equal(threads[0]?.settings.model.modelKey, 'v3');
    assert.equal(threads[0]?.leafId, answerId);
    const generation = messages.find(({ id }) => id === answerId)?.generation;
    assert.deepEqual(
      [generation?.providerId, generation?.modelKey, generation?.sampling],
      ['custom', 'answer-inline', { temperature: 0.1 }],
    );
    // A continuation is by the model that was cut, whatever the thread's is.
    const { sent } = await goOn(client, { ...asked, answerId });
    assert.equal(sent.model, 'answer-inline');
  });
});

describe('a branch that is deleted', () => {
  test('ends what runs in it and is nowhere any more', async () => {
    const client = newClient();
    const asked = await client.askNew({ providerId: 'custom', modelKey: 'thinks-on-inline' }, 'Go?');
    for await (const { event } of client.events(asked.conversationId, asked.cursor)) if (event === 'delta') break;
    const upstream = provider.requests.findLast(({ body }) => body.includes('"Go?"'));
    assert.equal((await newClient().request('DELETE', `/api/messages/${asked.answerId}`)).status, 404);
    const { messageIds } = await client.json<{ messageIds: string[] }>('DELETE', `/api/messages/${asked.answerId}`);
    assert.deepEqual(messageIds, [asked.questionId, asked.answerId]);
    assert.equal(upstream && (await provider.ended(upstream)), 'client');
    const { messages, threads } = await client.conversation(asked.conversationId);
    assert.deepEqual(messages, []);
    assert.equal(threads[0]?.leafId, undefined);
    assert.equal((await client.request('GET', `/api/generations/${asked.answerId}`)).status, 404);
    assert.equal((await client.request('DELETE', `/api/messages/${asked.answerId}`)).status, 404);
  });

  test('the branch that is looked at is remembered', async () => {
    const client = newClient();
    const asked = await askAndEnd(client, { providerId: 'replay', modelKey: 'v3' });
    const path = `/api/threads/${asked.threadId}`;
    assert.equal(
      (await client.json<{ leafId?: string }>('PATCH', path, { leafId: asked.questionId })).leafId,
      asked.questionId,
    );
    assert.equal((await client.request('PATCH', path, { leafId: createId() })).status, 404);
    assert.equal((await client.request('PATCH', path, {})).status, 400);
    assert.equal((await client.conversation(asked.conversationId)).threads[0]?.leafId, asked.questionId);
  });
});
