import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after } from 'node:test';
import type { AnswerPrefix, CompletionPrompt, ProviderPart, Sampling } from '../../../lib/model.ts';
import { createInsideAdapter } from '../../../lib/server/protocols/inside/adapter.ts';
import { loadModel } from '../../../lib/server/protocols/inside/engine.ts';
import { insideFile, insideRecords, listInsideModels } from '../../../lib/server/protocols/inside/models.ts';
import { type Asked, collect, errorOf, partsOf } from './ask.ts';

/** So slow that no text comes to its end while a test looks at it. */
const slow = createInsideAdapter({ label: 'Inside', tokensPerSecond: 1 });
const quick = createInsideAdapter({ label: 'Inside', tokensPerSecond: 100_000 });
after(() => Promise.all([slow.close(), quick.close()]));

const file = insideRecords.find(({ id }) => id === 'tiny-zero');
assert.ok(file);
const { vocabulary } = loadModel(readFileSync(insideFile(file)));
const puzzle = 'Use 10 12 3 to make 90 .';

interface Case {
  sampling?: Sampling;
  prefix?: AnswerPrefix;
  completion?: CompletionPrompt;
  logprobs?: number;
  signal?: AbortSignal;
}

function request(id: string, { sampling = {}, prefix, completion, logprobs, signal }: Case) {
  const model = listInsideModels().find((one) => one.id === id);
  assert.ok(model);
  const messages = completion ? [] : [{ role: 'user' as const, content: puzzle }];
  return {
    ...{ model, messages, sampling, signal: signal ?? new AbortController().signal },
    ...(prefix && { prefix }),
    ...(completion && { completion }),
    ...(logprobs !== undefined && { logprobs }),
  };
}

async function ask(id: string, asked: Case = {}): Promise<Asked> {
  const parts: ProviderPart[] = [];
  for await (const part of quick.ask(request(id, asked))) parts.push(part);
  return collect(parts);
}

const usageOf = ({ parts }: Asked) => partsOf(parts, 'usage')[0]?.usage;
const greedy = { temperature: 0 } as const;

test('a seed decides what is written, and without one no two texts need be the same', async () => {
  const textOf = async (sampling: Sampling) => (await ask('tiny-zero', { sampling })).content;
  assert.equal(await textOf({ seed: 11 }), await textOf({ seed: 11 }));
  const texts = new Set<string>();
  for (let seed = 0; seed < 8; seed++) texts.add(await textOf({ seed }));
  assert.ok(texts.size > 4, `${texts.size} different texts of 8 seeds`);
});

test('what is reported is what was read and written, to the token', async () => {
  for (const id of ['tiny-zero', 'tiny-r1']) {
    for (let seed = 0; seed < 6; seed++) {
      const asked = await ask(id, { sampling: { seed } });
      const thought = /^(?:<think>)?([^<]*)<\/think>/.exec(asked.content)?.[1] ?? '';
      const opened = id === 'tiny-r1' ? 1 : 0;
      assert.deepEqual(
        usageOf(asked),
        {
          promptTokens: vocabulary.encode(` ${puzzle}`).length + opened,
          outputTokens: vocabulary.encode(asked.content).length + 1, // the one that ends a text is not seen
          reasoningTokens: vocabulary.encode(thought).length,
        },
        asked.content,
      );
      assert.deepEqual(asked.last, { type: 'finish', reason: 'stop' });
    }
  }
});

test('a limit cuts it after so many tokens, and says that it was the limit', async () => {
  const whole = await ask('tiny-zero', { sampling: greedy });
  for (const maxTokens of [1, 8, 40]) {
    const cut = await ask('tiny-zero', { sampling: { ...greedy, maxTokens } });
    assert.deepEqual([cut.last, usageOf(cut)?.outputTokens], [{ type: 'finish', reason: 'length' }, maxTokens]);
    assert.ok(whole.content.startsWith(cut.content) && vocabulary.encode(cut.content).length === maxTokens);
    assert.deepEqual(partsOf(cut.parts, 'notice'), []);
  }
});

test('a text ends where a stop string would begin, whichever tokens it is made of', async () => {
  const whole = await ask('tiny-zero', { sampling: greedy });
  for (const stop of ['</think>', ' no 12', 'o', '<answer> (', '= 36 ,']) {
    const stopped = await ask('tiny-zero', { sampling: { ...greedy, stop: ['never said', stop] } });
    const at = whole.content.indexOf(stop);
    assert.ok(at > 0, stop);
    assert.equal(stopped.content, whole.content.slice(0, at));
    assert.deepEqual(stopped.last, { type: 'finish', reason: 'stop' });
    const reached = vocabulary.encode(whole.content.slice(0, at + stop.length)).length;
    assert.ok((usageOf(stopped)?.outputTokens ?? Number.NaN) <= reached + 1);
  }
  const unstopped = await ask('tiny-zero', { sampling: { ...greedy, stop: ['never said'] } });
  assert.equal(unstopped.content, whole.content);
});

