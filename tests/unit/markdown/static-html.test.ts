import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { renderMarkdown } from '../../../components/markdown/static-html.ts';

const html = (text: string) => [...renderMarkdown(text, 'answer')].join('');

test('headings stand right below the answer’s own, whatever level they begin with', () => {
  const tags = (text: string) =>
    [...html(text).matchAll(/<(h\d) class="(md-h\d)">/g)].map(([, tag, look]) => [tag, look]);
  assert.deepEqual(tags('### B\n\n## A\n\n##### D\n\n```\n# none\n```'), [
    ['h4', 'md-h3'],
    ['h3', 'md-h2'],
    ['h6', 'md-h4'],
  ]);
  assert.deepEqual(tags('A\n---'), [['h3', 'md-h2']]);
});

test('Markdown, code, tables, tasks and formulas are drawn without a program', () => {
  const drawn = html(
    '# A\n\n**b** $x^2$\n\n| a |\n|--:|\n| 1 |\n\n- [x] t\n\n3. three\n\n```js\nlet a = "<";\n```\n\n> q\n\n$$\\int x$$',
  );
  for (const part of [
    '<h3 class="md-h1">A</h3>',
    '<strong>b</strong>',
    'class="katex"',
    '<td style="text-align:right">1</td>',
    '<input type="checkbox" disabled checked>',
    '<ol start="3">',
    'let a = &#34;&#60;&#34;;',
    '<blockquote>',
    'md-display',
  ]) {
    assert.ok(drawn.includes(part), part);
  }
});

test('what is no formula for KaTeX, or too much for it, stays as it was written', () => {
  assert.match(html('$\\frac{$'), /\\frac/);
  assert.match(html(`$${'{'.repeat(60)}x${'}'.repeat(60)}$`), /data-source="refused"/);
});

test('links lead only to the web and to mail, their true host stands beside a false one, and images are never loaded', () => {
  assert.match(html('[x](javascript:alert(1))'), /<span class="md-dead-link">x<\/span>/);
  assert.match(html('[x](/etc)'), /md-dead-link/);
  assert.match(html('[bank.example](https://evil.example)'), /\(evil\.example\)/);
  assert.doesNotMatch(html('![i](https://evil.example/i.png)'), /<img/);
  assert.match(
    html('<https://a.example/?q="x>'),
    /href="https:\/\/a\.example\/\?q=%22x" [^>]*rel="noopener noreferrer"/,
  );
});

/** Pieces that mean something to Markdown, HTML or TeX. */
const pieces = fc.constantFrom(
  ...[
    '<',
    '>',
    '"',
    "'",
    '&',
    '`',
    '```\n',
    '$',
    '$$',
    '\\(',
    '\\)',
    '*',
    '_',
    '[',
    '](',
    ')',
    '!',
    '|',
    '\n',
    '\n\n',
    '- ',
    '1. ',
    '> ',
    '# ',
  ],
  ...[
    '<script>',
    '</title>',
    '<img src=x onerror=alert(1)>',
    'javascript:',
    'https://a.example',
    'data:text/html,x',
    'onclick=',
    '\\href{javascript:x}{y}',
  ],
  ...['style', '&lt;', '\u2028', '\ud83d', '中', 'a', ' '],
);

/** Every tag this renderer and KaTeX may write; anything else was written by the model. */
const known =
  /^<\/?(?:div|p|h[3-6]|em|strong|del|ul|ol|li|blockquote|hr|br|sup|code|pre|table|thead|tbody|tr|th|td|a|span|input|math|semantics|annotation|m[a-z]+|svg|path|g|line|rect)(?: (?:class|style|dir|data-tone|data-continued|data-source|tabindex|href|title|target|rel|referrerpolicy|start|type|disabled|checked|xmlns|encoding|display|aria-hidden|[a-z]+|[a-zA-Z]+-?[a-z]*)(?:="[^"<]*")?)*\/?>$/;

test('no text makes an element, an attribute or an address that is not ours', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (words) => {
      const drawn = html(words.join(''));
      for (const [tag] of drawn.matchAll(/<[^>]*>/g)) {
        assert.match(tag, known);
        // A formula's source is told to those who copy it; it is text, whatever it says.
        assert.doesNotMatch(
          tag.replace(/ data-tex="[^"]*"/, ''),
          /\son\w+=|<script|<img|<iframe|srcdoc|="\s*(?:javascript|data):/i,
        );
      }
      const left = drawn.replace(/<[^>]*>/g, '');
      assert.doesNotMatch(left, /[<>]/);
    }),
    { numRuns: 300 },
  );
});

test('a text as long as a hundred thousand tokens is drawn in pieces, each soon', () => {
  const paragraph = 'Wait, let me check this once more, because $n^2 + 1$ was wrong the last time. ';
  const text = Array.from({ length: 1200 }, (_, i) => `${paragraph.repeat(4)} Step ${i}.`).join('\n\n');
  let count = 0;
  let length = 0;
  for (const piece of renderMarkdown(text, 'reasoning')) {
    count += 1;
    length += piece.length;
    assert.ok(piece.length < 300_000);
  }
  assert.ok(count > 100);
  assert.ok(length > text.length);
});
