import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openStore, type Store, type StoreOptions } from '../../lib/server/store/store.ts';
import { createSample, type Sample } from './store/samples.ts';

const scripts = path.resolve(import.meta.dirname, '../../scripts');
let folder: string;
let data: string;
let store: Store;
let sample: Sample;

before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-backup-'));
  data = mkdtempSync(path.join(folder, 'data-'));
  writeFileSync(path.join(data, 'secret'), 's'.repeat(43), { mode: 0o600 });
  store = await openStore({ kind: 'sqlite', path: path.join(data, 'thinkglass.db') });
  sample = await createSample(store);
});
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function run(script: 'backup' | 'restore', args: string[], env: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(scripts, `${script}.mjs`), ...args], {
    env: { ...process.env, THINKGLASS_DATA: data, DATABASE_URL: '', THINKGLASS_SECRET: '', ...env },
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

function backUp(to: string | undefined, env: Record<string, string> = {}) {
  return run('backup', to === undefined ? [] : [path.join(folder, to)], env);
}

const conversationIn = async (options: StoreOptions) => {
  const opened = await openStore(options);
  const found = await opened.conversations.find(sample.ownerId, sample.conversationId);
  await opened.close();
  return found;
};

test('a backup made while the store is written to holds it all, and opens in its place', async () => {
  const { status, said } = backUp('whole');
  assert.equal(status, 0, said);
  assert.match(said, /^1 conversation and the secret are in /);
  const place = path.join(folder, 'whole');
  assert.equal(readFileSync(path.join(place, 'secret'), 'utf8'), 's'.repeat(43));
  for (const file of ['secret', 'thinkglass.db']) assert.equal(statSync(path.join(place, file)).mode & 0o077, 0);
  const found = await conversationIn({ kind: 'sqlite', path: path.join(place, 'thinkglass.db') });
  assert.deepEqual(found, await store.conversations.find(sample.ownerId, sample.conversationId));
});

test('an earlier backup is not written over, and what cannot be backed up is said', () => {
  assert.equal(backUp('once').status, 0);
  assert.match(backUp('once').said, /is there already/);
  assert.match(backUp(undefined).said, /name a folder/);
  assert.match(backUp('none', { THINKGLASS_DATA: path.join(folder, 'nowhere') }).said, /there is no store in/);
  assert.match(backUp('other', { DATABASE_URL: 'postgres://127.0.0.1:1/x' }).said, /cannot be reached/);
  assert.match(backUp('apart', { THINKGLASS_SECRET: 'x'.repeat(32) }).said, /keep THINKGLASS_SECRET/);
});

test('a backup is put in place where nothing is, with its secret, and nowhere else', async () => {
  const backup = path.join(folder, 'kept');
  assert.equal(backUp('kept').status, 0);
  const elsewhere = path.join(folder, 'new home');
  const { status, said } = run('restore', [backup], { THINKGLASS_DATA: elsewhere });
  assert.equal(status, 0, said);
  assert.match(said, /^1 conversation and the secret are in place/);
  assert.equal(readFileSync(path.join(elsewhere, 'secret'), 'utf8'), 's'.repeat(43));
  const found = await conversationIn({ kind: 'sqlite', path: path.join(elsewhere, 'thinkglass.db') });
  assert.deepEqual(found, await store.conversations.find(sample.ownerId, sample.conversationId));

  assert.match(run('restore', [backup], { THINKGLASS_DATA: elsewhere }).said, /is there already/);
  assert.match(
    run('restore', [backup], { THINKGLASS_SECRET: 'x'.repeat(32) }).said,
    /not the one of THINKGLASS_SECRET/,
  );
  writeFileSync(path.join(backup, 'thinkglass.db'), 'no database');
  assert.match(run('restore', [backup], { THINKGLASS_DATA: path.join(folder, 'empty') }).said, /is no store/);
});

test('the models that were trained here go with a backup, and are put back where none of their name is', () => {
  const home = path.join(folder, 'with models');
  const models = path.join(home, 'models');
  mkdirSync(models, { recursive: true });
  const write = (at: string, id: string, bytes: string) => {
    writeFileSync(path.join(at, `${id}.1.gguf`), bytes);
    writeFileSync(path.join(at, `${id}.json`), JSON.stringify({ id, file: `${id}.1.gguf` }));
  };
  write(models, 'one', 'its weights');
  write(models, 'two', 'others');
  for (const name of ['three.json', 'four.json.partial']) writeFileSync(path.join(models, name), '{');
  assert.equal(run('restore', [path.join(folder, 'whole')], { THINKGLASS_DATA: home }).status, 0);
  assert.match(backUp('all', { THINKGLASS_DATA: home }).said, /^1 conversation, 2 models trained here, and the secret/);

  const next = path.join(folder, 'next home');
  mkdirSync(path.join(next, 'models'), { recursive: true });
  write(path.join(next, 'models'), 'two', 'of here');
  const { status, said } = run('restore', [path.join(folder, 'all')], { THINKGLASS_DATA: next });
  assert.equal(status, 0, said);
  assert.match(said, /^1 conversation, 1 model trained here, and the secret are in place/);
  const files = ['one.1.gguf', 'one.json', 'two.1.gguf', 'two.json'];
  assert.deepEqual(readdirSync(path.join(next, 'models')).toSorted(), files);
  assert.equal(readFileSync(path.join(next, 'models/one.1.gguf'), 'utf8'), 'its weights');
  assert.equal(readFileSync(path.join(next, 'models/two.1.gguf'), 'utf8'), 'of here');
});
