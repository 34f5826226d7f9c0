import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chunksOf, showWhitespace, stretchesOf } from '../../../components/answer/sent/raw-chunks.ts';

const line = fc.string({ unit: fc.constantFrom('a', ' ', '<think>', '</think>', '\t', '😀', '字'), maxLength: 3000 });
const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'));

test('chunks joined are the text, none is long, and each ends a line or says that it does not', () => {
  fc.assert(
    fc.property(text, (whole) => {
      const chunks = chunksOf(whole);
      assert.equal(chunks.map((chunk) => chunk.text).join(''), whole);
      for (const [i, chunk] of chunks.entries()) {
        assert.ok(chunk.text.length > 0 && chunk.text.length <= 6_001);
        assert.ok(chunk.text.isWellFormed(), 'no character is cut in two');
        const endsLine = i === chunks.length - 1 || chunk.text.endsWith('\n');
        assert.equal(chunk.isCut, !endsLine);
      }
    }),
    { numRuns: 200 },
  );
});

test('stretches joined are the chunk', () => {
  fc.assert(
    fc.property(text, (whole) => {
      assert.equal(
        stretchesOf(whole)
          .map((stretch) => stretch.text)
          .join(''),
        whole,
      );
    }),
  );
});

test('tags of every spelling are told from text, and text that only looks like one is not', () => {
  const tagsOf = (chunk: string) => stretchesOf(chunk).flatMap(({ text: tag, isTag }) => (isTag ? [tag] : []));
  assert.deepEqual(tagsOf('<think>\nSo.</think ><answer id="1">4</answer>'), [
    '<think>',
    '</think >',
    '<answer id="1">',
    '</answer>',
  ]);
  assert.deepEqual(tagsOf('[THINK]a[/THINK] ◁think▷b◁/think▷<|im_end|><｜end▁of▁sentence｜>'), [
    '[THINK]',
    '[/THINK]',
    '◁think▷',
    '◁/think▷',
    '<|im_end|>',
    '<｜end▁of▁sentence｜>',
  ]);
  assert.deepEqual(tagsOf('a < b, <thinkers>, <div>, <think\n>, i<|j'), []);
});

test('whitespace is shown by signs that can be told apart', () => {
  assert.equal(showWhitespace('a b\t\r\n\0\u200d'), 'a·\u200bb→\t␍↵\n␀⟨200D⟩');
});
