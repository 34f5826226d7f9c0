import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { findLongClasses, findOffScale, findTooMuch, readSources } from '../../scripts/scale.mjs';

const css = (text: string, file = 'components/x/x.css') => findOffScale([{ file, text }]);
const markup = (classes: string, file = 'components/x/x.tsx') =>
  findOffScale([{ file, text: `<i className="${classes}" />` }]);

test('a size, a radius and a colour of the scale pass', () => {
  const text = `.a {
  font-size: var(--text-sm);
  border-radius: var(--radius-sm) var(--radius-sm) 0 0;
  background: color-mix(in oklab, var(--ink) 6%, transparent);
}`;
  assert.deepEqual(css(text), []);
  assert.deepEqual(
    markup('text-sm rounded-md bg-ink/6 grid-cols-[1fr_2fr] bg-[color-mix(in_oklab,var(--ink)_6%,red)]'),
    [],
  );
});

test('what is of its own is named with its place', () => {
  assert.deepEqual(css('.a {\n  font-size: 13px;\n}'), ['components/x/x.css:2 font-size: 13px is not of the scale']);
  assert.equal(css('  border-radius: 0.5rem;').length, 1);
  assert.equal(css('  border-top-left-radius: 4px;').length, 1);
  for (const colour of ['#fff', 'rgb(1 2 3)', 'oklch(50% 0.1 20)', 'light-dark(var(--a), #102030)'])
    assert.equal(css(`  color: ${colour};`).length, 1, colour);
  for (const utility of ['text-[13px]', 'rounded-[6px]', 'rounded-t-[1rem]', 'bg-[#fff]', 'hover:text-[rgb(1,2,3)]'])
    assert.equal(markup(utility).length, 1, utility);
});

test('only Markdown has sizes that are relative to its text', () => {
  assert.deepEqual(css('  font-size: 0.9em;', 'components/markdown/markdown.css'), []);
  assert.deepEqual(markup('text-[0.86em]', 'components/markdown/safe-link.tsx'), []);
  assert.equal(css('  font-size: 0.9em;').length, 1);
});

test('the theme says what the scale is', () => {
  assert.deepEqual(css('  --paper: #faf8f4;', 'app/theme.css'), []);
});

test('more lines by hand than there may be are told', () => {
  const sources = [
    { file: 'app/globals.css', text: 'a\nb\nc\n' },
    { file: 'components/x/x.css', text: 'a\nb\n' },
    { file: 'app/theme.css', text: 'a\n'.repeat(99) },
  ];
  assert.deepEqual(findTooMuch(sources, { all: 5, globals: 3 }), []);
  assert.equal(findTooMuch(sources, { all: 4, globals: 2 }).length, 2);
});

test('a long class is told, a short one beside it is not', () => {
  const long = `export class Long {\n${'  a = 1;\n'.repeat(300)}}\n`;
  const text = `class Short extends Error {}\n\n${long}\nclass Other {\n}\n`;
  assert.deepEqual(findLongClasses([{ file: 'lib/x.ts', text }]), ['lib/x.ts:3 class Long has 302 lines: at most 300']);
});

test('this project is by the scale', () => {
  const sources = readSources(path.resolve(import.meta.dirname, '../..'));
  assert.ok(sources.length > 300);
  assert.deepEqual([...findOffScale(sources), ...findTooMuch(sources), ...findLongClasses(sources)], []);
});
