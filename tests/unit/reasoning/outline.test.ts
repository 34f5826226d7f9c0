import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { findMarks, type Mark, Outline, thinMarks } from '../../../lib/reasoning/outline.ts';

/** Pieces of thinking, so that a random text has something to find. */
const piece = fc.constantFrom(
  'Wait, is 7 prime? ',
  'Let me check that again.\n',
  'The sum is 12 and the rest follows from it at once. ',
  '\n\n',
  '\n',
  '## A heading\n',
  '**Bold alone**\n',
  'Step 3: count the rest\n',
  '1. first\n',
  'so \\boxed{4^{2}} it is. ',
  'The answer is 42. ',
  '等等，让我再检查一下这个结果，看看有没有漏掉的情况。',
  'This paragraph is written in plain English words, long enough to tell.\n',
  '```\nwait(1)\n# no heading\n```\n',
  '``',
  '\ud83e\udd14',
  'x'.repeat(900),
);
const thought = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

const words = (marks: readonly Mark[]) => marks.map(({ kind, label }) => `${kind}: ${label}`);

test('an outline read in any pieces is the outline of the whole text', () => {
  fc.assert(
    fc.property(thought, fc.array(fc.nat({ max: 200 }), { maxLength: 30 }), (text, steps) => {
      const outline = new Outline();
      let at = 0;
      for (const step of steps) {
        at += step;
        outline.grow(text.slice(0, at));
        outline.marks();
      }
      outline.grow(text);
      assert.deepEqual(outline.marks(), findMarks(text));
    }),
    { numRuns: 300 },
  );
});

test('marks stand in the order of the text, inside it, with a label of one short line', () => {
  fc.assert(
    fc.property(thought, (text) => {
      let before = 0;
      for (const { at, label } of findMarks(text)) {
        assert.ok(at >= before && at < text.length);
        assert.ok(label.length > 0 && label.length <= 81 && !label.includes('\n'), label);
        before = at;
      }
    }),
  );
});

test('re-thinks are named by the sentence they begin', () => {
  const text =
    'So x is 3. Wait, that leaves out x = -3. Then both.\nHmm. Is zero allowed? Yes.\nThe waiter will wait for us.';
  assert.deepEqual(words(findMarks(text)), ['rethink: Wait, that leaves out x = -3', 'rethink: Hmm. Is zero allowed']);
  assert.equal(findMarks(text)[0]?.at, text.indexOf('Wait'));
});

test('headings and steps are told from other lines', () => {
  const text = [
    '# The plan',
    '**First part:**',
    '**Step 2: the rest**',
    '1. count the edges',
    '2) count the faces',
    '第三步：验证',
    'It has **bold** words in it.',
    '1.5 is not a step',
    '```sh',
    '# a comment',
    '1. no step',
    '```',
  ].join('\n');
  assert.deepEqual(words(findMarks(text)), [
    'heading: The plan',
    'heading: First part',
    'step: Step 2: the rest',
    'step: 1. count the edges',
    'step: 2) count the faces',
    'step: 第三步：验证',
  ]);
});

test('candidate answers are found however they are named, and once', () => {
  const candidates = (text: string) =>
    findMarks(text)
      .filter(({ kind }) => kind === 'candidate')
      .map(({ label }) => label);
  assert.deepEqual(candidates('so \\boxed{\\frac{1}{2}} follows'), ['\\frac{1}{2}']);
  assert.deepEqual(candidates('The answer is \\boxed{7}.'), ['7']);
  assert.deepEqual(candidates('So the final answer is **3.5**. Good.'), ['3.5']);
  assert.deepEqual(candidates('Hence 42 is the answer.'), ['42']);
  assert.deepEqual(candidates('所以答案是12。'), ['12']);
  assert.deepEqual(candidates('I wonder what the answer is here. The answer is not 4.'), []);
});

test('a change of language is marked where it happens, both ways', () => {
  const latin = 'This is a paragraph of thinking in English, long enough to tell.\n\n';
  const han = '现在我用中文来思考这个问题，看看结果是不是一样的。\n\n';
  const text = `${latin}Short.\n\n${han}${han}${latin}`;
  assert.deepEqual(
    findMarks(text)
      .filter(({ kind }) => kind === 'language')
      .map(({ at, label }) => [at, label]),
    [
      [latin.length + 8, 'Into Chinese'],
      [latin.length + 8 + 2 * han.length, 'Into Latin script'],
    ],
  );
});

test('four hundred kilobytes are read in linear time', () => {
  const paragraph =
    'Wait, let me check the third row. The queen stands on 4, so 3 and 5 are taken.\n\n1. go on\n\nThe answer is 92.\n\n';
  const small = paragraph.repeat(400);
  const marks = findMarks(small).length;
  assert.equal(findMarks(small.repeat(10)).length, marks * 10);
  // one endless line, and one of nothing but marks
  assert.ok(findMarks(`${'so it goes on and on '.repeat(20_000)}`).length < 10);
  assert.ok(findMarks('*'.repeat(400_000)).length < 10);
  assert.ok(findMarks('{\\boxed{'.repeat(50_000)).length > 0);
});

test('too many marks are thinned, few and weighty kinds least', () => {
  const kinds = ['rethink', 'step', 'heading', 'candidate', 'language'] as const;
  const mark = fc.record({
    kind: fc.constantFrom(...kinds),
    at: fc.nat(),
    label: fc.constant('x'),
  });
  fc.assert(
    fc.property(fc.array(mark, { maxLength: 300 }), fc.integer({ min: 0, max: 100 }), (marks, most) => {
      const kept = thinMarks(marks, most);
      assert.ok(kept.length <= most);
      assert.deepEqual(
        kept,
        marks.filter((m) => kept.includes(m)),
      );
      if (marks.length <= most) assert.deepEqual(kept, marks);
    }),
  );
  const many: Mark[] = Array.from({ length: 500 }, (_, at) => ({
    kind: at % 100 === 7 ? 'candidate' : 'step',
    at,
    label: 'x',
  }));
  const kept = thinMarks(many, 50);
  assert.equal(kept.filter(({ kind }) => kind === 'candidate').length, 5);
  assert.ok(kept.some(({ at }) => at === 0) && kept.some(({ at }) => at === 499));
});

test('a formula in a label is told in plain signs', () => {
  const label = (text: string) => findMarks(`So it goes.\n\n${text}\n\nOn it goes.`)[0]?.label;
  assert.equal(
    label('Wait, for \\( x = 9 \\): left side \\( \\sqrt{16} \\), that is 4.'),
    'Wait, for x = 9: left side √16, that is 4',
  );
  assert.equal(label('Wait, $\\sqrt{x+7} \\neq \\frac{a+b}{2} \\times 3$ here.'), 'Wait, √(x+7) ≠ (a+b)/2 × 3 here');
});
