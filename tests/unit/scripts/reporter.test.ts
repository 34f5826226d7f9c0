import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import reportTests from '../../reporter-node.ts';

const reporter = path.resolve(import.meta.dirname, '../../reporter-node.ts');

/** What the reporter prints and counts of these test files. */
async function report(files: Record<string, string>) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-reporter-'));
  const totalsFile = path.join(folder, 'totals.json');
  const names = Object.keys(files).map((name) => `${name}.test.mjs`);
  for (const [name, source] of Object.entries(files)) {
    const head = "import test from 'node:test'; import assert from 'node:assert/strict';\n";
    writeFileSync(path.join(folder, `${name}.test.mjs`), head + source);
  }
  try {
    const args = ['--test', '--test-concurrency=1', `--test-reporter=${reporter}`, ...names];
    // NODE_TEST_CONTEXT would make this run a part of ours
    const env = { ...process.env, TEST_TOTALS: totalsFile, NODE_TEST_CONTEXT: undefined };
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    const [code] = await once(child, 'close');
    return { code, printed, totals: JSON.parse(readFileSync(totalsFile, 'utf8')) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('every test counts once: suites not at all, a failed subtest not for its parent too', async () => {
  const { code, printed, totals } = await report({
    mixed: `
      test('good', () => {});
      test('bad', () => assert.equal(1, 2, 'one is not two'));
      test('parent', async (t) => { await t.test('child', () => { throw new Error('child broke'); }); });
      test.describe('suite', () => { test('inside', () => {}); test.skip('not now', () => {}); test.todo('later'); });`,
  });
  assert.equal(code, 1);
  assert.deepEqual(totals, { passed: 2, failed: 2, skipped: 2 });
  assert.match(printed, /✗ mixed\.test\.mjs: bad \(line \d+\)\n.*one is not two/);
  assert.match(printed, /✗ mixed\.test\.mjs: parent › child \(line \d+\)\n.*child broke/);
});

test('a file that holds no test, breaks while loading or ends badly has failed', async () => {
  const { totals, printed } = await report({
    breaks: "console.log('last words'); throw new Error('at load');",
    empty: '',
    exits: "test('good', () => {}); setTimeout(() => process.exit(3), 50);",
  });
  assert.deepEqual(totals, { passed: 1, failed: 3, skipped: 0 });
  assert.match(printed, /✗ empty\.test\.mjs: the file holds no test/);
  assert.match(printed, /breaks\.test\.mjs printed:\n\s+last words/);
});

test('what runs when the tests are stopped has failed, by name', async () => {
  // The events of a real run, shortened: when a signal arrives among them is not ours to say.
  const file = path.resolve('a.test.ts');
  async function* events() {
    yield { type: 'test:dequeue', data: { name: 'a.test.ts', file, testId: 1 } };
    yield { type: 'test:dequeue', data: { name: 'good', file, entryFile: file, testId: 1 } };
    yield { type: 'test:complete', data: { name: 'good', file, entryFile: file, testId: 1 } };
    yield { type: 'test:pass', data: { name: 'good', file, entryFile: file, testId: 1, details: { type: 'test' } } };
    yield { type: 'test:dequeue', data: { name: 'endless', file, entryFile: file, testId: 2 } };
    yield { type: 'test:interrupted' };
  }
  delete process.env.TEST_TOTALS; // those of the run we are in
  let printed = '';
  for await (const text of reportTests(events())) printed += text;
  assert.match(printed, /✗ a\.test\.ts: endless\n\s+was still running/);
  assert.doesNotMatch(printed, /good/);
});
