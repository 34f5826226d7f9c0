import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createId } from '../../lib/ids.ts';
import type { LabRun, LabSample, Page } from '../../lib/lab/run.ts';
import { shippedQuestions } from '../../lib/lab/shipped.ts';
import { ApiClient } from '../fakes/api-client.ts';
import { chunk, createFakeProvider, doneStep, type FakeRequest, type FakeResponse, json } from '../fakes/provider.ts';
import { type AppServer, startApp } from '../fakes/server.ts';

const samplesPerQuestion = 16;

/** A number from 0 to 1 that only this text makes. */
function diceOf(text: string): number {
  let hash = 2_166_136_261;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/** A model that says the same to the same question under the same seed, however often and whenever it is asked. */
function say({ json: body }: FakeRequest): FakeResponse {
  const question = body.messages?.at(-1)?.content ?? '';
  const dice = diceOf(`${question} ${body.seed}`);
  const thinking = 5 + Math.floor(dice * 40);
  return {
    steps: [
      chunk({ content: `<think>${'so '.repeat(thinking)}</think>` }),
      { waitMs: 20 },
      chunk({ content: `\\boxed{${Math.floor(dice * 7)}}` }),
      chunk({}, 'stop'),
      {
        event: {
          choices: [],
          usage: {
            prompt_tokens: 20,
            completion_tokens: thinking + 3,
            completion_tokens_details: { reasoning_tokens: thinking },
          },
        },
      },
      doneStep,
    ],
  };
}

/** Asks the whole run, ends the server so often in the middle of it, and answers what became of each sample. */
async function ask(
  kills: readonly number[],
  faulty: boolean,
): Promise<{ table: unknown[]; run: LabRun; calls: number }> {
  const tried = new Set<string>();
  const provider = await createFakeProvider({
    models: [{ id: 'm', object: 'model' }],
    respond: (request) => {
      const key = `${request.json.messages?.at(-1)?.content} ${request.json.seed}`;
      const dice = diceOf(`${key} fault`);
      if (!faulty || tried.has(key) || dice >= 0.08) return say(request);
      tried.add(key);
      if (dice < 0.03) return json(429, { error: { message: 'Too many requests' } }, { 'retry-after': '1' });
      if (dice < 0.05) return { steps: [chunk({ content: '<think>so' }), { end: 'truncate' }] };
      return json(500, { error: { message: 'The engine broke' } });
    },
  });
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-lab-'));
  let app: AppServer | undefined;
  try {
    const env = { CUSTOM_BASE_URL: provider.baseURL };
    app = await startApp({ dataFolder, env });
    const id = createId();
    let client = new ApiClient(app.url);
    await client.json('POST', '/api/lab/runs', {
      id,
      dataSetName: 'Shipped',
      questions: shippedQuestions(),
      plan: {
        title: 'Killed',
        models: [{ settings: { model: { providerId: 'custom', modelKey: 'm' }, sampling: {} }, steps: [] }],
        samplesPerQuestion,
        suffix: 'boxed',
        seed: 3,
        ceiling: {},
      },
    });
    await client.json('PATCH', `/api/lab/runs/${id}`, { do: 'start' });
    let left = [...kills];
    for (;;) {
      const { runs } = await client.json<{ runs: LabRun[] }>('GET', '/api/lab/runs');
      const run = runs.find((one) => one.id === id);
      assert.ok(run && run.state !== 'paused', JSON.stringify(run));
      if (run.state === 'done') break;
      const [next] = left;
      if (next !== undefined && run.samples.over >= next) {
        left = left.slice(1);
        await app.kill();
        app = await startApp({ dataFolder, env });
        const { cookie } = client;
        client = new ApiClient(app.url);
        client.cookie = cookie;
      }
      await delay(50);
    }
    assert.deepEqual(left, [], 'it was over before it was killed');
    const { items } = await client.json<Page<LabSample>>('GET', `/api/lab/runs/${id}/samples?limit=1000`);
    const table = items.map(({ question, sample, seed, state, found, thinkingTokens, answerTokens }) => [
      ...[question, sample, seed, state, found?.text, thinkingTokens, answerTokens],
    ]);
    const run = await client.json<LabRun>('GET', `/api/lab/runs/${id}`);
    assert.equal(await app.stop(), 0);
    const calls = provider.requests.filter(({ path: at }) => at.endsWith('/chat/completions')).length;
    return { table, run, calls };
  } finally {
    await app?.kill();
    await provider.close();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

test('a run of 60 × 16 with faults, 429s and two kill -9 has the table of an undisturbed one', async () => {
  const quiet = await ask([], false);
  const all = 60 * samplesPerQuestion;
  assert.equal(quiet.table.length, all);
  assert.equal(quiet.calls, all, 'as many calls as samples');
  const disturbed = await ask([200, 500], true);
  assert.deepEqual(disturbed.table, quiet.table);
  assert.deepEqual(disturbed.run.figures, quiet.run.figures);
  // the 8 % that failed once, and what was under way when it was killed: 64 calls at most each time
  assert.ok(disturbed.calls > all && disturbed.calls < all * 1.25 + 128, `${disturbed.calls} calls`);
});
