import assert from 'node:assert/strict';
import test from 'node:test';
import { AppError } from '../../../../lib/errors.ts';
import { StoreHealth } from '../../../../lib/server/store/store-health.ts';
import { convertStoreError, SqliteError } from '../../../../lib/server/store/store-errors.ts';

const fullDisk = () => Promise.reject(convertStoreError(new SqliteError(13, 'database or disk is full')));
const done = async () => 'done';

function createHealth(slowMs = 60_000) {
  const lines: string[] = [];
  const told: (string | undefined)[] = [];
  const health = new StoreHealth({ slowMs, log: (line) => lines.push(line) });
  health.subscribe(() => told.push(health.trouble?.code));
  return { health, lines, told };
}

test('an outage lasts until everybody who could not save has saved, and is one line at its beginning and one at its end', async () => {
  const { health, lines, told } = createHealth();
  for (let i = 0; i < 20; i++) {
    await assert.rejects(health.watch('checkpoints', fullDisk));
    await assert.rejects(health.watch('end of an answer', fullDisk));
    assert.equal(await health.watch('heartbeat', done), 'done'); // a small write that still fits ends nothing
    assert.equal(health.trouble?.code, 'full');
  }
  await health.watch('checkpoints', done);
  assert.equal(health.trouble?.code, 'full');
  await health.watch('end of an answer', done);
  assert.equal(health.trouble, undefined);
  assert.deepEqual(told, ['full', undefined]);
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /the disk is full.*checkpoints: SQLite 13: database or disk is full/);
  assert.match(lines[1] ?? '', /saved again, after/);
});

test('whoever has nothing to save any more ends its part of an outage', async () => {
  const { health, told } = createHealth();
  await assert.rejects(health.watch('checkpoints', fullDisk));
  health.forget('checkpoints');
  health.forget('checkpoints');
  assert.deepEqual(told, ['full', undefined]);
});

test('a write that does not come to its end is an outage before it fails', async () => {
  const { health, told } = createHealth(1);
  const gate = Promise.withResolvers<void>();
  const stopListening = health.subscribe(() => health.trouble && gate.resolve());
  await health.watch('checkpoints', () => gate.promise);
  stopListening();
  assert.deepEqual(told, ['busy', undefined]);
});

test('every way in which a store is away has its word', async () => {
  const thrown: [unknown, string][] = [
    [new SqliteError(5, 'database is locked'), 'busy'],
    [new SqliteError(8, 'attempt to write a readonly database'), 'unreadable'],
    [new SqliteError(778, 'disk I/O error'), 'unreadable'],
    [new SqliteError(9, 'its thread has ended'), 'unreachable'],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'unreachable'],
    [Object.assign(new Error('no space'), { code: '53100' }), 'full'],
    [new Error('Connection terminated unexpectedly'), 'unreachable'],
    [new Error('a mistake'), 'unknown'],
    [new AppError('storage_full', 'The disk is full.'), 'full'],
  ];
  for (const [cause, code] of thrown) {
    const { health } = createHealth();
    await assert.rejects(health.watch('checkpoints', () => Promise.reject(convertStoreError(cause))));
    assert.equal(health.trouble?.code, code, String(cause));
  }
});
