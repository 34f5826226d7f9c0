import assert from 'node:assert/strict';
import test, { after, describe } from 'node:test';
import { judgeThinking } from '../../../lib/asked-thinking.ts';
import type { Message } from '../../../lib/conversation.ts';
import { createId } from '../../../lib/ids.ts';
import type { MessageState } from '../../../lib/stream-part.ts';
import { type ApiClient, type Asked, applyApiEvent } from '../../fakes/api-client.ts';
import { ask, goOn, saidBy, toldOf } from '../../fakes/continuing.ts';
import { type LlamaBuild, llamaCpp, puzzle, puzzleInline } from '../../fakes/llamacpp.ts';
import { createFakeProvider, type FakeProvider } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const builds: LlamaBuild[] = ['now', 'repeats', 'refuses-both', 'refuses-thinking'];
const models = { field: puzzle, inline: puzzleInline };
const servers = new Map<LlamaBuild, FakeProvider>();
for (const build of builds) servers.set(build, await createFakeProvider(llamaCpp({ models, build })));
const budgets = { obeys: puzzle, ignores: { ...puzzle, ignoresBudget: true as const } };
const running = {
  long: { ...puzzle, gateAfter: 5 },
  'thinks-on': { ...puzzle, gateAfter: 5, goesOn: true as const },
  'long-inline': { ...puzzleInline, gateAfter: 6 },
  'answers-on': { ...puzzle, hangAfter: 2 },
};
const controlled = await createFakeProvider(llamaCpp({ models: { ...running, ...budgets } }));
const uncontrolled = await createFakeProvider(llamaCpp({ models: running, withoutControl: true }));
after(() => Promise.all([...servers.values(), controlled, uncontrolled].map((server) => server.close())));
const { newClient } = useRoutes({ THINKGLASS_REPLAY_SPEED: '1000' });

const whole = {
  field: { thought: '7 * 3 = 21 , 21 + 5 = 26 yes', answer: '5 + 7 * 3' },
  inline: { thought: '7 * 3 = 21 , 21 + 5 = 26 yes', answer: '7 * 3 + 5' },
};

async function clientOf(server: FakeProvider | undefined): Promise<{ client: ApiClient; providerId: string }> {
  assert.ok(server);
  const client = newClient();
  const providerId = createId();
  await client.json('POST', '/api/providers', {
    id: providerId,
    label: 'llama.cpp',
    baseURL: server.baseURL,
    presetId: 'llamacpp',
    apiKey: 'k',
  });
  return { client, providerId };
}

/** Waits until what runs has said so much. */
async function textsUntil(client: ApiClient, asked: Asked, text: string): Promise<void> {
  const messages = new Map<string, MessageState>();
  for await (const event of client.events(asked.conversationId, asked.cursor)) {
    applyApiEvent(messages, event);
    if (messages.get(asked.answerId)?.segments.some((segment) => segment.text.includes(text))) return;
  }
}

