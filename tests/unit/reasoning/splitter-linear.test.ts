import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReasoningSplitter } from '../../../lib/reasoning/splitter.ts';
import { splitDeltas } from './cutting.ts';

const start = '<think>a</think>b';
const shapes: Record<string, string> = {
  prose: 'word by word; ',
  whitespace: ' ',
  'the start of tags': '<',
  'tags that break off late': `<think ${'a'.repeat(70)}`,
  'tags that are mentions': 'so </think> and <think> ',
  'fences and lines': '```\nx\n',
  blocks: '\n<think>a</think>b',
  'debts that are paid': '\n<think>\na\n<think>\nb\n</think>\nc\n</think>\nd',
};

for (const [name, unit] of Object.entries(shapes)) {
  test(`a character costs the same in a long text as in a short one: ${name}`, () => {
    const short = perCharacter(unit, 10_000, 5);
    const long = perCharacter(unit, 1_000_000, 1);
    // Work that grew with the text would make this about 100. It is the time of this thread on the processor, which
    // other processes and the collector's threads do not lengthen; the bound leaves room for caches.
    assert.ok(long < short * 25, `${long.toFixed(0)} ns a character against ${short.toFixed(0)} ns`);
  });
}

test('nothing is emitted twice, and no push says more than it must', () => {
  for (const unit of Object.values(shapes)) {
    const text = start + unit.repeat(Math.ceil(20_000 / unit.length));
    const { events } = splitDeltas(Array.from(text), {}, 'stop');
    const emitted = events.reduce((sum, e) => sum + (e.type === 'delta' ? e.text.length : 0), 0);
    assert.ok(emitted <= text.length);
    assert.ok(events.length <= text.length);
  }
});

/** Nanoseconds of this thread's processor time a character, given one at a time: the best of some runs. */
function perCharacter(unit: string, length: number, runs: number): number {
  const text = start + unit.repeat(Math.ceil(length / unit.length));
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const before = process.threadCpuUsage();
    const splitter = new ReasoningSplitter();
    for (let at = 0; at < text.length; at++) splitter.push(text.charAt(at));
    splitter.end('stop');
    const { user, system } = process.threadCpuUsage(before);
    best = Math.min(best, user + system);
  }
  return (best / text.length) * 1e3;
}
