import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

const lockModule = JSON.stringify(path.resolve(import.meta.dirname, '../../../scripts/lock.mjs'));

/** A process that takes the lock of `folder`, does `work` and says so in `folder/diary`. */
function holder(folder: string, work: string) {
  const source = `import { withLock } from ${lockModule};
    import { appendFileSync } from 'node:fs';
    import { spawn } from 'node:child_process';
    import { setTimeout as wait } from 'node:timers/promises';
    const say = (word) => appendFileSync(${JSON.stringify(path.join(folder, 'diary'))}, word + ' ' + process.pid + '\\n');
    await withLock(${JSON.stringify(folder)}, async (addHolder) => { ${work} });`;
  return spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'pipe'] });
}

function inFolder(name: string, body: (folder: string) => Promise<void>): void {
  test(name, async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-lock-'));
    try {
      await body(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

const visit = "say('in'); await wait(20); say('out');";

/** Whether nobody came in before the one before was out. */
function assertOneAtATime(folder: string, visits: number): void {
  const words = readFileSync(path.join(folder, 'diary'), 'utf8').trim().split('\n');
  assert.equal(words.length, visits * 2);
  for (let i = 0; i < words.length; i += 2) {
    const pid = words[i]?.replace('in ', '');
    assert.deepEqual(words.slice(i, i + 2), [`in ${pid}`, `out ${pid}`]);
  }
}

inFolder('runs that want the lock at once get it one after the other', async (folder) => {
  const all = Array.from({ length: 6 }, () => holder(folder, visit));
  for (const [code] of await Promise.all(all.map((child) => once(child, 'close')))) assert.equal(code, 0);
  assertOneAtATime(folder, 6);
});

inFolder('what a killed run left is taken over, by one of those who wait', async (folder) => {
  const killed = holder(folder, "process.stdout.write('in'); await wait(60_000);");
  await once(killed.stdout, 'data');
  killed.kill('SIGKILL');
  await once(killed, 'close');
  const all = Array.from({ length: 4 }, () => holder(folder, visit));
  await Promise.all(all.map((child) => once(child, 'close')));
  assertOneAtATime(folder, 4);
});

inFolder('a program that outlives the run that started it still holds the lock', async (folder) => {
  const program = "spawn('sleep', ['60'], { stdio: 'ignore', detached: true })";
  const killed = holder(folder, `const { pid } = ${program}; addHolder(pid); console.log(pid); await wait(60_000);`);
  const [pid] = await once(killed.stdout, 'data');
  killed.kill('SIGKILL');
  await once(killed, 'close');
  const waiting = holder(folder, visit);
  const [said] = await once(waiting.stderr, 'data');
  assert.match(String(said), new RegExp(`waiting for another run \\(process ${Number(pid)}\\)`));
  process.kill(Number(pid), 'SIGKILL');
  await once(waiting, 'close');
  assertOneAtATime(folder, 1);
});
