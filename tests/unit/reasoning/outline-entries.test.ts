import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { findMarks, type Mark, markKinds } from '../../../lib/reasoning/outline.ts';
import { outlineEntriesOf } from '../../../lib/reasoning/outline-entries.ts';

const mark = fc.record({
  kind: fc.constantFrom(...markKinds),
  at: fc.nat(5000),
  label: fc.constantFrom('Hmm, row 1', 'Hmm, row 22', 'Wait, no', 'wait, what', '等等，第3行', '等等，第8行', '42', ''),
});
const sorted = (marks: Mark[]) => marks.sort((a, b) => a.at - b.at);

test('every mark is in exactly one entry, of its kind, under its heading', () => {
  fc.assert(
    fc.property(fc.array(mark, { maxLength: 60 }).map(sorted), (marks) => {
      const entries = outlineEntriesOf(marks);
      assert.deepEqual(new Set(entries.flatMap((entry) => entry.marks)), new Set(marks));
      assert.equal(
        entries.reduce((sum, entry) => sum + entry.marks.length, 0),
        marks.length,
      );
      const headings = marks.filter(({ kind }) => kind === 'heading').map(({ at }) => at);
      for (const entry of entries) {
        assert.ok(entry.marks.every(({ kind }) => kind === entry.kind));
        if (entry.kind !== 'heading')
          assert.equal(new Set(entry.marks.map(({ at }) => headings.findLast((heading) => heading < at))).size, 1);
      }
      assert.deepEqual(
        entries.map(({ at }) => at),
        entries.map(({ at }) => at).sort((a, b) => a - b),
      );
    }),
  );
});

test('turns that begin alike are counted under their heading, the rest stands for itself', () => {
  const rows = Array.from({ length: 31 }, (_, i) => `Hmm, row ${i} is taken by a queen.\n\n`).join('');
  const text = `## Try\n\n${rows}Wait, that is wrong.\n\nThe answer is 92.\n\n## Again\n\nHmm, row 7 once more.\n`;
  assert.deepEqual(
    outlineEntriesOf(findMarks(text)).map(({ kind, label, marks }) => [kind, label, marks.length]),
    [
      ['heading', 'Try', 1],
      ['rethink', 'Hmm, row …', 31],
      ['rethink', 'Wait, that is wrong', 1],
      ['candidate', '92', 1],
      ['heading', 'Again', 1],
      ['rethink', 'Hmm, row 7 once more', 1],
    ],
  );
});

test('one sentence that turns back twice is one entry', () => {
  const text = 'So 12. Wait, maybe I should check whether adding the rates is right. Let me verify it.';
  assert.deepEqual(
    outlineEntriesOf(findMarks(text)).map(({ label }) => label),
    ['Wait, maybe I should check whether adding the rates is right', 'Let me verify it'],
  );
});
