import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { extractFormulas, restoreFormulas, splitAtFormulas } from '../../../lib/markdown/math.ts';
import { fragments } from './samples.ts';

const markdown = fc.array(fc.constantFrom(...fragments), { maxLength: 30 }).map((pieces) => pieces.join(''));

/** The formulas found, marked in the text: `‹inline›`, `«display»`, `?incomplete?`. */
function marked(text: string, growing = false): string {
  const extracted = extractFormulas(text, growing);
  return splitAtFormulas(extracted.text, extracted.formulas)
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      if (!piece.complete) return `?${piece.source}?`;
      return piece.display ? `«${piece.tex}»` : `‹${piece.tex}›`;
    })
    .join('');
}

const complete: Record<string, string> = {
  'a $x$ b': 'a ‹x› b',
  $x$: '‹x›',
  $5$: '‹5›',
  'the $n$th and $n$-th': 'the ‹n›th and ‹n›-th',
  '$3x + 2 = 5$, $2 \\times 3$': '‹3x + 2 = 5›, ‹2 \\times 3›',
  '$ x^2 $ with spaces': '‹x^2› with spaces',
  '$\\text{a dollar } \\$5$': '‹\\text{a dollar } \\$5›',
  '($x$, $y$)': '(‹x›, ‹y›)',
  'a\n$$\nx\n\ny\n$$\nb': 'a\n«x\n\ny»\nb',
  'thus $$x$$ holds': 'thus «x» holds',
  '\\(x\\) and \\[y\\]': '‹x› and «y»',
  '- a \\[\n  y\n  \\]\n- b': '- a «y»\n- b',
  '\\boxed{\\frac{1}{2}} is it': '‹\\boxed{\\frac{1}{2}}› is it',
  '$\\boxed{4}$': '‹\\boxed{4}›',
  '\\begin{align}a\\\\b\\end{align}!': '«\\begin{align}a\\\\b\\end{align}»!',
  '\\begin{matrix}\\begin{matrix}1\\end{matrix}\\end{matrix}':
    '«\\begin{matrix}\\begin{matrix}1\\end{matrix}\\end{matrix}»',
  '| $|x|$ | \\(a|b\\) |': '| ‹|x|› | ‹a|b› |',
  '**$a_1$ and $b_2$**': '**‹a_1› and ‹b_2›**',
};
for (const [text, expected] of Object.entries(complete)) {
  test(`mathematics: ${JSON.stringify(text)}`, () => assert.equal(marked(text), expected));
}

const untouched = [
  '$5 and $10',
  '$5-$10',
  '$5, $6 and $7.',
  'from $1,000 to $2,000',
  'US$5 and US$6',
  '$5 million (or $x million) for $3',
  'It is $20 per head, $30 with wine',
  '| $5 | $6 |',
  '$HOME and $PATH',
  'a lone $ sign, and another $ here',
  '\\$x\\$',
  '\\\\(x\\\\)',
  '$x$5',
  '`a`` $x$ `',
  '`$x$` and ``\\(y\\)``',
  '```\n$x$\n\n\\[y\\]\n```',
  '- a\n  ```tex\n  $$x$$\n  ```',
  '> ```\n> $x$\n> ```',
  'see \\[1\\] and \\[2, 3\\]',
  '\\[not a link\\](https://example.org)',
  '\\begin{itemize}\\item a\\end{itemize}',
  '$a\n\nb$',
  '$$ and nothing more',
  '$$$',
];
for (const text of untouched) {
  test(`no mathematics: ${JSON.stringify(text)}`, () => {
    assert.equal(marked(text).replace(/^\?|\?$/g, ''), text);
    assert.equal(extractFormulas(text, false).formulas.filter((formula) => formula.complete).length, 0);
  });
}

test('money beside mathematics: each is what it is', () => {
  assert.equal(marked('It costs $5, so $x = 5$ and $y$ is $10 more.'), 'It costs $5, so ‹x = 5› and ‹y› is $10 more.');
  assert.equal(marked('`$a$` $b$ `$c$'), '`$a$` ‹b› `‹c›');
});

const unfinished: Record<string, string> = {
  'so \\(x^2 +': 'so ?\\(x^2 +?',
  'so \\[\nx\n\ny': 'so ?\\[\nx\n\ny?',
  '$$\nx_1 + x_': '?$$\nx_1 + x_?',
  '\\begin{align}\na': '?\\begin{align}\na?',
  'it is \\boxed{\\frac{1': 'it is ?\\boxed{\\frac{1?',
  'so $x_1 + ': 'so ?$x_1 +? ',
  'so $x': 'so ?$x?',
  'it costs $5': 'it costs $5',
  'it costs $5 mil': 'it costs $5 mil',
  'it costs $': 'it costs $',
  'in $HOME there are many things': 'in $HOME there are many things',
};
for (const [text, expected] of Object.entries(unfinished)) {
  test(`unfinished: ${JSON.stringify(text)}`, () => assert.equal(marked(text, true), expected));
}

test('a formula that never ends stops at its paragraph', () => {
  assert.equal(marked('so \\(x\n\nand *this* is text'), 'so ?\\(x?\n\nand *this* is text');
});

test('with the tokens replaced by what they stand for, the text is the same again', () => {
  fc.assert(
    fc.property(markdown, fc.boolean(), (text, growing) => {
      const { text: out, formulas } = extractFormulas(text, growing);
      assert.equal(restoreFormulas(out, formulas), text);
    }),
    { numRuns: 2000 },
  );
});

test('any text whatever comes through whole, its noncharacters excepted', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('$', '\\', '(', ')', '[', ']', '`', 'a', ' ', '\n', '5', '\ufdd0') }),
      (text) => {
        const { text: out, formulas } = extractFormulas(text, true);
        assert.equal(restoreFormulas(out, formulas), text.replaceAll('\ufdd0', '\ufffd'));
      },
    ),
    { numRuns: 3000 },
  );
});

test('a complete formula stays the same formula when more text comes after it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(complete)),
      fc.constantFrom(' and more', '\n\nmore', '.'),
      (text, more) => {
        const before = extractFormulas(text, true).formulas.filter((formula) => formula.complete);
        const after = extractFormulas(text + more, true).formulas;
        assert.deepEqual(after.slice(0, before.length), before);
      },
    ),
  );
});
