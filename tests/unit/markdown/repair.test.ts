import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { repairTail } from '../../../lib/markdown/repair.ts';
import { fragments } from './samples.ts';

const markdown = fc.array(fc.constantFrom(...fragments), { maxLength: 30 }).map((pieces) => pieces.join(''));

function visible(text: string): string {
  const html = renderToStaticMarkup(createElement(Markdown, { remarkPlugins: [remarkGfm] }, text));
  return html.replace(/<[^>]*>/g, '');
}

const repairs: Record<string, string> = {
  'some **bold': 'some **bold**',
  'some **bold*': 'some **bold**',
  'some **': 'some ',
  'some *it': 'some *it*',
  '***both': '***both***',
  '**a *b': '**a *b***',
  'some `code': 'some `code`',
  'some `': 'some ',
  'some ``a ` b': 'some ``a ` b``',
  'some ``a``` b`': 'some ``a``` b``',
  '~~gone': '~~gone~~',
  'see [the page](https://exa': 'see the page',
  'see **[the page](https://exa': 'see **the page**',
  'see ![a picture](https://exa': 'see a picture',
  'see [the page](https://example.org "ti': 'see the page',
  'a back\\': 'a back',
  'words\n-': 'words\n',
  'words\n==': 'words\n',
  '- one\n- ': '- one\n',
  '- one\n- **': '- one\n',
  'words\n\n##': 'words\n\n',
  'words\n``': 'words\n',
  '| a | b |': '| a | b |\n|---|---|',
  '| a | b |\n|--': '| a | b |\n|---|---|',
  '- **item** and *more': '- **item** and *more*',
  '* item **bold': '* item **bold**',
};
for (const [text, expected] of Object.entries(repairs)) {
  test(`repaired: ${JSON.stringify(text)}`, () => assert.equal(repairTail(text), expected));
}

const sound = [
  'plain words',
  '2 * 3 * 4 is 24',
  'snake_case_name and __init__ here',
  'half a snake_cas',
  'a **b** c *d* `e` ~~f~~',
  '- a\n* b\n',
  '```\n**open *stars\n',
  '- a\n  ```\n  **open\n',
  'x\n\n| a | b |\n|---|---|\n| **c** | d |',
  '[whole](https://example.org)',
  'f(x)[0] and [a]',
  '\\*not\\* \\`code\\`',
  'a ~ b',
];
for (const text of sound) {
  test(`left alone: ${JSON.stringify(text)}`, () => assert.equal(repairTail(text), text));
}

test('no word is lost or invented, and little is added', () => {
  const letters = (text: string) => text.replace(/[^\p{L}]/gu, '');
  fc.assert(
    fc.property(markdown, (text) => {
      fc.pre(!text.includes(']('));
      const repaired = repairTail(text);
      assert.equal(letters(repaired), letters(text));
      assert.ok(repaired.length <= 2 * text.length + 10);
    }),
    { numRuns: 1500 },
  );
});

test('only the last paragraph is touched', () => {
  fc.assert(
    fc.property(markdown, fc.constantFrom('**a', '`b', '[c](d', 'words'), (text, tail) => {
      const whole = `${text}\n\n`;
      fc.pre(repairTail(`${whole}x`) === `${whole}x`); // the end of `text` is not inside a fence that swallows the tail
      assert.ok(repairTail(whole + tail).startsWith(whole));
    }),
    { numRuns: 500 },
  );
});

test('at no moment of its writing does a sound text show a mark of its Markdown', () => {
  const text =
    'Some **bold *and slanted* words**, `code`, ~~gone~~ and [a page](https://example.org/x_y_z) at the end.';
  for (let end = 1; end <= text.length; end++) {
    const shown = visible(repairTail(text.slice(0, end)));
    assert.doesNotMatch(shown, /[*`~]|\]\(/, shown);
    assert.ok(
      'Some bold and slanted words, code, gone and a page at the end.'.startsWith(shown.replace('[', '').trimEnd()) ||
        shown.includes('a page'),
      shown,
    );
  }
});
