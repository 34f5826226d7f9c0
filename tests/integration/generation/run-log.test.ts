import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { type FakePostgres, startPostgres } from '../../fakes/postgres.ts';
import { runLogContract } from './run-log-contract.ts';
import { memoryWorld, storeWorld } from './run-log-worlds.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-run-log-'));
let postgres: FakePostgres | undefined;
after(async () => {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

runLogContract('in memory', memoryWorld);

runLogContract('two processes on one SQLite file', () =>
  storeWorld({ kind: 'sqlite', path: path.join(folder, 'store.db') }, 12),
);

runLogContract('two processes on PostgreSQL', async () => {
  postgres = await startPostgres();
  return storeWorld({ kind: 'postgres', url: await postgres.createDatabase() }, 12);
});
