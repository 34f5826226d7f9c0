import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type MessageState, textOfKind } from '../../lib/stream-part.ts';
import { ApiClient, type ApiEvent, applyApiEvent } from '../fakes/api-client.ts';
import { startPostgres } from '../fakes/postgres.ts';
import { createFakeProvider } from '../fakes/provider.ts';
import { type AppServer, startApp } from '../fakes/server.ts';

const model = { providerId: 'custom', modelKey: 'pace:4ms:tokens:100000' };

async function startProvider(t: TestContext) {
  const provider = await createFakeProvider({ models: [{ id: model.modelKey, object: 'model' }] });
  t.after(() => provider.close());
  return { CUSTOM_BASE_URL: provider.baseURL };
}

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-outage-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** One question whose answer has begun to come. */
async function ask(app: AppServer) {
  const client = new ApiClient(app.url);
  const asked = await client.askNew(model, 'Will all of it be there?');
  const messages = new Map<string, MessageState>();
  const events = client.events(asked.conversationId, asked.cursor);
  const until = async (isWanted: (event: ApiEvent) => boolean): Promise<ApiEvent> => {
    for (let next = await events.next(); !next.done; next = await events.next()) {
      applyApiEvent(messages, next.value);
      if (isWanted(next.value)) return next.value;
    }
    throw new Error(`the stream ended before:\n${app.output()}`);
  };
  const seen = () => textOfKind(messages.get(asked.answerId)?.segments ?? [], 'reasoning');
  await until(({ event }) => event === 'delta');
  return { client, asked, until, seen };
}

type Question = Awaited<ReturnType<typeof ask>>;

const isTrouble =
  (code: string) =>
  ({ event, data }: ApiEvent) =>
    event === 'storage' && data.code === code;

/** While the store is away: everybody is told, the text goes on, and stop works. */
async function expectOutage(app: AppServer, { client, asked, until }: Question, code: string): Promise<void> {
  await until(isTrouble(code));
  assert.equal((await fetch(`${app.url}/api/health`)).status, 503);
  await until(({ event }) => event === 'delta');
  assert.equal((await client.request('POST', `/api/generations/${asked.answerId}/stop`)).status, 202);
  await until(({ event, data }) => event === 'state' && data.phase === 'saving');
}

/** It is over: what was seen is stored, and that is said. */
async function expectSaved(app: AppServer, { client, asked, until, seen }: Question): Promise<void> {
  await until(({ event }) => event === 'finish');
  const { messages } = await client.conversation(asked.conversationId);
  const answer = messages.find(({ id }) => id === asked.answerId);
  assert.equal(answer?.generation?.state, 'stopped');
  assert.equal(textOfKind(answer?.parts ?? [], 'reasoning'), seen());
  while ((await fetch(`${app.url}/api/health`)).status !== 200) await delay(100);
  assert.equal(app.output().match(/Nothing can be saved/g)?.length, 1, app.output());
  assert.equal(app.output().match(/saved again/g)?.length, 1, app.output());
}

test('a process that ends while its database is locked says how much is lost, and ends with another code than 0', async (t) => {
  const dataFolder = newFolder(t);
  const app = await startApp({ dataFolder, env: await startProvider(t) });
  t.after(() => app.kill());
  const question = await ask(app);
  const other = new DatabaseSync(path.join(dataFolder, 'thinkglass.db'), { timeout: 10_000 });
  t.after(() => other.close());
  other.exec('begin immediate');
  await question.until(isTrouble('busy'));
  assert.equal(await app.stop(), 1, app.output());
  const [, generations, characters] =
    /(\d+) answer\(s\) could not be saved.*?(\d+) characters/.exec(app.output()) ?? [];
  assert.equal(generations, '1', app.output());
  assert.ok(Number(characters) > 0 && Number(characters) <= question.seen().length + 10_000, characters);
});

test('a full disk is told while it is full, and nothing is lost when there is room again', async (t) => {
  const disk = newFolder(t);
  // A mount namespace of its own: needs no rights here, and the small disk is gone when the process is.
  const inNamespace = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c'];
  if (spawnSync('unshare', [...inNamespace.slice(1), `mount -t tmpfs none ${disk}`]).status !== 0) {
    t.skip('this machine does not let a process have a disk of its own');
    return;
  }
  const script = `mount -t tmpfs -o size=3m none "${disk}" && exec "$0" "$@"`;
  const app = await startApp({ dataFolder: disk, env: await startProvider(t), wrapper: [...inNamespace, script] });
  t.after(() => app.kill());
  const question = await ask(app);
  const ballast = path.join('/proc', String(app.pid), 'root', disk, 'ballast');
  for (let size = 1 << 20; size >= 512; size /= 2) {
    try {
      for (;;) writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // less fits
    }
  }
  await expectOutage(app, question, 'full');
  rmSync(ballast);
  await expectSaved(app, question);
  assert.equal(await app.stop(), 0);
});

test('a PostgreSQL that is away is told, and all is there when it is back', async (t) => {
  const postgres = await startPostgres();
  t.after(() => postgres.stop());
  const wire = await startWire(t, new URL(await postgres.createDatabase()));
  const app = await startApp({ env: { ...(await startProvider(t)), DATABASE_URL: wire.url } });
  t.after(() => app.kill());
  const question = await ask(app);
  wire.cut();
  await expectOutage(app, question, 'unreachable');
  wire.mend();
  await expectSaved(app, question);
  assert.equal(await app.stop(), 0);
});

/** A connection to a database that can be cut and mended: cut, nobody is there. */
async function startWire(t: TestContext, database: URL) {
  const sockets = new Set<net.Socket>();
  let isCut = false;
  const server = net.createServer((near) => {
    if (isCut) return near.destroy();
    const far = net.connect(Number(database.port), database.hostname);
    for (const [one, another] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(another);
      one.on('error', () => another.destroy());
      one.on('close', () => {
        sockets.delete(one);
        another.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = new URL(database);
  url.port = String((server.address() as net.AddressInfo).port);
  return {
    url: url.href,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      isCut = false;
    },
  };
}
