import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Generation } from '../../lib/conversation.ts';
import { createId } from '../../lib/ids.ts';
import type { ModelRef } from '../../lib/model.ts';
import { textOfKind } from '../../lib/stream-part.ts';
import type { Usage } from '../../lib/usage.ts';
import { ApiClient } from '../fakes/api-client.ts';
import {
  createFakeProvider,
  type FakeProvider,
  type FakeResponse,
  readRecording,
  type Recording,
  recordings,
} from '../fakes/provider.ts';
import { type AppServer, startApp } from '../fakes/server.ts';

/** Questions that run at the same time. */
const atOnce = 8;
/** A person may have fifty providers and change them sixty times a minute: the recordings are shared out among some. */
const providersEach = 30;

/** A recording that says it loads its model says so for ever. */
const loadingSoonOver = { PROVIDER_FIRST_BYTE_LOCAL_MS: '20000' };

const modelOfRecording = { id: 'recorded', object: 'model' };
/** The model of this name in the list is the recording of this name, a byte at a time. */
const byteByByte = 'byte-by-byte:';

/** Asks for the answer to one question, and gives it when it is stored. */
type Question = () => Promise<Seen>;

/** What a person gets to see. */
interface Seen {
  reasoning: string;
  answer: string;
  generation: Generation;
}

describe('every recording, asked through the built server as a provider that somebody added', () => {
  let fake: FakeProvider;
  let app: AppServer;
  let answers: Map<string, Promise<Seen>>;

  before(async () => {
    fake = await createFakeProvider({ models: [modelOfRecording] });
    app = await startApp({ env: loadingSoonOver });
    const questions = new Map<string, Question>();
    for (let from = 0; from < recordings.length; from += providersEach) {
      const client = new ApiClient(app.url);
      for (const recording of recordings.slice(from, from + providersEach)) {
        const model = await addProvider(client, recording, fake.baseURLOf(recording.file));
        questions.set(recording.file, () => ask(client, model));
      }
    }
    answers = askAll(questions);
  });
  after(async () => {
    await Promise.allSettled(answers?.values() ?? []);
    await app?.stop();
    await fake?.close();
  });

  test('there are as many as the manifest promises', () => assert.equal(answers.size, 210));

  for (const recording of recordings) {
    test(`${recording.file} is stored as its manifest says`, async () => {
      expectAsRecorded(await answers.get(recording.file), recording);
    });
  }
});

describe('recordings that come a byte at a time, from a server that the operator named', () => {
  // Ollama's own protocol comes a byte at a time in tests/integration/protocols/recordings.test.ts.
  const cut = recordings.filter((recording) => !isOllama(recording));
  const files = cut.map(({ file }) => file);
  let fake: FakeProvider;
  let app: AppServer;
  let answers: Map<string, Promise<Seen>>;

  before(async () => {
    fake = await createFakeProvider({
      models: files.map((file) => ({ id: `${byteByByte}${file}`, object: 'model' })),
      respond: ({ json }) => replayByteByByte(String(json.model)),
    });
    app = await startApp({ env: { CUSTOM_BASE_URL: fake.baseURL, ...loadingSoonOver } });
    const client = new ApiClient(app.url);
    await client.request('GET', '/api/models');
    const implied = cut.filter(startsInReasoning).map(({ file }) => ({
      providerId: 'custom',
      modelKey: `${byteByByte}${file}`,
      override: { reasoning: { transport: 'inline', startsInReasoning: true } },
    }));
    await client.json('PUT', '/api/models/overrides', { overrides: implied });
    answers = askAll(
      new Map(
        files.map((file) => [file, () => ask(client, { providerId: 'custom', modelKey: `${byteByByte}${file}` })]),
      ),
    );
  });
  after(async () => {
    await Promise.allSettled(answers?.values() ?? []);
    await app?.stop();
    await fake?.close();
  });

  for (const recording of cut) {
    test(`${recording.file} says the same byte by byte`, async () => {
      expectAsRecorded(await answers.get(recording.file), recording);
    });
  }
});

function isOllama({ provider }: Recording): boolean {
  return provider === 'ollama-native';
}

function startsInReasoning({ reasoningTransport }: Recording): boolean {
  return reasoningTransport === 'inline-open-implied';
}

