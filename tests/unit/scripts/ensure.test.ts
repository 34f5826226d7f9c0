import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import {
  buildStamp,
  ensureBuilt,
  ensureInstalled,
  missingPackages,
  whyBuild,
  whyInstall,
} from '../../../scripts/ensure.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-ensure-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, content: unknown): void {
  mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
}

const zod = { version: '4.0.0', integrity: 'sha512-aaaa' };
const elsewhere = process.platform === 'win32' ? 'linux' : 'win32';
const lock = {
  packages: {
    '': { name: 'it' },
    'node_modules/zod': zod,
    'node_modules/binding-here': { version: '1.0.0', optional: true, os: [process.platform], cpu: [process.arch] },
    'node_modules/binding-elsewhere': { version: '1.0.0', optional: true, os: elsewhere },
    'node_modules/part-of-elsewhere': { version: '1.0.0', optional: true },
  },
};
/** What npm would write for `lock` on this machine. */
const installed = {
  packages: { 'node_modules/zod': zod, 'node_modules/binding-here': { version: '1.0.0' } },
};

test('an install that npm has finished, whoever asked for it, is taken as it is', async () => {
  write('package-lock.json', lock);
  write('node_modules/.package-lock.json', installed);
  assert.equal(whyInstall(root), 'the last install did not get to its end');
  await ensureInstalled(root);
  assert.equal(whyInstall(root), undefined);
});

test('a changed lock file, a removed folder and a cut-off install are each a reason to install', async () => {
  write('package-lock.json', lock);
  assert.equal(whyInstall(root), 'nothing is installed yet');
  write('node_modules/.package-lock.json', installed);
  await ensureInstalled(root);
  write('package-lock.json', { ...lock, lockfileVersion: 3 });
  assert.equal(whyInstall(root), 'package-lock.json has changed since the last install');
  rmSync(path.join(root, 'node_modules'), { recursive: true });
  mkdirSync(path.join(root, 'node_modules'));
  assert.equal(whyInstall(root), 'the last install did not get to its end');
  assert.deepEqual(missingPackages(root), ['node_modules/zod', 'node_modules/binding-here']);
});

test('a package counts as missing when its version or content is another, or npm dropped it quietly', () => {
  write('package-lock.json', lock);
  const present = (packages: object) => {
    write('node_modules/.package-lock.json', { packages: { ...installed.packages, ...packages } });
    return missingPackages(root);
  };
  assert.deepEqual(present({}), []);
  assert.deepEqual(present({ 'node_modules/zod': { ...zod, version: '4.0.1' } }), ['node_modules/zod']);
  assert.deepEqual(present({ 'node_modules/zod': { ...zod, integrity: 'sha512-bbbb' } }), ['node_modules/zod']);
  assert.deepEqual(present({ 'node_modules/binding-here': undefined }), ['node_modules/binding-here']);
  write('node_modules/.package-lock.json', '{"packages": {"node_modu');
  assert.equal(missingPackages(root).length, 2);
});

test('a package of our own is a link, and counts as missing until npm has seen it', () => {
  const own = { version: '0.1.0' };
  const link = { 'node_modules/@it/own': { resolved: 'packages/own', link: true } };
  write('package-lock.json', { packages: { ...lock.packages, ...link, 'packages/own': own } });
  write('node_modules/.package-lock.json', installed);
  assert.deepEqual(missingPackages(root), ['packages/own']);
  write('node_modules/.package-lock.json', { packages: { ...installed.packages, ...link, 'packages/own': own } });
  assert.deepEqual(missingPackages(root), []);
});

test('a build is due when there is none, when it was cut off, and when a source has changed, but not otherwise', async () => {
  write('app/page.tsx', 'one');
  write('lib/usage.ts', 'two');
  write('next.config.ts', 'three');
  assert.equal(whyBuild(root), 'the app is not built yet');
  write('.next/BUILD_ID', 'x');
  assert.equal(whyBuild(root), 'the last build did not get to its end');
  const asBuilt = () => write('.next/thinkglass-built', buildStamp(root));
  asBuilt();
  assert.equal(whyBuild(root), undefined);
  await ensureBuilt(root); // would fail: there is no Next here

  const changes: [string, string][] = [
    ['app/page.tsx', 'one more'],
    ['lib/server/deep/down.ts', ''],
    ['public/icon.svg', '<svg/>'],
    ['packages/splitter/src/splitter.ts', ''],
    ['packages/splitter/package.json', '{}'],
    ['proxy.ts', ''],
    ['package-lock.json', '{}'],
    ['tsconfig.json', '{}'],
  ];
  for (const [file, content] of changes) {
    write(file, content);
    assert.equal(whyBuild(root), 'the sources have changed since the last build', file);
    asBuilt();
  }
  rmSync(path.join(root, 'lib/usage.ts'));
  assert.equal(whyBuild(root), 'the sources have changed since the last build');
  asBuilt();

  for (const file of [
    'tests/unit/a.test.ts',
    'packages/splitter/tests/a.test.ts',
    'packages/splitter/spec.md',
    'README.md',
    'tsconfig.tsbuildinfo',
    'biome.json',
    'next-env.d.ts',
    'data/it.db',
  ]) {
    write(file, 'whatever');
    assert.equal(whyBuild(root), undefined, file);
  }
});

test('what moves between two files is a change, and a copy elsewhere is none', () => {
  write('app/a.ts', 'ab');
  write('app/b.ts', 'c');
  const before = buildStamp(root);
  const copy = `${root}-copy`;
  cpSync(root, copy, { recursive: true });
  assert.equal(buildStamp(copy), before);
  rmSync(copy, { recursive: true });
  write('app/a.ts', 'a');
  write('app/b.ts', 'bc');
  assert.notEqual(buildStamp(root), before);
});

test('the stamps of the project itself name every source at the top that Next reads', () => {
  const rootFiles = [
    'next.config.ts',
    'proxy.ts',
    'instrumentation.ts',
    'postcss.config.mjs',
    'package.json',
    'tsconfig.json',
  ];
  for (const file of rootFiles) {
    write(file, readFileSync(path.resolve(import.meta.dirname, '../../..', file), 'utf8'));
    const before = buildStamp(root);
    write(file, 'changed');
    assert.notEqual(buildStamp(root), before, file);
  }
});