test('going on from any place, in the thought or in the answer, brings the rest of the same text', async () => {
  for (const id of ['tiny-zero', 'tiny-r1']) {
    const whole = await ask(id, { sampling: greedy });
    const tokens = vocabulary.encode(whole.content);
    for (let cut = 0; cut < tokens.length; cut += Math.ceil(tokens.length / 6)) {
      const exact = vocabulary.decode(tokens.slice(0, cut));
      const prefix = { reasoning: '', thoughtOver: exact.includes('</think>'), answer: '', exact };
      const rest = await ask(id, { sampling: greedy, prefix });
      assert.equal(exact + rest.content, whole.content);
      const raw = JSON.parse(partsOf(whole.parts, 'request')[0]?.body ?? '') as { prompt: string };
      const completion = { prompt: raw.prompt + exact, stop: [] };
      assert.equal((await ask(id, { sampling: greedy, completion })).content, rest.content);
    }
  }
});

test('how likely each token was is told where it is asked for, with the five likeliest', async () => {
  const likelihoodsOf = ({ parts }: Asked) => partsOf(parts, 'content').flatMap(({ logprobs = [] }) => logprobs);
  for (const sampling of [greedy, { seed: 3 }, { ...greedy, stop: ['</think>'] }]) {
    const plain = await ask('tiny-zero', { sampling });
    const told = await ask('tiny-zero', { sampling, logprobs: 5 });
    assert.deepEqual([told.content, likelihoodsOf(plain)], [plain.content, []]);
    const likelihoods = likelihoodsOf(told);
    assert.equal(likelihoods.length, usageOf(told)?.outputTokens);
    const written = likelihoods.map(({ text }) => text).join('');
    assert.equal(written, `${plain.content}${'stop' in sampling ? '</think>' : '<eos>'}`);
    for (const { text, logprob, top } of likelihoods) {
      assert.equal(top.length, 5);
      for (const [at, other] of top.entries()) assert.ok(other.logprob <= Math.min(0, top[at - 1]?.logprob ?? 0));
      const same = top.find((other) => other.text === text);
      assert.ok(same ? same.logprob === logprob : logprob <= (top.at(-1)?.logprob ?? 0));
      if ('temperature' in sampling) assert.equal(top[0]?.text, text);
    }
  }
});

test('a text that is stopped is over at once, and gives its place to the next', { timeout: 30_000 }, async () => {
  const controllers = Array.from({ length: 17 }, () => new AbortController());
  const running = controllers.map(({ signal }, seed) =>
    slow.ask(request('tiny-zero', { sampling: { seed }, signal }))[Symbol.asyncIterator](),
  );
  const begun = running.map(async (text) => {
    assert.equal((await text.next()).value?.type, 'request');
    return (await text.next()).value?.type; // undefined: it was over before it began
  });
  assert.deepEqual(new Set(await Promise.all(begun.slice(0, 16))), new Set(['first-byte']));
  const last = begun[16];
  assert.equal(await Promise.race([last, Promise.resolve('waits')]), 'waits');
  controllers[3]?.abort();
  assert.equal(await last, 'first-byte');
  const stopped = running[3];
  const rest: ProviderPart[] = [];
  for (let next = await stopped?.next(); next && !next.done; next = await stopped?.next()) rest.push(next.value);
  assert.deepEqual(partsOf(rest, 'finish').length + partsOf(rest, 'error').length, 0, 'an aborted one just ends');
  for (const controller of controllers) controller.abort();
});

test('the queue is bounded: whoever comes when it is full is told so, and a place that is given up is free', {
  timeout: 30_000,
}, async () => {
  const everyone = new AbortController();
  const texts = Array.from({ length: 80 }, (_, seed) =>
    slow.ask(request('tiny-zero', { sampling: { seed }, signal: everyone.signal }))[Symbol.asyncIterator](),
  );
  const waiting = texts.map(async (text) => {
    await text.next();
    return text.next();
  });
  await Promise.all(waiting.slice(0, 16));
  const refused: ProviderPart[] = [];
  for await (const part of slow.ask(request('tiny-zero', { signal: everyone.signal }))) refused.push(part);
  assert.deepEqual(errorOf(collect(refused)), { kind: 'busy', code: 'busy', facts: { provider: 'Inside' } });
  everyone.abort();
  await Promise.all(waiting);
  const parts: ProviderPart[] = [];
  for await (const part of slow.ask({ ...request('tiny-zero', { sampling: { maxTokens: 2 } }), unpaced: true })) {
    parts.push(part);
  }
  assert.deepEqual(collect(parts).last, { type: 'finish', reason: 'length' });
});
