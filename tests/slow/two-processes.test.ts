import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createId } from '../../lib/ids.ts';
import type { RawText } from '../../lib/raw-text.ts';
import { type MessageState, textOfKind } from '../../lib/stream-part.ts';
import { ApiClient, type Asked, applyApiEvent } from '../fakes/api-client.ts';
import { type FakePostgres, startPostgres } from '../fakes/postgres.ts';
import { createFakeProvider, type FakeProvider } from '../fakes/provider.ts';
import { type AppServer, startApp } from '../fakes/server.ts';

const short = { providerId: 'custom', modelKey: 'pace:20ms:tokens:150' };
const long = { providerId: 'custom', modelKey: 'pace:20ms:tokens:30000' };
/** Says nothing until it is stopped. */
const silent = { providerId: 'custom', modelKey: 'silent' };

/** What is heard of an answer, and when. */
interface Heard {
  messages: Map<string, MessageState>;
  /** When its text had which length. */
  lengths: { at: number; length: number }[];
}

const textOf = (state: MessageState | undefined) =>
  (state?.segments ?? []).map(({ kind, text }) => ({ kind, text })).filter(({ text }) => text !== '');
const lengthOf = (state: MessageState | undefined) =>
  (state?.segments ?? []).reduce((sum, segment) => sum + segment.text.length, 0);

async function hear(client: ApiClient, asked: Asked, until: (heard: Heard) => boolean = () => false): Promise<Heard> {
  const heard: Heard = { messages: new Map(), lengths: [] };
  for await (const event of client.events(asked.conversationId, asked.cursor)) {
    applyApiEvent(heard.messages, event);
    heard.lengths.push({ at: performance.now(), length: lengthOf(heard.messages.get(asked.answerId)) });
    if (until(heard)) break;
  }
  return heard;
}

/** How long after the first reader the second one had each text, in ms, sorted. */
function lagsOf(first: Heard, second: Heard): number[] {
  return second.lengths
    .filter(({ length }) => length > 0)
    .flatMap(({ at, length }) => {
      const told = first.lengths.find((l) => l.length >= length);
      return told ? [Math.max(0, at - told.at)] : [];
    })
    .sort((a, b) => a - b);
}

/** The longest that the first reader was told nothing, though a token comes every 20 ms: so long the machine was busy. */
function largestGapOf({ lengths }: Heard): number {
  return lengths.reduce((largest, { at }, i) => Math.max(largest, at - (lengths[i - 1]?.at ?? at)), 0);
}