describe('llama.cpp goes on wherever it was cut, and nothing is there twice', () => {
  for (const build of builds) {
    for (const modelKey of ['field', 'inline'] as const) {
      // Who writes the tags itself has no template that opens them.
      if (build === 'refuses-thinking' && modelKey === 'inline') continue;
      // A thought of 12 tokens (and its tags), an answer of 5 (and its tags).
      for (const cuts of [[3], [12, 2], [13], [16], [4, 4, 4, 4, 4]]) {
        test(`build "${build}", ${modelKey}, cut after ${cuts.join(', then ')} tokens`, async () => {
          const { client, providerId } = await clientOf(servers.get(build));
          const asked = await ask(client, { providerId, modelKey }, { maxTokens: cuts[0] ?? 1 });
          let fromId = asked.answerId;
          for (let i = 1; i < 30; i++) {
            await client.json('PATCH', `/api/threads/${asked.threadId}`, {
              settings: { model: { providerId, modelKey }, sampling: { maxTokens: cuts[i] ?? 50 } },
            });
            const from = (await client.conversation(asked.conversationId)).messages.find(({ id }) => id === fromId);
            if (build === 'refuses-thinking' && from && saidBy(from).answer === '') {
              // It cannot be handed an open thought at all: it says so.
              const { message } = await goOn(client, asked, fromId);
              assert.equal(message.generation?.state, 'failed');
              return;
            }
            const { way, message } = await goOn(client, asked, fromId);
            assert.equal(way, 'same');
            assert.equal(message.generation?.state, 'complete', JSON.stringify(message.generation?.error));
            fromId = message.id;
            if (message.generation?.finish?.reason === 'stop') {
              assert.deepEqual(saidBy(message), whole[modelKey]);
              return;
            }
          }
          assert.fail('it never came to its end');
        });
      }
    }
  }

  test('inside a thought, with the field in which its thinking came', async () => {
    const { client, providerId } = await clientOf(servers.get('now'));
    const asked = await ask(client, { providerId, modelKey: 'field' }, { maxTokens: 8 });
    const { sent } = await goOn(client, asked, asked.answerId);
    const { messages, continue_final_message, add_generation_prompt } = sent;
    assert.deepEqual((messages as unknown[]).at(-1), {
      role: 'assistant',
      content: '',
      reasoning_content: ' 7 * 3 = 21 , 21 +',
    });
    assert.deepEqual([continue_final_message, add_generation_prompt], [true, false]);
  });

  test('with its tags, where it wrote them itself', async () => {
    const { client, providerId } = await clientOf(servers.get('now'));
    const asked = await ask(client, { providerId, modelKey: 'inline' }, { maxTokens: 9 });
    const { sent } = await goOn(client, asked, asked.answerId);
    assert.deepEqual((sent.messages as unknown[]).at(-1), {
      role: 'assistant',
      content: '<think> 7 * 3 = 21 , 21 +',
    });
  });

  test('without its thinking where a build takes none, and that is said', async () => {
    const { client, providerId } = await clientOf(servers.get('refuses-thinking'));
    const asked = await ask(client, { providerId, modelKey: 'field' }, { maxTokens: 15 });
    const { message, sent } = await goOn(client, asked, asked.answerId);
    assert.deepEqual(sent.chat_template_kwargs, { enable_thinking: false });
    assert.match(toldOf(message).join(), /prefill is incompatible/);
  });
});

describe('a thinking budget at llama.cpp', () => {
  for (const [modelKey, thought, kept] of [
    ['obeys', 5, true],
    ['ignores', 12, false],
  ] as const) {
    test(`is sent under its names, and the account says that the model ${modelKey} it`, async () => {
      const { client, providerId } = await clientOf(controlled);
      const asked = await ask(client, { providerId, modelKey }, { thinkingBudget: 5 });
      const { request, usage, sampling } = await client.generation(asked.answerId);
      const { thinking_budget_tokens, reasoning_budget_tokens, thinking } = JSON.parse(request?.body ?? '{}');
      assert.deepEqual([thinking_budget_tokens, reasoning_budget_tokens, thinking], [5, 5, undefined]);
      assert.deepEqual(judgeThinking(sampling, usage), { most: 5, thought, kept });
    });
  }
});

test('a raw completion that was gone on with is gone on with, exactly, as often as it is cut', async () => {
  const { client, providerId } = await clientOf(servers.get('now'));
  const model = { providerId, modelKey: 'field' };
  const settings = { promptTemplate: 'r1-zero-raw' as const, sampling: { maxTokens: 4 } };
  const asked = await client.askNew(model, 'Use 3 5 7 to make 26 .', settings);
  await client.follow(asked.conversationId, asked.cursor);
  const first = JSON.parse((await client.generation(asked.answerId)).request?.body ?? '') as { prompt: string };
  let fromId = asked.answerId;
  let written = ' <think> 7 * 3';
  for (let i = 0; i < 9; i++) {
    const { message, sent } = await goOn(client, asked, fromId);
    assert.equal(sent.prompt, first.prompt + written);
    const { pieces } = await client.json<{ pieces: { text: string }[] }>('GET', `/api/generations/${message.id}/raw`);
    written = pieces.map(({ text }) => text).join('');
    fromId = message.id;
    if (message.generation?.finish?.reason !== 'stop') continue;
    assert.equal(written, ' <think> 7 * 3 = 21 , 21 + 5 = 26 yes </think> <answer> 5 + 7 * 3 </answer>');
    return;
  }
  assert.fail('it never came to its end');
});

