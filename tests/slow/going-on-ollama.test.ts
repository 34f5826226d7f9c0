import assert from 'node:assert/strict';
import test, { after, describe } from 'node:test';
import { createId } from '../../lib/ids.ts';
import { ask, goOn, saidBy, toldOf } from '../fakes/continuing.ts';
import { puzzle } from '../fakes/llamacpp.ts';
import { createFakeOllama, type FakeOllama } from '../fakes/ollama.ts';
import { useRoutes } from '../fakes/routes.ts';

const thinks = ['completion', 'thinking'];
const speech = { thought: puzzle.thought, answer: puzzle.answer };
const ollamaModels = {
  'keeps:latest': { capabilities: thinks, speaks: { ...speech, template: 'keeps' as const } },
  'drops:latest': { capabilities: ['completion'], speaks: { ...speech, template: 'drops' as const } },
  'opens:latest': { capabilities: thinks, speaks: { ...speech, template: 'opens' as const } },
};
const ollama = await createFakeOllama({ models: ollamaModels });
const olderOllama = await createFakeOllama({ models: ollamaModels, rendersNothing: true });
after(() => Promise.all([ollama.close(), olderOllama.close()]));
const { newClient } = useRoutes({});
const whole = { thought: '7 * 3 = 21 , 21 + 5 = 26 yes', answer: '5 + 7 * 3' };

/** A client with an Ollama, asked in its own protocol, or by its `/v1` as an operator may have it. */
async function clientOfOllama(server: FakeOllama, protocol: 'native' | 'v1') {
  const client = newClient();
  const providerId = createId();
  await client.json('POST', '/api/providers', {
    id: providerId,
    label: 'Ollama',
    baseURL: `${server.origin}/v1`,
    ...(protocol === 'native' && { presetId: 'ollama' }),
  });
  return { client, providerId };
}

describe('Ollama goes on wherever it was cut, whatever its template', () => {
  for (const protocol of ['native', 'v1'] as const) {
    for (const modelKey of Object.keys(ollamaModels)) {
      for (const cuts of [[4], [11, 3], [15], [4, 4, 4, 4]]) {
        test(`${protocol}, template ${modelKey}, cut after ${cuts.join(', then ')} tokens`, async () => {
          const { client, providerId } = await clientOfOllama(ollama, protocol);
          const asked = await ask(client, { providerId, modelKey }, { maxTokens: cuts[0] ?? 1 });
          let fromId = asked.answerId;
          for (let i = 1; i < 10; i++) {
            await client.json('PATCH', `/api/threads/${asked.threadId}`, {
              settings: { model: { providerId, modelKey }, sampling: { maxTokens: cuts[i] ?? 50 } },
            });
            const { way, message } = await goOn(client, asked, fromId);
            assert.equal(way, 'same');
            assert.deepEqual(toldOf(message), []);
            fromId = message.id;
            if (message.generation?.finish?.reason === 'stop') {
              assert.deepEqual(saidBy(message), whole);
              return;
            }
          }
          assert.fail('it never came to its end');
        });
      }

      test(`${protocol}, template ${modelKey}: answer now`, async () => {
        const { client, providerId } = await clientOfOllama(ollama, protocol);
        const asked = await ask(client, { providerId, modelKey }, { maxTokens: 6 });
        await client.json('PATCH', `/api/threads/${asked.threadId}`, {
          settings: { model: { providerId, modelKey }, sampling: {} },
        });
        const { message } = await goOn(client, asked, asked.answerId, { answerNow: true });
        const { thought, answer } = saidBy(message);
        assert.ok(whole.thought.startsWith(thought) && thought !== whole.thought, thought);
        assert.equal(answer, whole.answer);
        assert.match(toldOf(message).join(), /^The thinking was ended here/);
      });
    }
  }

  test('an older one by the last message, and only where it has a place for its thinking', async () => {
    const { client, providerId } = await clientOfOllama(olderOllama, 'native');
    const model = (modelKey: string) => ({ providerId, modelKey });
    const kept = await ask(client, model('keeps:latest'), { maxTokens: 6 });
    await client.json('PATCH', `/api/threads/${kept.threadId}`, {
      settings: { model: model('keeps:latest'), sampling: {} },
    });
    const { message, sent } = await goOn(client, kept, kept.answerId, { answerNow: true });
    assert.deepEqual((sent.messages as unknown[]).at(-1), {
      role: 'assistant',
      content: '',
      thinking: ' 7 * 3 = 21 ,',
    });
    assert.equal(saidBy(message).answer, whole.answer);
    const dropped = await ask(client, model('drops:latest'), { maxTokens: 6 });
    const refused = await client.request('POST', `/api/conversations/${dropped.conversationId}/continue`, {
      threadId: dropped.threadId,
      fromId: dropped.answerId,
      questionId: createId(),
      answerId: createId(),
      answerNow: true,
    });
    assert.equal(refused.status, 409);
    assert.equal((await goOn(client, dropped, dropped.answerId)).way, 'turn');
  });
});
