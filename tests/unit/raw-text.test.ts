import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeRawText, encodeRawText, joinPieces, type RawPiece, RawRecorder } from '../../lib/raw-text.ts';
import { ReasoningSplitter, type SplitterDelta, type SplitterOptions } from '@thinkglass/splitter';
import { mergeStreamParts, type StreamPart } from '../../lib/stream-part.ts';
import { cutRuns, type Run, runsOf, splitDeltas } from '../../packages/splitter/tests/cutting.ts';

const prose = 'Let me think about that, step by step: six times seven is forty-two, and that is even. ';
const pieces = [
  ...[
    '<think>',
    '</think>',
    '<answer>',
    '</answer>',
    '<THINK a="b">',
    '[THINK]',
    '[/THINK]',
    '</thi',
    '<',
    '`',
    '```\n',
  ],
  ...[
    '\n',
    '\n\n',
    ' ',
    '\t',
    '\r\n',
    '    ',
    ' '.repeat(300),
    '\nUser: ',
    'Assistant:',
    '\0',
    '\ud83d',
    '\ude00',
    '😀',
  ],
  ...[
    'a',
    'see, ',
    'twelve units',
    prose,
    `Wait. ${prose}`,
    'Therefore it must be so, as far as I can see. '.repeat(20),
  ],
];
const text = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((list) => list.join(''));
const runs = fc
  .array(fc.record({ channel: fc.constantFrom('content' as const, 'reasoning' as const), text }), { maxLength: 5 })
  .map((list) => runsOf(list.map((run) => ({ [run.channel]: run.text }))));
const lengths = fc
  .array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 })
  .filter((list) => Math.max(...list) > 0);
const options = fc.constantFrom<SplitterOptions>(
  {},
  { startsInReasoning: true },
  { startsInReasoning: false },
  { completion: true },
  { completion: true, startsInReasoning: true },
  { openers: 'anywhere', answerTags: false },
  { thinkTags: [['[THINK]', '[/THINK]']] },
);
const finish = fc.constantFrom('stop' as const, 'length' as const, null);

const piecesOf = (given: readonly Run[]): RawPiece[] => given.map((run) => ({ field: run.channel, text: run.text }));
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('whatever a model writes and however it is cut, its exact text comes back from the parts and the code', () => {
  fc.assert(
    fc.property(runs, options, finish, lengths, (given, how, why, cut) => {
      const parts = splitDeltas(cutRuns(given, cut), how, why).result.segments.map(([, part]) => part);
      const raw = piecesOf(given);
      assert.deepEqual(decodeRawText(throughJson(encodeRawText(raw, parts)), parts), raw);
    }),
    { numRuns: 1500 },
  );
});

test('it comes back whatever the other texts are', () => {
  fc.assert(
    fc.property(runs, fc.array(text, { maxLength: 4 }), (given, others) => {
      const raw = piecesOf(given);
      assert.deepEqual(decodeRawText(throughJson(encodeRawText(raw, others)), others), raw);
    }),
    { numRuns: 1000 },
  );
});

test('what was kept while it ran, tail by tail, joins to the exact text', () => {
  fc.assert(
    fc.property(runs, options, finish, lengths, fc.integer({ min: 1, max: 6 }), (given, how, why, cut, every) => {
      const rows = checkpointsOf(cutRuns(given, cut), how, why, every);
      const joined = rows.flatMap(({ raw, texts }) => decodeRawText(throughJson(raw), texts) ?? assert.fail());
      assert.deepEqual(joinPieces(joined), piecesOf(given));
    }),
    { numRuns: 1000 },
  );
});

test('a recorder gives all that came, and each tail once', () => {
  fc.assert(
    fc.property(runs, lengths, fc.integer({ min: 1, max: 5 }), (given, cut, every) => {
      const recorder = new RawRecorder();
      const tails: RawPiece[] = [];
      for (const [i, { content, reasoning }] of cutRuns(given, cut).entries()) {
        if (reasoning) recorder.add('reasoning', reasoning);
        if (content) recorder.add('content', content);
        if (i % every === 0) tails.push(...recorder.takeTail());
      }
      assert.deepEqual(recorder.pieces(), piecesOf(given));
      assert.deepEqual(joinPieces([...tails, ...recorder.takeTail()]), piecesOf(given));
      assert.deepEqual(recorder.takeTail(), []);
    }),
  );
});

