import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type DataSet, guessMapping, type Mapping, makeDataSet } from '../../../lib/lab/data-set.ts';
import { choiceLetters, dataSetText, suggestSuffix } from '../../../lib/lab/question.ts';
import { dataSetLimits, readRows } from '../../../lib/lab/read-rows.ts';

/** What becomes of a file without anybody's help. */
function read(text: string): DataSet & { mapping: Mapping } {
  const rows = readRows(text);
  assert.ok(rows.ok, rows.ok ? '' : rows.problem);
  const mapping = guessMapping(rows.fields, rows.rows);
  return { mapping, ...makeDataSet(rows.rows, mapping, { seed: 1 }) };
}

const lines = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n');
const keys = ({ questions }: DataSet) => questions.map(({ id, answer }) => [id, answer]);

test("GSM8K's key stands behind its four signs", () => {
  const set = read(
    lines(
      { question: 'How many?', answer: 'Half is 48/2 = <<48/2=24>>24.\n#### 1,072' },
      { question: 'And now?', answer: 'All.\n#### 7' },
    ),
  );
  assert.equal(set.mapping.shape, 'gsm8k');
  assert.deepEqual(keys(set), [
    ['row-1', '1072'],
    ['row-2', '7'],
  ]);
  assert.equal(suggestSuffix(set.questions), 'boxed');
});

test("MATH's key is its answer, or the last box of its solution", () => {
  const five = read(
    lines({
      problem: 'Halve 1.',
      solution: 'So \\boxed{\\frac12}.',
      answer: '\\frac{1}{2}',
      subject: 'Algebra',
      level: 2,
      unique_id: 'test/1',
    }),
  );
  assert.equal(five.mapping.shape, 'math');
  assert.deepEqual(keys(five), [['test/1', '\\frac{1}{2}']]);
  assert.equal(five.questions[0]?.group, 'Algebra');
  const old = read(
    lines(
      {
        problem: 'Halve 1.',
        level: 'Level 3',
        type: 'Algebra',
        solution: 'First \\boxed{2}, no: $\\boxed{\\frac{1}{2}}$.',
      },
      { problem: 'Halve 2.', level: 'Level 3', type: 'Algebra', solution: 'It is one.' },
    ),
  );
  assert.deepEqual(keys(old), [['row-1', '\\frac{1}{2}']]);
  assert.deepEqual(old.leftOut, [{ row: 2, reason: 'no-key' }]);
});

test('AIME is read in the shapes in which it goes about', () => {
  const shapes = [
    lines({ id: 60, problem: 'Find n.', solution: '…', answer: '073', url: 'https://example.com', year: '2024' }),
    lines({ ID: '2024-I-1', Problem: 'Find n.', Solution: '…', Answer: 73 }),
    lines({ problem_idx: 1, problem: 'Find n.', answer: 73 }),
    'question,answer\nFind n.,073',
  ];
  for (const text of shapes) {
    const set = read(text);
    assert.deepEqual(
      set.questions.map(({ question, answer, kind }) => [question, answer, kind]),
      [['Find n.', '73', 'value']],
      text,
    );
    assert.equal(set.mapping.shape, 'aime');
  }
});

test("GPQA's choices are shuffled by the seed, and the order is kept with the question", () => {
  const csv = `\uFEFFRecord ID,Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2,Incorrect Answer 3,Subdomain\r
rec1,"Which, of
these?",right,"wrong, one",w2,w3,Optics\r
${Array.from({ length: 30 }, (_, i) => `rec${i + 2},Question ${i}?,yes,no,perhaps,never,Optics`).join('\r\n')}`;
  const set = read(csv);
  assert.equal(set.mapping.shape, 'gpqa');
  assert.equal(set.questions.length, 31);
  const [first] = set.questions;
  assert.equal(first?.question, 'Which, of\nthese?');
  assert.deepEqual([...(first?.choices ?? [])].sort(), ['right', 'w2', 'w3', 'wrong, one']);
  for (const { answer, choices = [] } of set.questions)
    assert.match(choices[choiceLetters.indexOf(answer)] ?? '', /^(?:right|yes)$/);
  assert.ok(new Set(set.questions.map(({ answer }) => answer)).size > 1, 'the right one is not always the same letter');
  assert.equal(dataSetText(read(csv).questions), dataSetText(set.questions));
  const rows = readRows(csv);
  assert.ok(rows.ok);
  const other = makeDataSet(rows.rows, set.mapping, { seed: 2 });
  assert.notEqual(dataSetText(other.questions), dataSetText(set.questions));
  assert.equal(suggestSuffix(set.questions), 'letter');
});

test('MMLU-Pro has up to ten choices and a letter', () => {
  const row = {
    question_id: 7,
    question: 'Which?',
    options: ['a', 'b', 'c'],
    answer: 'C',
    answer_index: 2,
    category: 'law',
    cot_content: '',
  };
  const set = read(lines(row, { ...row, question_id: 8, question: 'Which now?', answer: 'J' }));
  assert.equal(set.mapping.shape, 'mmlu-pro');
  assert.deepEqual(keys(set), [['7', 'C']]);
  assert.deepEqual(set.leftOut, [{ row: 2, reason: 'no-such-choice' }]);
  assert.deepEqual(set.questions[0]?.choices, ['a', 'b', 'c']);
});

