import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Snippet, snippetOf } from '../../../lib/search/snippet.ts';

const marked = ({ text, marks }: Snippet) => marks.map(({ at, length }) => text.slice(at, at + length));

test('what was found is marked as it is written', () => {
  const snippet = snippetOf('First. Then the Naïve idea: wait, let me check.', 'naive CHECK');
  assert.equal(snippet.text, 'First. Then the Naïve idea: wait, let me check.');
  assert.deepEqual(marked(snippet), ['Naïve', 'check']);
});

test('a long text is shown around the place with most of the words', () => {
  const filler = 'and so on, word after word, '.repeat(40);
  const snippet = snippetOf(`check this. ${filler} here I check the boxed answer ${filler}`, 'boxed check');
  assert.ok(snippet.text.startsWith('…') && snippet.text.endsWith('…'));
  assert.deepEqual(marked(snippet), ['check', 'boxed']);
  assert.ok(snippet.text.length < 240);
});

test('Chinese is found inside a run of characters', () => {
  const snippet = snippetOf('首先有两个方程。等等，让我再检查一下这个推导。', '检查');
  assert.deepEqual(marked(snippet), ['检查']);
});

test('a word inside a word is not what was looked for', () => {
  assert.deepEqual(marked(snippetOf('the rechecked check', 'check')), ['check']);
});

test('nothing found as written: the beginning, nothing marked', () => {
  assert.deepEqual(snippetOf('One two three', 'absent'), { text: 'One two three', marks: [], at: 0 });
});

test('the marks lie within the text, in order, whatever the text and the query', () => {
  const strange = fc.string({ unit: fc.constantFrom('a', 'B', ' ', '\n', 'é', 'ß', 'İ', '检', '🙂', '"', 'x\u0301') });
  fc.assert(
    fc.property(strange, strange, (text, query) => {
      const snippet = snippetOf(text, query);
      let last = 0;
      for (const { at, length } of snippet.marks) {
        assert.ok(at >= last && length > 0 && at + length <= snippet.text.length);
        last = at + length;
      }
      assert.ok(snippet.text.isWellFormed());
    }),
  );
});
