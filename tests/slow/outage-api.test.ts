import assert from 'node:assert/strict';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { after } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type MessageState, textOfKind } from '../../lib/stream-part.ts';
import { type ApiClient, type ApiEvent, applyApiEvent } from '../fakes/api-client.ts';
import { createFakeProvider } from '../fakes/provider.ts';
import { useRoutes } from '../fakes/routes.ts';

const model = { providerId: 'custom', modelKey: 'pace:4ms:tokens:30000' };
const provider = await createFakeProvider({ models: [{ id: model.modelKey, object: 'model' }] });
const { newClient, dataFolder } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL });
after(() => provider.close());

interface HealthAnswer {
  status: string;
  error?: { code: string; reason: string; message: string };
}

async function healthOf(client: ApiClient): Promise<{ status: number; body: HealthAnswer }> {
  const response = await client.request('GET', '/api/health');
  return { status: response.status, body: (await response.json()) as HealthAnswer };
}

/** Reads events until one of them is as it is wanted; what came until then is applied. */
async function readUntil(
  events: AsyncGenerator<ApiEvent>,
  messages: Map<string, MessageState>,
  isWanted: (event: ApiEvent) => boolean,
): Promise<ApiEvent> {
  for (let next = await events.next(); !next.done; next = await events.next()) {
    applyApiEvent(messages, next.value);
    if (isWanted(next.value)) return next.value;
  }
  throw new Error('the stream ended before');
}

/** Takes the lock between two writes: the server is in this thread, and could not end one while that waits. */
async function lock(database: DatabaseSync): Promise<void> {
  const giveUpAt = performance.now() + 10_000;
  for (;;) {
    try {
      return database.exec('begin immediate');
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await delay(1);
    }
  }
}

test('while the database is locked everybody is told, stop works, and when it is over all is there', async (t) => {
  const lines = t.mock.method(console, 'error', () => undefined);
  const client = newClient();
  const asked = await client.askNew(model, 'How long will it be locked?');
  const messages = new Map<string, MessageState>();
  const events = client.events(asked.conversationId, asked.cursor);
  await readUntil(events, messages, ({ event }) => event === 'delta');

  const other = new DatabaseSync(path.join(dataFolder, 'thinkglass.db'), { timeout: 0 });
  t.after(() => other.close());
  await lock(other);
  const trouble = await readUntil(events, messages, ({ event }) => event === 'storage');
  assert.equal(trouble.data.code, 'busy');
  assert.equal(typeof trouble.data.since, 'number');
  const health = await healthOf(client);
  assert.equal(health.status, 503);
  assert.deepEqual(
    [health.body.status, health.body.error?.code, health.body.error?.reason],
    ['not ok', 'storage_away', 'busy'],
  );
  await readUntil(events, messages, ({ event }) => event === 'delta'); // the text goes on

  // Who comes now is told too.
  const second = client.events(asked.conversationId);
  const first = await second.next();
  assert.equal(first.value?.event, 'storage');
  await second.return(undefined);

  const stopped = await client.request('POST', `/api/generations/${asked.answerId}/stop`);
  assert.equal(stopped.status, 202);
  const call = provider.requests.find(({ path: called }) => called.endsWith('/chat/completions'));
  assert.ok(call);
  assert.equal(await provider.ended(call), 'client');
  const saving = await readUntil(events, messages, ({ event, data }) => event === 'state' && data.phase === 'saving');
  assert.ok((saving.data.times as { end?: number }).end);

  other.exec('rollback');
  await readUntil(events, messages, ({ event }) => event === 'finish');
  const seen = messages.get(asked.answerId);
  assert.equal(seen?.finish?.outcome, 'stopped');
  const stored = (await client.conversation(asked.conversationId)).messages.find(({ id }) => id === asked.answerId);
  assert.equal(textOfKind(stored?.parts ?? [], 'reasoning'), textOfKind(seen?.segments ?? [], 'reasoning'));
  while ((await healthOf(client)).status !== 200) await delay(50);
  assert.deepEqual((await healthOf(client)).body.status, 'ok');
  const told = lines.mock.calls.map(({ arguments: [line] }) => String(line));
  assert.equal(told.filter((line) => /Nothing can be saved/.test(line)).length, 1, told.join('\n'));
  assert.equal(told.filter((line) => /saved again/.test(line)).length, 1, told.join('\n'));
  assert.equal(told.length, 2, told.join('\n'));
});