test('plain rows may say their kind, their choices and their numbers', () => {
  const set = read(
    lines(
      { id: 'a', question: '1 + 1?', answer: 2 },
      { id: 'b', question: 'Which?', answer: 'green', choices: ['red', 'green'] },
      { id: 'c', question: 'Use 3, 5 and 7 to make 26.', answer: '26', numbers: [3, 5, 7] },
      { id: 'd', question: ' ', answer: '5' },
      { id: 'e', question: 'No key?', answer: null },
      { id: 'a', question: '1  + 1? ', answer: '2' },
    ),
  );
  assert.deepEqual(
    set.questions.map(({ id, answer, kind }) => [id, answer, kind]),
    [
      ['a', '2', 'value'],
      ['b', 'B', 'choice'],
      ['c', '26', 'puzzle'],
      ['a (row 6)', '2', 'value'],
    ],
  );
  assert.deepEqual(set.leftOut, [
    { row: 4, reason: 'no-question' },
    { row: 5, reason: 'no-key' },
  ]);
  assert.deepEqual(set.repeated, [{ row: 6, of: 1 }]);
});

test('a mapping can be changed, and repeated questions left out', () => {
  const rows = readRows('Q,Solution text,Nr\nOne?,1,x1\nTwo?,2,x2\nOne?,1,x3');
  assert.ok(rows.ok);
  const guessed = guessMapping(rows.fields, rows.rows);
  assert.equal(guessed.question, undefined);
  const mapping: Mapping = { ...guessed, question: 'Q', answer: 'Solution text', id: 'Nr' };
  assert.deepEqual(keys(makeDataSet(rows.rows, mapping, { seed: 1, dropRepeated: true })), [
    ['x1', '1'],
    ['x2', '2'],
  ]);
  assert.deepEqual(makeDataSet(rows.rows, guessed, { seed: 1 }).leftOut.length, 3);
});

test('what cannot be read says so in a sentence', () => {
  for (const [text, words] of [
    ['', /nothing in it/],
    ['PAR1\0\0', /no text/],
    ['[{"question": "1', /begins like a JSON array and is none/],
    ['{"question": \n "1', /No line of this is JSON/],
    ['just some words', /neither JSON nor a table/],
    ['a,b\n"open,2\n', /does not end/],
    ['question,answer\n', /no row below/],
    ['[]', /no row with fields/],
    ['[1, 2]', /no row with fields/],
    ['7', /neither JSON nor a table/],
    ['{"a":1}\n'.repeat(dataSetLimits.rows + 1), /100,001 rows.*100,000 at most/],
    ['x'.repeat(dataSetLimits.bytes + 1), /larger than 64 MB/],
  ] as const) {
    const rows = readRows(text);
    assert.ok(!rows.ok, text.slice(0, 40));
    assert.match(rows.problem, words);
  }
});

test('a bad line does not lose the others', () => {
  const rows = readRows('{"question":"1?","answer":"1"}\n{"question":\n\n{"question":"2?","answer":"2"}\n"no"');
  assert.ok(rows.ok);
  assert.equal(rows.rows.length, 2);
  assert.deepEqual(
    rows.unread.map(({ row }) => row),
    [2, 3],
  );
  const csv = readRows('question,answer\n1?,1\n2?\n3?,3,4\n');
  assert.ok(csv.ok);
  assert.deepEqual([csv.rows.length, csv.unread.map(({ row }) => row)], [1, [2, 3]]);
  const wrapped = readRows('{\n "data": [\n {"question": "1?", "answer": "1"}\n ]\n}');
  assert.ok(wrapped.ok && wrapped.rows.length === 1);
});

test('an answer of a million and one characters is listed, not taken', () => {
  const set = read(lines({ question: 'x', answer: 'y'.repeat(1_000_001) }, { question: 'z', answer: '1' }));
  assert.deepEqual(set.leftOut, [{ row: 1, reason: 'too-long' }]);
  assert.equal(set.questions.length, 1);
});

test('whatever is in a row, JSON lines, an array and CSV are read alike', () => {
  const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== '' && !text.includes('\0'));
  fc.assert(
    fc.property(
      fc.array(fc.record({ question: word, answer: word }, { noNullPrototype: true }), { minLength: 1, maxLength: 8 }),
      (rows) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const csv = ['question,answer', ...rows.map((r) => `${quoted(r.question)},${quoted(r.answer)}`)].join('\r\n');
        const all = [rows.map((row) => JSON.stringify(row)).join('\r\n'), JSON.stringify(rows), csv].map(readRows);
        for (const each of all) assert.deepEqual(each.ok && each.rows, rows);
      },
    ),
  );
});