function describeProcesses(name: string, databaseUrl: () => Promise<string | undefined>): void {
  describe(`two servers on ${name}`, () => {
    const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-two-'));
    let provider: FakeProvider;
    let servers: [AppServer, AppServer];
    let here: ApiClient;
    let there: ApiClient;
    const env = async () => {
      const url = await databaseUrl();
      return { CUSTOM_BASE_URL: provider.baseURL, ...(url !== undefined && { DATABASE_URL: url }) };
    };

    before(async () => {
      provider = await createFakeProvider({
        respond: ({ json }) => (json.model === silent.modelKey ? { steps: [{ hang: true }] } : undefined),
        models: [short, long, silent].map(({ modelKey }) => ({ id: modelKey, object: 'model' })),
      });
      const variables = await env();
      const first = await startApp({ dataFolder, env: variables });
      servers = [first, await startApp({ dataFolder, env: variables })];
      [here, there] = servers.map(({ url }) => new ApiClient(url)) as [ApiClient, ApiClient];
      await here.json('GET', '/api/models');
      there.cookie = here.cookie;
    });
    after(async () => {
      for (const server of servers ?? []) await server.kill();
      await provider?.close();
      rmSync(dataFolder, { recursive: true, force: true });
    });

    test('an answer is followed live at the other, half a second late, and is what the store has', async () => {
      const asked = await here.askNew(short, 'Think aloud.');
      const [told, late] = await Promise.all([hear(here, asked), hear(there, asked)]);
      const stored = (await there.conversation(asked.conversationId)).messages[1];
      for (const heard of [told, late]) {
        assert.deepEqual(textOf(heard.messages.get(asked.answerId)), stored?.parts);
        assert.equal(heard.messages.get(asked.answerId)?.finish?.outcome, 'complete');
      }
      const steps = new Set(late.lengths.map(({ length }) => length)).size;
      const lags = lagsOf(told, late);
      const middle = lags[Math.floor(lags.length / 2)] ?? Number.NaN;
      console.log(`${name}: ${steps} steps, ${Math.round(middle)} ms late, ${Math.round(lags.at(-1) ?? 0)} at most`);
      assert.ok(steps >= 3, `${steps} steps`);
      assert.ok(middle < 500 + largestGapOf(told), `${middle} ms late`);
    });

    test('a page that read the conversation at one goes on at the other from its cursor, without a gap', async () => {
      const asked = await here.askNew(short, 'Go on elsewhere.');
      await hear(here, asked, ({ messages }) => lengthOf(messages.get(asked.answerId)) > 100);
      for (const [reader, follower] of [
        [there, here],
        [here, there],
      ] as const) {
        const { cursor, messages } = await reader.conversation(asked.conversationId);
        const heard = new Map<string, MessageState>();
        const parts = messages[1]?.parts ?? [];
        const { phase = 'queued', times = {} } = messages[1]?.generation ?? {};
        heard.set(asked.answerId, { segments: parts, phase, times, notices: [] });
        const began = lengthOf(heard.get(asked.answerId));
        for await (const event of follower.events(asked.conversationId, cursor)) {
          applyApiEvent(heard, event);
          if (event.event === 'delta' && lengthOf(heard.get(asked.answerId)) > began + 100) break;
        }
        const raw = await here.json<RawText>('GET', `/api/generations/${asked.answerId}/raw`);
        const thought = textOfKind(heard.get(asked.answerId)?.segments ?? [], 'reasoning');
        assert.ok(
          raw.pieces
            .map(({ text }) => text)
            .join('')
            .includes(thought.slice(0, -1)),
          thought.slice(-40),
        );
      }
      await here.request('POST', `/api/generations/${asked.answerId}/stop`);
    });

    test('Stop at the other ends it there, within half a second, and lets the provider go', async () => {
      const own = await here.askNew(long, 'Until you stop yourself.');
      const ownBegan = performance.now();
      await here.request('POST', `/api/generations/${own.answerId}/stop`);
      const ownTook = performance.now() - ownBegan; // of a busy machine's time
      const asked = await here.askNew(long, 'Until somebody stops you.');
      await hear(there, asked, ({ messages }) => lengthOf(messages.get(asked.answerId)) > 50);
      const began = performance.now();
      const { state } = await there.json<{ state: string }>('POST', `/api/generations/${asked.answerId}/stop`);
      const took = performance.now() - began;
      console.log(`${name}: stopped after ${Math.round(took)} ms, at its own server after ${Math.round(ownTook)}`);
      assert.ok(took < 2_000 + 5 * ownTook, `${took} ms`);
      if (took < 3000) assert.equal(state, 'stopped'); // it waits no longer for the end to be stored
      await hear(here, asked); // to its end
      assert.equal((await here.generation(asked.answerId)).state, 'stopped');
    });

    test('a question asked at the other while one is being answered is heard at both', async () => {
      const asked = await here.askNew(long, 'A long one.');
      const next = { threadId: createId(), questionId: createId(), answerId: createId() };
      const hearing = hear(here, asked);
      const settings = { model: short, sampling: {} };
      await there.json('POST', `/api/conversations/${asked.conversationId}/threads`, { id: next.threadId, settings });
      await there.json('POST', `/api/conversations/${asked.conversationId}/messages`, {
        text: 'A short one.',
        threads: [{ ...next, parentId: null }],
      });
      await hear(
        there,
        { ...asked, cursor: undefined },
        ({ messages }) => messages.get(next.answerId)?.phase === 'done',
      );
      await there.request('POST', `/api/generations/${asked.answerId}/stop`);
      const { messages } = await hearing;
      const stored = (await here.conversation(asked.conversationId)).messages;
      for (const id of [asked.answerId, next.answerId]) {
        assert.deepEqual(textOf(messages.get(id)), stored.find((message) => message.id === id)?.parts);
        assert.ok(messages.get(id)?.finish);
      }
    });

    test('a conversation deleted at the other ends what runs in it', async () => {
      const asked = await here.askNew(long, 'To be deleted.');
      const hearing = hear(here, asked);
      await hear(there, asked, ({ messages }) => lengthOf(messages.get(asked.answerId)) > 50);
      await there.request('DELETE', `/api/conversations/${asked.conversationId}`);
      await hearing;
      await there.request('POST', `/api/conversations/${asked.conversationId}/restore`);
      assert.equal((await there.generation(asked.answerId)).state, 'stopped');
    });

    test('a person has 600 answers running at both together, and a place that comes free is taken at either', async () => {
      const person = [here, there].map(({ url }) => new ApiClient(url)) as [ApiClient, ApiClient];
      await person[0].json('GET', '/api/models');
      person[1].cookie = person[0].cookie;
      /** A comparison of six. */
      const ask = async (client: ApiClient) => {
        const threads = Array.from({ length: 6 }, () => ({ threadId: createId(), answerId: createId() }));
        const response = await client.request('POST', '/api/conversations', {
          id: createId(),
          threads: threads.map(({ threadId: id }) => ({ id, settings: { model: silent, sampling: {} } })),
          ask: { text: 'Wait.', threads: threads.map((t) => ({ ...t, parentId: null, questionId: createId() })) },
        });
        await response.arrayBuffer();
        return { status: response.status, answerIds: threads.map(({ answerId }) => answerId) };
      };
      const asked: Awaited<ReturnType<typeof ask>>[] = [];
      let next = 0;
      await Promise.all(
        Array.from({ length: 12 }, async () => {
          while (next < 120) asked.push(await ask(person[next++ % 2 === 0 ? 0 : 1]));
        }),
      );
      const statusOf = (status: number) => asked.filter((one) => one.status === status);
      assert.equal(statusOf(429).length, 20);
      const taken = statusOf(201);
      assert.equal(taken.length, 100);
      assert.equal((await ask(person[1])).status, 429);
      const stop = (ids: string[]) =>
        Promise.all(ids.map((id) => person[1].json('POST', `/api/generations/${id}/stop`)));
      await stop(taken.pop()?.answerIds ?? []);
      taken.push(await ask(person[0]));
      assert.equal(taken.at(-1)?.status, 201);
      for (const { answerIds } of taken) await stop(answerIds);
    });

    test('of a server that is killed the other tells the end', async () => {
      const asked = await here.askNew(long, 'Until the server dies.');
      const hearing = hear(there, asked);
      await hear(here, asked, ({ messages }) => lengthOf(messages.get(asked.answerId)) > 200);
      await delay(1000);
      await servers[0].kill();
      const { messages } = await hearing;
      const stored = (await there.conversation(asked.conversationId)).messages[1];
      assert.equal(stored?.generation?.state, 'interrupted');
      assert.deepEqual(textOf(messages.get(asked.answerId)), stored.parts);
      assert.equal(messages.get(asked.answerId)?.finish?.outcome, 'interrupted');
    });
  });
}

describeProcesses('one data folder', async () => undefined);

let postgres: FakePostgres | undefined;
let url: Promise<string> | undefined;
after(() => postgres?.stop());
describeProcesses('one PostgreSQL', async () => {
  postgres ??= await startPostgres();
  url ??= postgres.createDatabase();
  return url;
});
