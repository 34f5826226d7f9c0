import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { findRepetition, RepetitionDetector, repetitionLimits } from '../../../lib/reasoning/repetition.ts';
import { transcripts } from '../../../lib/server/protocols/replay/recordings.ts';
import { recordings } from '../../fakes/provider.ts';

/** Where a text is found to repeat, when it comes in these pieces: how much had come by then. */
function foundAfter(pieces: readonly string[]): number | undefined {
  const detector = new RepetitionDetector();
  let read = 0;
  for (const piece of pieces) {
    read += piece.length;
    if (detector.push(piece)) return read;
  }
  return undefined;
}

const detect = (text: string) => new RepetitionDetector().push(text);
/** Text that never repeats: every word is another number. */
const counting = (words: number) => Array.from({ length: words }, (_, i) => `word${i}`).join(' ');

test('a sentence written again and again is found, with its period, soon after it is enough', () => {
  const sentence = ' Wait, let me check that once more.';
  const start = `${counting(700)}.`;
  const pieces = [start, ...Array.from({ length: 200 }, () => sentence)];
  assert.equal(detect(pieces.join(''))?.period, sentence.length);
  const after = (foundAfter(pieces) ?? Number.POSITIVE_INFINITY) - start.length;
  assert.ok(after >= repetitionLimits.length && after <= repetitionLimits.length + 240 + sentence.length, `${after}`);
});

test('a loop over several lines is found up to the longest period, and no further', () => {
  const lines = (length: number) =>
    counting(100)
      .slice(0, length - 1)
      .concat('\n');
  assert.equal(detect(lines(repetitionLimits.period).repeat(8))?.period, repetitionLimits.period);
  assert.equal(detect(lines(repetitionLimits.period + 1).repeat(8)), undefined);
});

test('a piece repeated often but not for long, or long but not often, is no loop', () => {
  assert.equal(detect(`${counting(500)}${'ha'.repeat(repetitionLimits.length / 2 - 100)}${counting(500)}`), undefined);
  const paragraph = counting(100).slice(0, 390);
  assert.equal(detect(counting(500) + paragraph.repeat(repetitionLimits.times - 1) + counting(500)), undefined);
});

test('lists of numbers, tables and code whose rows differ by a number are no loops', () => {
  const rows = (row: (i: number) => string) => Array.from({ length: 800 }, (_, i) => row(i)).join('\n');
  for (const text of [
    rows((i) => `${i}`),
    rows((i) => `${i}. The same words in every item of this list.`),
    rows((i) => `| ${i} | ${i * i} | yes | yes | yes |`),
    rows((i) => `  { id: ${i}, name: 'item', tags: [], active: true },`),
    rows((i) => `Step ${i}: x = x + 1, so x = ${i + 1}.`),
    rows((i) => (i % 7 === 0 ? `| --- | --- |` : `| ${i} | 0 |`)),
  ]) {
    assert.equal(detect(text), undefined, text.slice(0, 60));
  }
});

test('nothing that was recorded is taken for a loop', () => {
  for (const { file, expect } of recordings) assert.equal(detect(expect.reasoning + expect.answer), undefined, file);
  const replies = transcripts.flatMap(({ recordings: of }) => Object.values(of));
  assert.ok(replies.some(({ reasoning }) => reasoning.length > 50_000));
  for (const { reasoning, answer } of replies) assert.equal(detect(reasoning + answer), undefined, answer.slice(0, 60));
});

test('what is found does not depend on how the text was cut', () => {
  fc.assert(
    fc.property(
      fc.nat(3_000),
      fc.string({ minLength: 1, maxLength: 500 }),
      fc.nat(40),
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 30 }),
      (lead, piece, times, cuts) => {
        const text = counting(700).slice(0, lead) + piece.repeat(times) + counting(60);
        const whole = detect(text);
        const detector = new RepetitionDetector();
        let found: ReturnType<typeof detect>;
        for (let at = 0, i = 0; at < text.length; i++) {
          const size = cuts[i % cuts.length] ?? 1;
          found ??= detector.push(text.slice(at, at + size));
          at += size;
        }
        assert.deepEqual(found, whole);
      },
    ),
    { numRuns: 200 },
  );
});

test('a repetition is exactly what its limits say', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 300 }),
      fc.string({ minLength: 1, maxLength: 450 }),
      fc.integer({ min: 1, max: 60 }),
      (lead, piece, times) => {
        const text = (lead + piece.repeat(times)).slice(-2_400);
        const slow = slowRepetition(text);
        assert.equal(findRepetition(text)?.period, slow);
      },
    ),
    { numRuns: 150 },
  );
});

/** The definition, word for word. */
function slowRepetition(text: string): number | undefined {
  for (let period = 1; period <= repetitionLimits.period; period++) {
    const length = Math.max(repetitionLimits.length, repetitionLimits.times * period);
    if (text.length < length) continue;
    const end = text.slice(-length);
    if (end.slice(period) === end.slice(0, -period)) return period;
  }
  return undefined;
}

test('it is told once', () => {
  const detector = new RepetitionDetector();
  assert.ok(detector.push('no '.repeat(2_000)));
  assert.equal(detector.push('no '.repeat(2_000)), undefined);
});
