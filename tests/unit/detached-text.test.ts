import assert from 'node:assert/strict';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { emptyCut, growBlocks } from '../../lib/markdown/blocks.ts';
import { detachText } from '../../lib/detached-text.ts';
import { Outline } from '../../lib/reasoning/outline.ts';

test('a text stays the same, however short and whatever is in it', () => {
  for (const text of ['', 'a', ' ', 'long enough to be a slice of another', '\ud83d\ude00 half \ud83d', '\u0000']) {
    assert.equal(detachText(text), text);
  }
});

test('what is kept of a growing text costs its length in memory, not the square of it', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void; // V8's own
  collect();
  const before = process.memoryUsage().heapUsed;
  const outline = new Outline();
  let cut = emptyCut;
  let text = '';
  for (let i = 0; i < 1000; i++) {
    text += `Wait, what about the number ${i}? It is not the same as the number before it, which was smaller.\n\n`;
    cut = growBlocks(cut, text);
    outline.grow(text);
  }
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  assert.ok(outline.marks().length > 500);
  assert.equal(cut.closed.map((block) => block.text).join(''), text);
  assert.ok(grown < 20 * text.length, `${grown} bytes for ${text.length} characters`);
});
