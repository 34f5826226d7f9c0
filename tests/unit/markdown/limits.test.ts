import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import Markdown from 'react-markdown';
import { hasOverlongLine, hasOverlongWord, isTooDense, limitDepth } from '../../../lib/markdown/limits.ts';

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [tag] of renderToStaticMarkup(createElement(Markdown, null, text)).matchAll(/<\/?[a-z0-9]+/g)) {
    depth += tag.startsWith('</') ? -1 : 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

const nested: Record<string, string> = {
  quotes: `${'> '.repeat(1500)}q`,
  'quotes without spaces': `${'>'.repeat(1500)}q`,
  'bullets in one line': `${'- '.repeat(1500)}q`,
  'numbers in one line': `${'1. '.repeat(900)}q`,
  'a staircase of items': Array.from({ length: 300 }, (_, i) => `${'  '.repeat(i)}- q`).join('\n'),
};
for (const [name, text] of Object.entries(nested)) {
  test(`${name} are not nested without bound, and nothing is lost`, () => {
    const limited = limitDepth(text);
    assert.ok(depthOf(limited) < 130, `${depthOf(limited)}`);
    assert.equal((limited.match(/q/g) ?? []).length, (text.match(/q/g) ?? []).length);
  });
}

test('ordinary nesting is left alone', () => {
  const text = '> > a\n\n- b\n  - c\n    1. d\n\n* * *\n\n1.5 - 2.5';
  assert.equal(limitDepth(text), text);
});

test('what no author would write, and no parser reads quickly, is noticed', () => {
  assert.equal(isTooDense('_a '.repeat(1000)), true);
  assert.equal(isTooDense('*a **b\n'.repeat(500)), true);
  assert.equal(isTooDense(`|${' a |'.repeat(300)}`), true);
});

test('much emphasis in many items and rows is not too dense', () => {
  assert.equal(isTooDense('- **a** and *b*\n'.repeat(300)), false);
  assert.equal(isTooDense('| **a** | *b* |\n'.repeat(300)), false);
  assert.equal(isTooDense('**a** and *b*\n\n'.repeat(300)), false);
  assert.equal(isTooDense('2*3*4 '.repeat(60)), false);
});

test('a word that no line can hold is known, in whatever stands around it', () => {
  assert.equal(hasOverlongWord('W'.repeat(1000)), true);
  assert.equal(hasOverlongWord(`so\n${'<think'.repeat(200)} it goes`), true);
  assert.equal(hasOverlongWord('word '.repeat(10_000)), false);
  assert.equal(hasOverlongWord('字'.repeat(10_000)), false); // breaks anywhere, and has no kerning
});

test('a line of code that no person wrote is told, wherever it stands and however its neighbours are', () => {
  const long = 'x=1;'.repeat(500);
  assert.ok(hasOverlongLine(long));
  assert.ok(hasOverlongLine(`a\n${long}\nb`));
  assert.ok(hasOverlongLine(`a\n${long}`));
  assert.ok(!hasOverlongLine(long.slice(1)));
  assert.ok(!hasOverlongLine('const a = 1;\n'.repeat(4000)));
});
