import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { LivenessTimes } from '../../lib/server/liveness.ts';
import { openStore, type Store, type StoreOptions } from '../../lib/server/store/store.ts';
import { type FakePostgres, startPostgres } from '../fakes/postgres.ts';
import type { Said } from './living-process.ts';

/** Shorter than the usual ones, and still long beside the pauses of a busy machine. */
const times: LivenessTimes = { renewEvery: 1_000, lease: 14_000, brokenAfter: 7_000 };
const hour = 3_600_000;

let server: FakePostgres;
before(async () => {
  server = await startPostgres();
});
after(() => server?.stop());

test('of processes on one database only the dead lose an answer, whatever clocks, pauses and outages do', async () => {
  const options: StoreOptions = { kind: 'postgres', url: await server.createDatabase() };
  const store = await openStore(options);
  const ahead = await live(options, hour);
  const behind = await live(options, -hour);
  const right = await live(options, 0);
  const all = [ahead, behind, right];
  try {
    assert.ok(ahead.clock - behind.clock > 1.9 * hour);
    for (const one of all) await one.hears(({ is, knows }) => is === 'looked' && knows === true);
    await allRun(store, all);

    // Nobody can renew for longer than a lease; when the database is back, one of them sleeps on while others look.
    await server.halt();
    await delay(1.2 * times.lease);
    ahead.child.kill('SIGSTOP');
    await server.resume();
    for (const one of [behind, right]) await one.hears(({ is }) => is === 'looked');
    ahead.child.kill('SIGCONT');
    for (const one of all) await one.hears(({ is, knows }) => is === 'looked' && knows === true);
    await allRun(store, all);

    const dead = await live(options, 0);
    dead.child.kill('SIGKILL');
    await behind.hears(
      ({ is }) => is === 'looked',
      async () => (await stateOf(store, dead)) !== 'running',
    );
    assert.equal(await stateOf(store, dead), 'interrupted');
    await allRun(store, all);
  } finally {
    for (const { child } of all) child.kill('SIGKILL');
    await store.close();
  }
});

interface Living {
  child: ChildProcess;
  ownerId: string;
  answerId: string;
  /** Its own, epoch ms. */
  clock: number;
  /** Resolves when it says from now on what is wanted, and `also` holds then. */
  hears(wanted: (said: Line) => boolean, also?: () => Promise<boolean>): Promise<void>;
}

type Line = { is: Said['is']; knows?: boolean };

async function live(options: StoreOptions, skewMs: number): Promise<Living> {
  const folder = path.resolve(import.meta.dirname, '..');
  const args = ['--import', path.join(folder, 'fakes/skewed-clock.mjs'), path.join(folder, 'slow/living-process.ts')];
  const child = spawn(process.execPath, [...args, JSON.stringify(options), JSON.stringify(times)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SKEW_MS: String(skewMs) },
  });
  assert.ok(child.stdout);
  const lines = createInterface({ input: child.stdout });
  const [first] = (await once(lines, 'line')) as [string];
  const said = JSON.parse(first) as Said;
  assert.ok(said.is === 'running');
  lines.on('line', (line) => assert.notEqual((JSON.parse(line) as Said).is, 'ended elsewhere'));
  return {
    ...said,
    child,
    async hears(wanted, also = async () => true) {
      const gone = once(lines, 'close').then(() => assert.fail('it ended'));
      gone.catch(() => undefined);
      for (;;) {
        const [line] = (await Promise.race([once(lines, 'line'), gone])) as [string];
        if (wanted(JSON.parse(line) as Line) && (await also())) return;
      }
    },
  };
}

async function stateOf(store: Store, { ownerId, answerId }: Living): Promise<string | undefined> {
  return (await store.generations.find(ownerId, answerId))?.state;
}

async function allRun(store: Store, all: readonly Living[]): Promise<void> {
  assert.deepEqual(
    await Promise.all(all.map((one) => stateOf(store, one))),
    all.map(() => 'running'),
  );
}