/** Adds the server of a recording, with what its person would say about its model. */
async function addProvider(client: ApiClient, recording: Recording, baseURL: string): Promise<ModelRef> {
  const id = createId();
  const modelKey = modelOfRecording.id;
  await client.json('POST', '/api/providers', {
    id,
    label: recording.file,
    baseURL: isOllama(recording) ? baseURL.replace(/\/v1$/, '') : baseURL,
    ...(isOllama(recording) && { presetId: 'ollama' }),
  });
  const override = {
    // Where these come from, nothing lists models in Ollama's way.
    ...(isOllama(recording) && { added: true, reasoning: { transport: 'field', startsInReasoning: false } }),
    ...(startsInReasoning(recording) && { reasoning: { transport: 'inline', startsInReasoning: true } }),
  };
  if (Object.keys(override).length > 0) {
    const overrides = [{ providerId: id, modelKey, override }];
    await client.json('PUT', '/api/models/overrides', { overrides });
  }
  return { providerId: id, modelKey };
}

/** Asks, listens to the end as a page would, and reads back what is stored. */
async function ask(client: ApiClient, model: ModelRef): Promise<Seen> {
  const asked = await client.askNew(model, 'What was recorded?');
  const shown = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
  const { messages } = await client.conversation(asked.conversationId);
  const { parts, generation } = messages.find(({ id }) => id === asked.answerId) ?? {};
  assert.ok(parts && generation && shown);
  const seen = { reasoning: textOfKind(parts, 'reasoning'), answer: textOfKind(parts, 'answer'), generation };
  assert.equal(textOfKind(shown.segments, 'reasoning'), seen.reasoning, 'what was shown is not what is stored');
  assert.equal(textOfKind(shown.segments, 'answer'), seen.answer, 'what was shown is not what is stored');
  return seen;
}

/** Asks everything, a few questions at a time. */
function askAll(questions: ReadonlyMap<string, Question>): Map<string, Promise<Seen>> {
  const answers = new Map<string, Promise<Seen>>();
  const running: Promise<unknown>[] = Array.from({ length: atOnce }, () => Promise.resolve());
  let i = 0;
  for (const [name, question] of questions) {
    const lane = i++ % atOnce;
    const answer = (running[lane] ?? Promise.resolve()).then(question);
    running[lane] = answer.catch(() => {}); // told by the test that waits for it
    answers.set(name, answer);
  }
  return answers;
}

function replayByteByByte(model: string): FakeResponse | undefined {
  const recording = recordings.find(({ file }) => `${byteByByte}${file}` === model);
  if (!recording) return undefined;
  const body = readRecording(recording);
  return {
    ...recording.http,
    steps: [
      ...Array.from(body, (_, i) => ({ write: body.subarray(i, i + 1) })),
      ...(recording.replay.end === 'reset' ? [{ end: 'truncate' as const }] : []),
    ],
  };
}

function expectAsRecorded(seen: Seen | undefined, recording: Recording): void {
  assert.ok(seen);
  const { expect } = recording;
  const { generation } = seen;
  const { error } = generation;
  assert.equal(seen.reasoning.trim(), expect.reasoning.trim());
  assert.equal(seen.answer.trim(), expect.answer.trim());
  switch (expect.outcome) {
    case 'complete':
    case 'loaded':
      assert.equal(error, undefined);
      assert.equal(generation.state, 'complete');
      assert.equal(generation.finish?.rawReason ?? null, expect.finish);
      expectUsage(generation.usage, seen.reasoning, expect.usage);
      break;
    case 'truncated':
      assert.equal(generation.state, 'interrupted');
      assert.equal(error?.kind, 'interrupted');
      break;
    case 'http-error':
      assert.equal(generation.state, 'failed');
      assert.equal(error?.status, expect.status);
      assert.equal(error?.detail, expect.message);
      if (expect.retryAfter != null) assert.equal(error?.retryAfterSeconds, Number(expect.retryAfter));
      break;
    case 'stream-error':
      assert.equal(generation.state, 'failed');
      assert.equal(error?.kind, 'provider');
      assert.equal(error?.detail, expect.error);
      break;
    default:
      assert.fail(`an outcome this test does not know: ${expect.outcome}`);
  }
}

/** The tokens of the token log, against the provider's own words. */
function expectUsage(usage: Usage | undefined, reasoning: string, said: Record<string, unknown> | null): void {
  assert.ok(usage);
  if (said === null) {
    assert.equal(usage.source, 'estimated');
    return;
  }
  const details = (said.completion_tokens_details ?? {}) as { reasoning_tokens?: number };
  const saidOfReasoning = Number(details.reasoning_tokens ?? said.reasoning_tokens ?? 0);
  assert.equal(usage.promptTokens, said.prompt_tokens);
  assert.equal(usage.reasoningTokens + usage.answerTokens, said.completion_tokens);
  if (saidOfReasoning > 0) assert.equal(usage.reasoningTokens, saidOfReasoning);
  assert.equal(usage.source, saidOfReasoning === 0 && reasoning !== '' ? 'split' : 'reported');
}
