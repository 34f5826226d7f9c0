import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { vocabularyIds } from '../../../lib/model.ts';
import { lastExactCut } from '../../../lib/server/tokenizer/paragraphs.ts';
import { TokenCounter } from '../../../lib/server/tokenizer/token-counter.ts';
import texts from '../../fixtures/tokenizer/texts.json' with { type: 'json' };

const counter = new TokenCounter();
after(() => counter.close());

for (const { name, text, tokens } of texts) {
  test(`${name} has the tokens that another tokenizer finds with the same vocabularies`, async () => {
    for (const vocabulary of vocabularyIds) {
      assert.equal(await counter.count(vocabulary, text), tokens[vocabulary], vocabulary);
    }
  });
}

test('nothing has no tokens', async () => {
  assert.equal(await counter.count('deepseek-v3', ''), 0);
});

test('a text that grows has, at its end, the tokens of the whole, and on the way those of a beginning', async () => {
  const whole = texts.map(({ text }) => text).join('\n\n');
  const long = Array.from({ length: 8 }, () => whole).join('\n');
  for (const step of [3, 97, 5000]) {
    const growing = counter.follow('deepseek-v3');
    for (let at = 0; at < long.length; at += step) growing.push(long.slice(at, at + step));
    const tokens = await growing.finish();
    assert.equal(tokens, await counter.count('deepseek-v3', long), `in steps of ${step}`);
    assert.deepEqual(growing.counted, { tokens, characters: long.length });
  }
});

test('cut before what follows a line break, any text has the tokens of its pieces', async () => {
  const bits = [
    '\n',
    '\r\n',
    ' ',
    '  ',
    'x',
    ' the',
    '12',
    '.',
    '。',
    '让我',
    '\\frac',
    '(',
    ')',
    '\t',
    '😀',
    '-',
    '"',
  ];
  const text = fc.array(fc.constantFrom(...bits), { minLength: 2, maxLength: 60 }).map((pieces) => pieces.join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom(...vocabularyIds), async (whole, vocabulary) => {
      const cut = lastExactCut(whole);
      fc.pre(cut > 0);
      const [all, first, second] = await Promise.all(
        [whole, whole.slice(0, cut), whole.slice(cut)].map((piece) => counter.count(vocabulary, piece)),
      );
      assert.equal((first ?? 0) + (second ?? 0), all, JSON.stringify(whole));
    }),
    { numRuns: 500 },
  );
});

test('what is counted on the way is exact for that much of the text', async () => {
  const long = Array.from({ length: 300 }, (_, i) => `Step ${i}: 等等, let me check.\n\n`).join('');
  const growing = counter.follow('qwen3');
  growing.push(long);
  await growing.finish();
  const early = counter.follow('qwen3');
  early.push(long);
  await counter.count('qwen3', 'x'); // asked later, answered later
  const { tokens, characters } = early.counted;
  assert.ok(characters > 0 && characters < long.length);
  assert.equal(tokens, await counter.count('qwen3', long.slice(0, characters)));
});

test('the event loop goes on while 400 kB are counted', async () => {
  const paragraph =
    'So x + 7 = (x − 5)², which gives x² − 11x + 18 = 0; wait, let me check that again. 让我再检查一下。\n\n';
  const long = paragraph.repeat(Math.ceil(400_000 / paragraph.length));
  let turns = 0;
  const turning = setInterval(() => turns++, 5);
  const tokens = (await counter.count('deepseek-v3', long)) ?? 0;
  clearInterval(turning);
  assert.ok(tokens > 100_000);
  assert.ok(turns > 10, 'the loop turned while the thread counted');
});

test('without its packages it counts nothing and says so once, and throws nothing', async () => {
  const broken = new TokenCounter(() => {
    throw new Error('not installed');
  });
  assert.equal(await broken.count('qwen3', 'Hello'), undefined);
  assert.equal(await broken.follow('qwen3').finish(), 0);
  const growing = broken.follow('qwen3');
  growing.push('Hello');
  assert.equal(await growing.finish(), undefined);
  assert.equal(broken.isStarted, false);
  await broken.close();
});

test('a thread that cannot read its files answers nothing, and the next count is tried anew', async () => {
  const files = { library: '/nowhere', vocabularies: {} };
  const broken = new TokenCounter(() => files);
  assert.equal(await broken.count('qwen3', 'Hello'), undefined);
  assert.equal(await broken.count('qwen3', 'Hello'), undefined);
  await broken.close();
});
