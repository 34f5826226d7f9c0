import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { createId } from '../../../lib/ids.ts';
import type { ProviderModels, Sampling, TokenLikelihood } from '../../../lib/model.ts';
import type { RawText } from '../../../lib/raw-text.ts';
import { loadModel } from '../../../lib/server/protocols/inside/engine.ts';
import { insideFile, insideRecords } from '../../../lib/server/protocols/inside/models.ts';
import type { ApiClient } from '../../fakes/api-client.ts';
import { goOn, saidBy } from '../../fakes/continuing.ts';
import { useRoutes } from '../../fakes/routes.ts';

const { newClient } = useRoutes({ INSIDE_TOKENS_PER_SECOND: '40' });
const zero = { providerId: 'inside', modelKey: 'tiny-zero' };
const file = insideRecords.find(({ id }) => id === zero.modelKey);
assert.ok(file);
const { vocabulary } = loadModel(readFileSync(insideFile(file)));
const tokensIn = (text: string) => vocabulary.encode(text).length;
/** Thought about for some thirty tokens at temperature 0. */
const easy = 'make 58 from 6, 10 and 2';

async function askToItsEnd(client: ApiClient, sampling: Sampling) {
  const asked = await client.askNew(zero, easy, { sampling });
  await client.follow(asked.conversationId, asked.cursor);
  return { asked, saved: await answerOf(client, asked) };
}

async function answerOf(client: ApiClient, { conversationId, answerId }: { conversationId: string; answerId: string }) {
  const saved = (await client.conversation(conversationId)).messages.find(({ id }) => id === answerId);
  assert.ok(saved?.generation);
  return { ...saved, generation: saved.generation };
}

test('a model inside is asked like any other: thought, answer, and every token told', async () => {
  const { saved } = await askToItsEnd(newClient(), { temperature: 0 });
  const { thought, answer } = saidBy(saved);
  assert.match(thought, /^\d+ [-+*] \d+ = /);
  const { usage, finish } = saved.generation;
  assert.deepEqual([finish?.outcome, finish?.reason, usage?.source], ['complete', 'stop', 'reported']);
  assert.equal(usage?.promptTokens, tokensIn(' Use 6 10 2 to make 58 .'));
  assert.equal(usage?.reasoningTokens, tokensIn(` ${thought}`));
  // four tags, and the token that ends a text
  assert.equal(usage?.answerTokens, tokensIn(` ${answer}`) + 5);
});

test('a text that is stopped has its tokens counted too, with the first question that a model is asked', async () => {
  const client = newClient();
  const model = { ...zero, modelKey: 'tiny-zero-60' };
  const asked = await client.askNew(model, 'make 26 from 3, 5 and 7', { sampling: { temperature: 0 } });
  let deltas = 0;
  for await (const { event } of client.events(asked.conversationId, asked.cursor)) {
    if (event !== 'delta') continue;
    deltas += 1;
    if (deltas === 3) await client.request('POST', `/api/generations/${asked.answerId}/stop`);
  }
  const { generation } = await answerOf(client, asked);
  const { pieces } = await client.json<RawText>('GET', `/api/generations/${asked.answerId}/raw`);
  const text = pieces.map((piece) => piece.text).join('');
  const { promptTokens, reasoningTokens = 0, answerTokens = 0, source } = generation.usage ?? {};
  assert.deepEqual([generation.state, source], ['stopped', 'events']);
  assert.equal(promptTokens, tokensIn(' Use 3 5 7 to make 26 .'));
  assert.equal(reasoningTokens + answerTokens, tokensIn(text));
  assert.ok(reasoningTokens > 0);
});

test('cut by a limit in the thought or in the answer, it goes on to what it would have said', async () => {
  const client = newClient();
  const greedy: Sampling = { temperature: 0 };
  const whole = saidBy((await askToItsEnd(client, greedy)).saved);
  for (const maxTokens of [9, tokensIn(` ${whole.thought}`) + 6]) {
    const { asked, saved } = await askToItsEnd(client, { ...greedy, maxTokens });
    assert.deepEqual([saved.generation.finish?.reason, saved.generation.finish?.complete], ['length', false]);
    await client.json('PATCH', `/api/threads/${asked.threadId}`, { settings: { model: zero, sampling: greedy } });
    const { way, message } = await goOn(client, asked, asked.answerId);
    assert.equal(way, 'same');
    assert.deepEqual(saidBy(message), whole);
  }
});

test('how likely the tokens of an answer were is read from it again, also where it was gone on with', async () => {
  const client = newClient();
  const greedy = { temperature: 0 };
  const { asked } = await askToItsEnd(client, { ...greedy, maxTokens: 9 });
  await client.json('PATCH', `/api/threads/${asked.threadId}`, { settings: { model: zero, sampling: greedy } });
  const { message } = await goOn(client, asked, asked.answerId);
  const likelihoodsOf = (id: string) =>
    client.json<{ tokens: TokenLikelihood[] }>('GET', `/api/generations/${id}/likelihoods`);
  const textOf = async (id: string) =>
    (await client.json<RawText>('GET', `/api/generations/${id}/raw`)).pieces.map(({ text }) => text).join('');
  for (const id of [asked.answerId, message.id]) {
    const { tokens } = await likelihoodsOf(id);
    assert.ok(tokens.length >= 9);
    assert.equal(tokens.map(({ text }) => text).join(''), await textOf(id));
    // at temperature 0 each was the likeliest
    for (const { text, logprob, top } of tokens) {
      assert.deepEqual([top.length, top[0]?.text, top[0]?.logprob], [5, text, logprob]);
    }
  }
  const { providers } = await client.json<{ providers: ProviderModels[] }>('GET', '/api/models');
  const telling = providers.filter(({ provider }) => provider.tellsLikelihoods);
  assert.deepEqual(
    telling.map(({ provider }) => provider.id),
    [zero.providerId],
  );
  const other = await client.request('GET', `/api/generations/${createId()}/likelihoods`);
  assert.equal(other.status, 404);
  const stranger = await newClient().request('GET', `/api/generations/${asked.answerId}/likelihoods`);
  assert.equal(stranger.status, 404);
});
