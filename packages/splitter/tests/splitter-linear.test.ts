import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReasoningSplitter } from '../src/splitter.ts';
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
    // The same number of characters both times: a hundred short texts, and one long text. Work that grew with the
    // text would make the ratio about 100. It is this thread's time on the processor, which no other process lengthens.
    perCharacter(unit, 10_000, 20);
    const short = perCharacter(unit, 10_000, 100);
    const long = perCharacter(unit, 1_000_000, 1);
    assert.ok(long < short * 10, `${long.toFixed(0)} ns a character against ${short.toFixed(0)} ns`);
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

/** Nanoseconds of this thread's processor time a character, given one at a time, in so many texts of this length. */
function perCharacter(unit: string, length: number, texts: number): number {
  const text = start + unit.repeat(Math.ceil(length / unit.length));
  const before = process.threadCpuUsage();
  for (let i = 0; i < texts; i++) {
    const splitter = new ReasoningSplitter();
    for (let at = 0; at < text.length; at++) splitter.push(text.charAt(at));
    splitter.end('stop');
  }
  const { user, system } = process.threadCpuUsage(before);
  return ((user + system) / (text.length * texts)) * 1e3;
}
