import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.join(import.meta.dirname, '../../..');
const files = ['app', 'components'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(tsx|css)$/.test(name))
    .map((name) => path.join(folder, name)),
);

/** Classes that make `:is(:where(.group):has(…) *)` of an ancestor. */
const groupHas = /\b(group|peer|in)-has-/;

test('no class asks of an ancestor what is anywhere in it: each thing added to a thought would restyle the page', () => {
  assert.ok(groupHas.test('group-has-[#composer]/shell:block'));
  const found = files.filter((file) => groupHas.test(readFileSync(path.join(root, file), 'utf8')));
  assert.ok(files.length > 100);
  assert.deepEqual(found, []);
});
