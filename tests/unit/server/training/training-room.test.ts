import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { AppError } from '../../../../lib/errors.ts';
import { insideRecords } from '../../../../lib/server/protocols/inside/models.ts';
import { KeptModels } from '../../../../lib/server/training/kept-models.ts';
import { TrainingRoom } from '../../../../lib/server/training/training-room.ts';

function keptIn(t: test.TestContext) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-kept-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, kept: new KeptModels(folder) };
}

const isCode = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

test('a kept model stands beside the shipped ones, is found again, and leaves nothing when it is removed', (t) => {
  const { folder, kept } = keptIn(t);
  kept.keep('tiny-mine', { step: 12, bytes: Buffer.from('GGUF'), at: 5 });
  for (const seen of [kept, new KeptModels(folder)]) {
    assert.deepEqual(seen.list(), [{ id: 'tiny-mine', step: 12, bytes: 4 }]);
    assert.deepEqual(
      seen.all().map(({ id }) => id),
      [...insideRecords.map(({ id }) => id), 'tiny-mine'],
    );
  }
  assert.throws(() => kept.assertFree('tiny-mine'), isCode('conflict'));
  assert.throws(() => kept.assertFree('tiny-zero'), isCode('conflict'));
  kept.assertFree('tiny-other');
  kept.remove('tiny-mine');
  assert.deepEqual(readdirSync(folder), []);
  assert.throws(() => kept.remove('tiny-mine'), isCode('not_found'));
});

test('what cannot be read in the folder is passed over', (t) => {
  const { folder, kept } = keptIn(t);
  t.mock.method(console, 'error', () => undefined);
  kept.keep('tiny-mine', { step: 1, bytes: Buffer.from('GGUF'), at: 5 });
  writeFileSync(path.join(folder, 'half.json'), '{"id":"ha');
  writeFileSync(
    path.join(folder, 'away.json'),
    '{"id":"away","file":"away.1.gguf","step":1,"context":288,"parameters":1}',
  );
  writeFileSync(
    path.join(folder, 'out.json'),
    '{"id":"out","file":"../out.gguf","step":1,"context":288,"parameters":1}',
  );
  assert.deepEqual(
    new KeptModels(folder).list().map(({ id }) => id),
    ['tiny-mine'],
  );
});

test('where others can reach the server nothing is trained, kept, thrown away or removed', async (t) => {
  const { kept } = keptIn(t);
  const room = new TrainingRoom({ kept, isAllowed: false, onKept: () => assert.fail('nothing is kept') });
  assert.throws(() => room.start(), isCode('forbidden'));
  assert.throws(() => room.stop(), isCode('forbidden'));
  assert.throws(() => room.remove('tiny-mine'), isCode('forbidden'));
  await assert.rejects(room.keep('tiny-mine'), isCode('forbidden'));
  await assert.rejects(room.throwAway(), isCode('forbidden'));
  assert.deepEqual(room.training, { state: 'none' });
});

test('a training is seen to run by whoever looks, stops when it is told to, and is thrown away', async (t) => {
  const { kept } = keptIn(t);
  const room = new TrainingRoom({ kept, isAllowed: true, onKept: () => undefined });
  t.after(() => room.close());
  const watching = new AbortController();
  const states: string[] = [];
  const seen = (async () => {
    for await (const event of room.events(watching.signal)) {
      if (event.type !== 'stands') continue;
      states.push(event.training.state);
      if (event.training.state === 'ended') return;
    }
  })();
  assert.throws(() => room.stop(), isCode('conflict'));
  room.start(3);
  assert.throws(() => room.start(), isCode('conflict'));
  room.stop();
  await seen;
  assert.deepEqual(states, ['none', 'running', 'ended']);
  assert.throws(() => room.start(), isCode('conflict'));
  await assert.rejects(room.keep('tiny-mine'), isCode('conflict')); // not a step was made
  await room.throwAway();
  assert.deepEqual(room.training, { state: 'none' });
});
