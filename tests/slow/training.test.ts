import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { insideFile, insideRecords } from '../../lib/server/protocols/inside/models.ts';
import { heldOutPuzzles } from '../../lib/zero/task.ts';
import { renderNetwork } from '../../training/from-gguf.mjs';

/** The trainer, as training/README.md says to make it; what it learns here goes away with the folder. */
const folder = mkdtempSync(path.join(tmpdir(), 'thinkglass-training-'));
after(() => rmSync(folder, { recursive: true, force: true }));
before(() => execFileSync('make', ['-s', '-C', 'training']));

// one thread: the order of sums is one order then, whatever else the machine does
const env = { ...process.env, OMP_NUM_THREADS: '1' };
const tiny = (...args: string[]) =>
  execFileSync(path.resolve('training/build/tiny'), args, { cwd: folder, env, encoding: 'utf8' });

/** Records are lines of JSON. */
function read<Line>(text: string): Line[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Line); // the trainer's words; the tests look at them
}

function saveShipped(id: string): string {
  const record = insideRecords.find((one) => one.id === id);
  assert.ok(record);
  writeFileSync(path.join(folder, `${id}.net`), renderNetwork(readFileSync(insideFile(record))));
  return `${id}.net`;
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('the gradient is that of finite differences', () => {
  const lines = tiny('gradient').trim().split('\n');
  assert.equal(lines.length, 10);
  for (const line of lines) assert.match(line, /^ok /);
});

test('the held-out puzzles are the same here and there, to the last of those that the record is on', () => {
  const lines = tiny('puzzles', '--count', '2048').trim().split('\n');
  assert.deepEqual(
    lines,
    heldOutPuzzles(2048).map(({ numbers, target }) => `${numbers.join(' ')} ${target}`),
  );
});

test('learning from texts lowers the loss', () => {
  const args = ['--step-tokens', '1024', '--tokens', '150000', '--rate', '2e-3', '--every', '50', '--puzzles', '128'];
  const lines = read<{ loss?: number }>(tiny('base', '--to', 'base.net', ...args));
  const losses = lines.flatMap(({ loss }) => loss ?? []);
  const [first = 0, last = Number.NaN] = [losses[0], losses.at(-1)];
  assert.ok(losses.length >= 3 && first < Math.log(128), `${losses}`);
  assert.ok(last < 0.6 * first, `the loss went from ${first} to ${last}`);
});

test('nothing but rewards raises the reward of the shipped base, its form first', () => {
  const args = ['--steps', '16', '--prompts', '8', '--group', '16', '--rate', '1e-3', '--puzzles', '128'];
  tiny('reinforce', '--from', saveShipped('tiny-base'), '--to', 'zero.net', '--record', 'zero.jsonl', ...args);
  const lines = read<{ at: string; reward: number; format: number }>(
    readFileSync(path.join(folder, 'zero.jsonl'), 'utf8'),
  );
  const steps = lines.filter(({ at }) => at === 'training');
  assert.equal(steps.length, 16);
  const [first, last] = [steps.slice(0, 3), steps.slice(-3)];
  for (const figure of ['reward', 'format'] as const) {
    const [before, after] = [first, last].map((some) => mean(some.map((step) => step[figure])));
    assert.ok(before !== undefined && after !== undefined && after > 2 * before, `${figure}: ${before}, then ${after}`);
  }
});