describe('answer now at llama.cpp', () => {
  test('closes the thought by the field for it', async () => {
    const { client, providerId } = await clientOf(servers.get('now'));
    const asked = await ask(client, { providerId, modelKey: 'field' }, { maxTokens: 5 });
    const { message, sent } = await goOn(client, asked, asked.answerId, { answerNow: true });
    assert.equal(sent.continue_final_message, 'content');
    assert.deepEqual(saidBy(message), { thought: '7 * 3 = 21', answer: whole.field.answer });
    assert.match(toldOf(message).join(), /^The thinking was ended here/);
  });

  test('is not said to have ended a thought that went on, as at a build that knows no such field', async () => {
    const { client, providerId } = await clientOf(servers.get('repeats'));
    const asked = await ask(client, { providerId, modelKey: 'field' }, { maxTokens: 5 });
    await client.json('PATCH', `/api/threads/${asked.threadId}`, {
      settings: { model: { providerId, modelKey: 'field' }, sampling: {} },
    });
    const { message } = await goOn(client, asked, asked.answerId, { answerNow: true });
    assert.deepEqual(saidBy(message), whole.field);
    assert.match(toldOf(message).join(), /the model went on thinking/);
    assert.doesNotMatch(toldOf(message).join(), /The thinking was ended here/);
  });

  for (const withoutControl of [false, true]) {
    test(`of an answer that runs: ${withoutControl ? 'stopped and gone on with' : 'in the same stream'}`, async () => {
      const { client, providerId } = await clientOf(withoutControl ? uncontrolled : controlled);
      const asked = await client.askNew({ providerId, modelKey: 'long' }, 'Use 3 5 7 to make 26 .');
      const seen = textsUntil(client, asked, '21');
      await seen;
      const body = { threadId: asked.threadId, fromId: asked.answerId, questionId: createId(), answerId: createId() };
      const post = () =>
        client.json<{ way: string; cursor?: string; generations: { id: string }[] }>(
          'POST',
          `/api/conversations/${asked.conversationId}/continue`,
          { ...body, answerNow: true },
        );
      const { way, cursor } = await post();
      assert.equal(way, withoutControl ? 'same' : 'stream');
      await client.follow(asked.conversationId, cursor);
      assert.equal((await post()).way, way, 'asked again it is the same');
      const { messages } = await client.conversation(asked.conversationId);
      assert.equal(messages.length, withoutControl ? 3 : 2);
      const message = messages.at(-1) as Message;
      assert.equal(message.generation?.state, 'complete');
      assert.deepEqual(saidBy(message), { thought: '7 * 3 = 21', answer: whole.field.answer });
      assert.match(toldOf(message).join(), /The thinking was ended here/);
    });
  }

  test('of thinking that the server said it ended, and that went on: stopped and gone on with', async () => {
    const { client, providerId } = await clientOf(controlled);
    const asked = await client.askNew({ providerId, modelKey: 'thinks-on' }, 'Use 3 5 7 to make 26 .');
    await textsUntil(client, asked, '21');
    const { way, message } = await goOn(client, asked, asked.answerId, { answerNow: true });
    assert.equal(way, 'same');
    assert.match(saidBy(message).thought, /^7 \* 3 = 21( on)+$/);
    assert.equal(saidBy(message).answer, whole.field.answer);
  });

  test('of thinking between tags, which the server only says it ended: stopped and gone on with', async () => {
    const { client, providerId } = await clientOf(controlled);
    const asked = await client.askNew({ providerId, modelKey: 'long-inline' }, 'Use 3 5 7 to make 26 .');
    await textsUntil(client, asked, '21');
    const { way, message } = await goOn(client, asked, asked.answerId, { answerNow: true });
    assert.equal(way, 'same');
    assert.deepEqual(saidBy(message), { thought: '7 * 3 = 21', answer: whole.inline.answer });
  });

  test('is for nothing where the answer has begun', async () => {
    const { client, providerId } = await clientOf(controlled);
    const asked = await client.askNew({ providerId, modelKey: 'answers-on' }, 'Use 3 5 7 to make 26 .');
    await textsUntil(client, asked, '5 +');
    const response = await client.json<{ way: string }>('POST', `/api/conversations/${asked.conversationId}/continue`, {
      threadId: asked.threadId,
      fromId: asked.answerId,
      questionId: createId(),
      answerId: createId(),
      answerNow: true,
    });
    assert.equal(response.way, 'stream');
    assert.equal((await client.generation(asked.answerId)).state, 'running');
    await client.request('POST', `/api/generations/${asked.answerId}/stop`);
  });

  test('writes the closing tag where the model wrote the opening one', async () => {
    const { client, providerId } = await clientOf(servers.get('now'));
    const asked = await ask(client, { providerId, modelKey: 'inline' }, { maxTokens: 6 });
    const { message } = await goOn(client, asked, asked.answerId, { answerNow: true });
    assert.deepEqual(saidBy(message), { thought: '7 * 3 = 21', answer: whole.inline.answer });
  });
});
