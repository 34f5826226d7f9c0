import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from 'eventsource-parser';
import { loadModel } from '../../../lib/server/protocols/inside/engine.ts';
import { listCheckpoints } from '../../../lib/server/zero.ts';
import { judgeText } from '../../../lib/zero/texts.ts';
import { useRoutes } from '../../fakes/routes.ts';

const { newClient } = useRoutes({});
const client = newClient();

async function texts(body: object): Promise<string[]> {
  const response = await client.request('POST', '/api/zero/texts', body);
  assert.equal(response.status, 200);
  const written: string[] = [];
  const ends: number[] = [];
  const parser = createParser({
    onEvent({ event, data }) {
      const { at, text } = JSON.parse(data) as { at: number; text: string };
      if (event === 'text') written[at] = (written[at] ?? '') + text;
      if (event === 'done') ends.push(at);
      assert.notEqual(event, 'failed');
    },
  });
  parser.feed(await response.text());
  assert.equal(ends.length, written.length);
  return written;
}

test('every checkpoint is asked the same puzzle at once, and the same seed brings the same texts', async () => {
  const models = (await listCheckpoints()).map(({ id }) => id);
  assert.equal(models[0], 'tiny-base');
  const body = { puzzle: 'make 26 from 3, 5 and 7', models, seed: 7 };
  const first = await texts(body);
  assert.equal(first.length, models.length);
  assert.match(first[models.indexOf('tiny-r1')] ?? '', /^<think>/);
  assert.deepEqual(await texts(body), first);
});

test('sixteen samples of one checkpoint are a group, and some of them are right', async () => {
  const group = await texts({ puzzle: 'Use 3, 5 and 7 to make 26', models: ['tiny-zero'], samples: 16, seed: 1 });
  assert.equal(group.length, 16);
  assert.ok(group.some((text) => judgeText(text, { numbers: [3, 5, 7], target: 26 }).rewards.accuracy === 1));
});

test('what is no puzzle, too much, or not there is refused in words', async () => {
  const refused = async (body: object) => (await client.request('POST', '/api/zero/texts', body)).status;
  assert.equal(await refused({ puzzle: 'What is the capital of France?', models: ['tiny-zero'] }), 400);
  assert.equal(await refused({ puzzle: 'Use 3 5 7 to make 26', models: ['tiny-zero', 'tiny-r1'], samples: 9 }), 400);
  assert.equal(await refused({ puzzle: 'Use 3 5 7 to make 26', models: ['r1'] }), 404);
  assert.equal((await client.request('GET', '/api/zero/models/r1.gguf')).status, 404);
  assert.equal((await client.request('GET', '/api/zero/models/models.json')).status, 404);
});

test('a model is taken along as a file, with what makes a model of Ollama of it', async () => {
  const file = await client.request('GET', '/api/zero/models/tiny-zero.gguf');
  assert.match(file.headers.get('content-disposition') ?? '', /tiny-zero\.gguf/);
  assert.ok(loadModel(new Uint8Array(await file.arrayBuffer())).shape.context > 0);
  const zero = await (await client.request('GET', '/api/zero/models/tiny-zero.modelfile')).text();
  assert.match(zero, /^FROM \.\/tiny-zero\.gguf\nTEMPLATE """/);
  assert.doesNotMatch(zero, /<think>/);
  assert.match(await (await client.request('GET', '/api/zero/models/tiny-r1.modelfile')).text(), /<think>/);
});
