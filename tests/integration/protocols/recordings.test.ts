import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ReasoningSplitter } from '@thinkglass/splitter';
import { convertUsage } from '../../../lib/convert-usage.ts';
import { createOllamaAdapter } from '../../../lib/server/protocols/ollama/index.ts';
import {
  createFakeProvider,
  type FakeProvider,
  piecesOf,
  readRecording,
  type Recording,
  recordings,
} from '../../fakes/provider.ts';
import { adapterFor, ask, type Asked, errorOf, fetchOf, generousLimits, partsOf } from './ask.ts';

const ollamaRecordings = recordings.filter((recording) => recording.provider === 'ollama-native');
const chatRecordings = recordings.filter((recording) => recording.provider !== 'ollama-native');

describe('every recording of an OpenAI-compatible server', () => {
  let fake: FakeProvider;
  before(async () => {
    fake = await createFakeProvider();
  });
  after(() => fake.close());

  for (const recording of chatRecordings) {
    const limits = { ...generousLimits, ...(recording.replay.end.startsWith('stall') && { keepAliveOnlyMs: 300 }) };
    test(`${recording.file} comes out as expected over a socket, as it was cut`, async () => {
      expectAsRecorded(await ask(adapterFor(fake.baseURLOf(recording.file), { limits })), recording);
    });
  }

  // The rest are cut into bytes in normalize-stream.test.ts, where a byte costs less.
  const situations = new Set(['r1-normal', 'cut', 'error-mid', 'error-before']);
  for (const recording of chatRecordings.filter(({ situation }) => situations.has(situation))) {
    test(`${recording.file} says the same byte by byte`, async () => {
      const body = readRecording(recording);
      const bytes = Array.from(body, (_, i) => body.subarray(i, i + 1));
      const end = recording.replay.end === 'reset' ? 'reset' : 'eof';
      const fetch = fetchOf(bytes, { ...recording.http, end });
      expectAsRecorded(await ask(adapterFor('http://local.test/v1', { fetch })), recording);
    });
  }

  test('the recordings are all there and cut as their manifest says', () => {
    assert.equal(recordings.length, 210);
    for (const recording of recordings) {
      assert.deepEqual(Buffer.concat(piecesOf(recording)), readRecording(recording));
    }
  });
});

describe("every recording of Ollama's own API", () => {
  let fake: FakeProvider;
  before(async () => {
    fake = await createFakeProvider();
  });
  after(() => fake.close());

  const adapterAt = (baseURL: string, options: { fetch?: typeof globalThis.fetch } = {}) =>
    createOllamaAdapter({
      id: 'ollama',
      label: 'Ollama',
      baseURL,
      limits: generousLimits,
      wait: async () => {},
      ...options,
    });

  for (const recording of ollamaRecordings) {
    test(`${recording.file} comes out as expected over a socket, as it was cut`, async () => {
      const baseURL = fake.baseURLOf(recording.file).replace(/\/v1$/, '');
      expectAsRecorded(await ask(adapterAt(baseURL)), recording);
    });

    test(`${recording.file} says the same byte by byte`, async () => {
      const body = readRecording(recording);
      const bytes = Array.from(body, (_, i) => body.subarray(i, i + 1));
      const end = recording.replay.end === 'reset' ? 'reset' : 'eof';
      const chat = fetchOf(bytes, { ...recording.http, end });
      const fetch: typeof globalThis.fetch = async (url, init) =>
        String(url).endsWith('/api/chat') ? chat(url, init) : new Response(null, { status: 404 });
      expectAsRecorded(await ask(adapterAt('http://local.test', { fetch })), recording);
    });
  }
});

function expectAsRecorded(asked: Asked, recording: Recording): void {
  const { expect } = recording;
  const split = splitAsked(asked, recording);
  assert.equal(split.reasoning.trim(), expect.reasoning.trim());
  assert.equal(split.answer.trim(), expect.answer.trim());

  const usage = partsOf(asked.parts, 'usage');
  if (expect.outcome === 'complete' || expect.outcome === 'loaded') {
    assert.deepEqual(asked.last?.type === 'finish' && asked.last.rawReason, expect.finish);
    if (recording.provider !== 'ollama-native') {
      assert.deepEqual(
        usage.map((part) => part.raw),
        expect.usage === null ? [] : [expect.usage],
      );
    }
    // The manifest gives Ollama's own counts by their common names.
    assert.deepEqual(
      usage.map((part) => part.usage),
      expect.usage === null ? [] : [convertUsage(expect.usage)],
    );
    return;
  }
  const error = errorOf(asked);
  switch (expect.outcome) {
    case 'truncated':
      assert.equal(error.kind, 'interrupted');
      break;
    case 'http-error':
      assert.equal(error.status, expect.status);
      assert.equal(error.detail, expect.message);
      if (typeof expect.retryAfter === 'number' || typeof expect.retryAfter === 'string') {
        assert.equal(error.retryAfterSeconds, Number(expect.retryAfter));
      }
      break;
    case 'stream-error':
      assert.equal(error.kind, 'provider');
      assert.equal(error.detail, expect.error);
      break;
    case 'empty':
      assert.equal(error.kind, 'empty');
      break;
    case 'not-a-stream':
      assert.equal(error.kind, 'provider');
      break;
    default:
      assert.fail(`an outcome this test does not know: ${expect.outcome}`);
  }
}

/** What a person would see, with what a client would know about the model. */
function splitAsked(asked: Asked, recording: Recording): { reasoning: string; answer: string } {
  const startsInReasoning = recording.reasoningTransport === 'inline-open-implied' ? true : 'auto';
  const splitter = new ReasoningSplitter({ startsInReasoning });
  for (const part of asked.parts) {
    if (part.type === 'reasoning') splitter.push({ reasoning: part.text });
    if (part.type === 'content') splitter.push({ content: part.text });
  }
  const reason = asked.last?.type === 'finish' ? asked.last.reason : 'error';
  splitter.end(reason === 'stop' || reason === 'length' ? reason : 'error');
  return splitter.result();
}