const long = Array.from({ length: 1500 }, (_, i) => `Step ${i}: the sum of ${i} and ${i * 7} is ${i * 8}.\n\n`).join(
  '',
);

test('the code of a long answer is a few tags long, whichever way its thinking came', () => {
  const inline: Run[] = [{ channel: 'content', text: `<think>\n${long}</think>\n\n${long}` }];
  const field: Run[] = [
    { channel: 'reasoning', text: `\n${long}` },
    { channel: 'content', text: `\n\n${long}` },
  ];
  const twice: Run[] = [field[0] as Run, inline[0] as Run];
  const completion: Run[] = [
    { channel: 'content', text: ` <think> ${long}</think> <answer> 42 </answer>\nUser: And then?\n${long}` },
  ];
  for (const [given, how] of [
    [inline, {}],
    [field, {}],
    [twice, {}],
    [completion, { completion: true }],
  ] as [Run[], SplitterOptions][]) {
    const parts = splitDeltas(cutRuns(given, [4]), how, 'stop').result.segments.map(([, part]) => part);
    assert.ok(parts.join('').length >= long.length - 2);
    const code = JSON.stringify(encodeRawText(piecesOf(given), parts));
    assert.ok(code.length < 250, `${code.length} units of code: ${code.slice(0, 300)}`);
  }
});

test('ten thousand thoughts in one answer are told in little more than their tags', () => {
  const given: Run[] = [
    {
      channel: 'content',
      text: Array.from({ length: 10_000 }, (_, i) => `<think>\nThought ${i}, a short one.\n</think>\nSo ${i}.\n`).join(
        '',
      ),
    },
  ];
  const parts = splitDeltas(
    given.map(({ text: content }) => ({ content })),
    {},
    'stop',
  ).result.segments.map(([, part]) => part);
  const code = JSON.stringify(encodeRawText(piecesOf(given), parts));
  const tags = (given[0]?.text.length ?? 0) - parts.join('').length;
  assert.ok(code.length < 2.5 * tags, `${code.length} for ${tags}`);
});

test('what is kept while it runs is about the text once, at any pace', () => {
  for (const every of [5, 50, 400]) {
    const rows = checkpointsOf(
      cutRuns([{ channel: 'content', text: `<think>\n${long}</think>\n\n${long}` }], [4]),
      {},
      'stop',
      every,
    );
    const raw = rows.reduce((sum, row) => sum + JSON.stringify(row.raw).length, 0);
    const most = 0.1 * 2 * long.length + 30 * rows.length;
    assert.ok(raw < most, `every ${every} tokens: ${raw} units for ${2 * long.length} in ${rows.length} rows`);
  }
});

test('what is no code, or the code of other texts, is told apart from a text', () => {
  const code = encodeRawText([{ field: 'content', text: `<think>${prose}</think>` }], [prose]);
  assert.equal(decodeRawText(code, ['short']), undefined);
  for (const no of [null, 7, {}, ['c'], [['x', 'a']], [['c', 7]], [['c', [0]]], [['c', [-1, 2]]], [['r', [0.5, 1]]]]) {
    assert.equal(decodeRawText(no, [prose]), undefined);
  }
  assert.deepEqual(decodeRawText([], [prose]), []);
});

/** What would be checkpointed: after every so many chunks the parts, and the code of what came since. */
function checkpointsOf(
  deltas: readonly SplitterDelta[],
  how: SplitterOptions,
  why: 'stop' | 'length' | null,
  every: number,
) {
  const splitter = new ReasoningSplitter(how);
  const recorder = new RawRecorder();
  const rows: { raw: unknown; texts: string[] }[] = [];
  let pending: StreamPart[] = [];
  const write = () => {
    const texts = mergeStreamParts(pending).flatMap((part) => (part.type === 'delta' ? [part.text] : []));
    rows.push({ raw: encodeRawText(recorder.takeTail(), texts), texts });
    pending = [];
  };
  for (const [i, delta] of deltas.entries()) {
    if (delta.reasoning) recorder.add('reasoning', delta.reasoning);
    if (delta.content) recorder.add('content', delta.content);
    pending.push(...splitter.push(delta));
    if (i % every === every - 1) write();
  }
  pending.push(...splitter.end(why));
  write();
  return rows;
}
