import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import Markdown, { type Options } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { flattenDeep, plainSyntax, readFormulas } from '../../../components/markdown/syntax.ts';
import { extractFormulas } from '../../../lib/markdown/math.ts';

/** HTML of a text as the app reads it; a formula is an `md-formula` element around its source. */
function render(source: string): string {
  const { text, formulas } = extractFormulas(source, false);
  const options: Options = {
    remarkPlugins: [[remarkGfm, { singleTilde: false }], plainSyntax, [readFormulas, formulas]],
    rehypePlugins: [flattenDeep],
  };
  return renderToStaticMarkup(createElement(Markdown, options, text));
}

/** What a reader sees. */
function words(source: string): string {
  return render(source)
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&');
}

for (const html of [
  '<img src=x onerror="alert(1)">',
  '<script>alert(1)</script>',
  '<div class="a">text</div>',
  'a <b>bold</b> word',
  '<!-- a comment -->',
  '<think>still thinking',
  '<style>*{visibility:hidden}</style>',
]) {
  test(`HTML is shown as it is written: ${html}`, () => assert.equal(words(html), html));
}

test('what stands between tags is Markdown all the same', () => {
  assert.match(render('<answer>\n**four** is $4$\n</answer>'), /<strong>four<\/strong> is <md-formula/);
});

test('a tag that breaks the line breaks the line', () => {
  assert.match(render('| a |\n|---|\n| b<br>c |'), /b<br\/>\s*c/);
});

test('notes and definitions are not hidden, and nothing gets an id', () => {
  const html = render('See[^1] and [the page][p].\n\n[^1]: The note.\n\n[p]: https://example.org');
  assert.match(html, /<sup>1<\/sup>: The note\./);
  assert.match(html, /\[p\]: <a href="https:\/\/example.org">/);
  assert.doesNotMatch(html, / (?:id|name)=/);
});

test('formulas stand in paragraphs, items, cells, links and emphasis, with their source', () => {
  const html = render('# $a$\n\n- $b_1$ *$c_1$*\n\n| $|d|$ |\n|---|\n| \\(e|f\\) |\n\n[$g$](https://example.org)');
  const sources = [...html.matchAll(/<md-formula[^>]*>([^<]*)</g)].map((match) => match[1]);
  assert.deepEqual(sources, ['$a$', '$b_1$', '$c_1$', '$|d|$', '\\(e|f\\)', '$g$']);
});

test('in code and in addresses a formula is its source again', () => {
  assert.match(render('[a](https://example.org/$x$)'), /href="https:\/\/example.org\/\$x\$"/);
  assert.match(render('- a\n\n      $x$\n\n  `$y$`'), /<code>\$y\$<\/code>/);
});

test('lines end where the model ended them', () => {
  assert.match(render('one\ntwo'), /one<br\/>\s*two/);
});

test('indented words are a paragraph, not code', () => {
  assert.match(render('    some words'), /<p>some words<\/p>/);
});

test('a tree deeper than a browser likes is made flat, and its words stay', () => {
  const html = render(`${'*a **b '.repeat(60)}${' c** d*'.repeat(60)}`);
  let depth = 0;
  let deepest = 0;
  for (const [tag] of html.matchAll(/<\/?\w+/g)) {
    depth += tag.startsWith('</') ? -1 : 1;
    deepest = Math.max(deepest, depth);
  }
  assert.ok(deepest <= 52, `${deepest}`);
  assert.equal((html.match(/d/g) ?? []).length, 60);
});

test('of very many formulas in one block, the first hundred are drawn and the others are source', () => {
  const html = render('$x$ '.repeat(300));
  assert.equal((html.match(/ draw=""/g) ?? []).length, 100);
  assert.equal((html.match(/\$x\$/g) ?? []).length, 300);
});
