import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderMarkdown } from '../../../components/markdown/static-html.ts';
import { allBlocks, cutBlocks, emptyCut, growBlocks } from '../../../lib/markdown/blocks.ts';
import { extractFormulas, sourceToCopy } from '../../../lib/markdown/math.ts';
import { repairTail } from '../../../lib/markdown/repair.ts';

// What people reported of other products: marks of emphasis that were signs of arithmetic, formulas that lost a part, and
// Chinese that is not emphasised. Nothing of what a model wrote may vanish.

const html = (text: string) => [...renderMarkdown(text, 'answer')].join('');
const drawn = (text: string) => html(text).replace(/<math[\s\S]*?<\/math>/g, '');
const words = (text: string) =>
  drawn(text)
    .replace(/<(?:br|\/p|\/td|\/th|\/li)>/g, '\n')
    .replace(/<[^>]+>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\u200b/g, '');
const inside = (text: string, tag: string) =>
  [...drawn(text).matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'g'))].map(([, inner = '']) =>
    inner.replace(/<[^>]+>/g, ''),
  );
const decode = (text: string) => text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
const formulas = (text: string) => html(text).match(/class="katex"/g)?.length ?? 0;
const tex = (text: string) => extractFormulas(text, false).formulas.map((formula) => formula.tex);
const links = (text: string) => [...html(text).matchAll(/<a href="([^"]*)"/g)].map(([, href]) => href);

test('emphasis stands beside full-width punctuation, Korean and quotes', () => {
  assert.deepEqual(inside('**注意：**请保存。\n\n这是**「重点」**内容。', 'strong'), ['注意：', '「重点」']);
  assert.deepEqual(inside('그는 **“안녕”**이라고 말했다.', 'strong'), ['“안녕”']);
  assert.deepEqual(inside('**「なるほど。」**と言った', 'strong'), ['「なるほど。」']);
  assert.deepEqual(inside('~~删除，~~的', 'del'), ['删除，']);
});

test('half-written emphasis beside full-width punctuation is closed as it will be', () => {
  assert.equal(repairTail('这是**「重点'), '这是**「重点**');
  assert.equal(repairTail('**注意：**请**保'), '**注意：**请**保**');
});

test('a bare address ends where the sentence goes on in another script', () => {
  assert.deepEqual(links('详见 https://example.com/docs（中文说明）了解更多。'), ['https://example.com/docs']);
  assert.deepEqual(links('参考 https://example.com。'), ['https://example.com/']);
  assert.deepEqual(links('他说“https://example.com/a”就走了'), ['https://example.com/a']);
  assert.deepEqual(links('https://example.com을 보세요'), ['https://example.com/']);
  assert.deepEqual(links('www.example.com、次'), ['http://www.example.com/']);
  assert.deepEqual(links('https://zh.wikipedia.org/wiki/中文 见'), [
    'https://zh.wikipedia.org/wiki/%E4%B8%AD%E6%96%87',
  ]);
  assert.ok(!html('参考 https://example.com。').includes('md-host'));
});

test('stars between figures and letters multiply', () => {
  const text = words('5! = 5*4*3*2*1 = 120.\n\n2**3 = 8, 2**10 = 1024.\n\nUse *really* italic. 2*x*3, (a+b)*(c)*d');
  for (const piece of ['5*4*3*2*1', '2**3', '2**10', '2*x*3', '(a+b)*(c)*d']) assert.ok(text.includes(piece), piece);
  assert.deepEqual(inside('Use *really* and *5* and **a**b and **bold**3.', 'em'), ['really', '5']);
  assert.deepEqual(inside('Use **a**b and **bold**3 and **5*4**.', 'strong'), ['a', 'bold', '5*4']);
  assert.deepEqual(links('https://example.com/5*4*3'), ['https://example.com/5*4*3']);
});

test('stars between names multiply, those of files stand for any name, a part of a word may be emphasised', () => {
  for (const text of [
    'area = width*height, volume = width*height*depth',
    'n*(n+1)/2, 2*π*r and π*r*r, x_1*x_2*x_3, x²*y²*z²',
    "obj.width*obj.height*2, a[i]*b[j]*c[k], f'*g'*h, sin(x)*cos(x)*tan(x)",
    'file*.txt and *.js and **/*.ts, src/**/x and lib/**/y, dir/*.ts or *.d.ts',
    'int *p, *q; char **argv, f(*args, **kwargs)',
    '(width**2 + height**2)**0.5, base**n + other**n',
  ])
    assert.equal(words(text).trim(), text);
  assert.deepEqual(inside('**n*(n+1)/2** is **5*4**, re**quest**ed', 'strong'), ['n*(n+1)/2', '5*4', 'quest']);
  assert.deepEqual(inside('*some words*here, *really*important, *2**3*, 中文*斜体*中文', 'em'), [
    'some words',
    'really',
    '2**3',
    '斜体',
  ]);
  assert.deepEqual(inside('**/home/user** is', 'strong'), ['/home/user']);
  const factorial = Array.from({ length: 300 }, (_, i) => 300 - i).join('*');
  assert.equal(words(`So ${factorial}.`).trim(), `So ${factorial}.`);
});

test('names between underscores are names', () => {
  const text = 'def __init__(self): if __name__ == "__main__": x.__class__.__name__';
  assert.equal(words(text).trim(), text);
  assert.deepEqual(inside('__bold text__ and __x__', 'strong'), ['bold text', 'x']);
});

test('no cell of a row vanishes, and bars in code or close in a formula end none', () => {
  const table = '| a | b |\n|---|---|\n| $a|b$ | `c|d` |\n| 1 | 2 | three |\n|$5|$6|';
  const cells = [...html(table).matchAll(/<td>(.*?)<\/td>/g)].map(([, cell]) => cell);
  assert.equal(cells.length, 9);
  assert.deepEqual(tex(table), ['a|b']);
  assert.deepEqual(cells.slice(1), ['<code>c|d</code>', '', '1', '2', 'three', '&#36;5', '&#36;6', ''].map(decode));
  assert.ok(words('`a|b` and | `c|d`').includes('c|d'));
});

test('addresses behind an address are addresses, without brackets they did not open', () => {
  assert.deepEqual(links('https://a.b/c、https://d.e/f；https://g.h。'), [
    'https://a.b/c',
    'https://d.e/f',
    'https://g.h/',
  ]);
  assert.deepEqual(links('(https://a.b/c)。'), ['https://a.b/c']);
  assert.deepEqual(links('（https://a.b/c_(d)）'), ['https://a.b/c_(d)']);
});

test('what is copied of a formula is its source, without the marks of a quotation', () => {
  const copied = (text: string) =>
    extractFormulas(text, false).formulas.map(({ source, tex }) => sourceToCopy(source, tex));
  assert.deepEqual(copied('$x$ \\(y\\) \\boxed{4} $$z$$'), ['$x$', '\\(y\\)', '\\boxed{4}', '$$z$$']);
  assert.deepEqual(copied('$$\na\n= b\n$$'), ['$$\na\n= b\n$$']);
  assert.deepEqual(copied('> \\[\n> a > b\n> \\]\n>\n> - c\n>   $$\n>   d\n>   $$'), ['\\[\na > b\n\\]', '$$\nd\n$$']);
});

test('no star of a product vanishes', () => {
  const short = fc.oneof(fc.nat(999).map(String), fc.constantFrom('x', 'n', 'k', 'π', 'y²'));
  const operand = fc.oneof(short, fc.constantFrom('x_1', 'width', 'f(x)', 'obj.size'));
  // two powers in a row behind a name would read as bold letters of a word
  const factor = fc.oneof(
    operand.map((name) => `*${name}`),
    fc.tuple(short, operand).map(([power, name]) => `**${power}*${name}`),
  );
  const product = fc
    .tuple(operand, fc.array(factor, { minLength: 1, maxLength: 6 }))
    .map(([first, rest]) => first + rest.join(''));
  fc.assert(
    fc.property(product, product, (a, b) => {
      assert.equal(words(`So ${a} and ${b} it is.`).trim(), `So ${a} and ${b} it is.`);
    }),
  );
});

test('a percent sign is no comment, chemistry is drawn, a label is left out', () => {
  assert.match(words('A share of $50%$ means half, and \\(x = 20% + y\\).'), /50% means half, and x=20%\+y/);
  assert.equal(formulas('Water: $\\ce{2H2 + O2 -> 2H2O}$.\n\n$$\\ce{CO2 + C -> 2 CO}$$'), 2);
  const labelled = '\\begin{equation}\\label{eq:sum}\nS = 1\n\\end{equation}\n\nBy $\\eqref{eq:sum}$ we get $S$.';
  assert.equal(formulas(labelled), 3);
});

test("a quotation's marks are no part of a formula in it", () => {
  assert.deepEqual(tex('> quoted\n> $$\n> x = 1\n> $$\n> end'), ['x = 1']);
  assert.deepEqual(tex('> a\n> \\[\n> x > 1\n> \\]\n> b'), ['x > 1']);
  assert.deepEqual(tex('> > $$\n> > y\n> > > 0\n> > $$'), ['y\n> 0']);
  assert.deepEqual(tex('$$\na\n> b\n$$'), ['a\n> b']);
});

test('the dollars of a shell stay, a conditional probability may stand in a table', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's own
  const shell = 'Set $HOME/bin:$PATH in your profile. Join ${A}/${B}, $foo/$bar and $this->$name.';
  assert.equal(formulas(shell), 0);
  assert.equal(words(shell).trim(), shell);
  assert.deepEqual(tex('the $n$th and $x$s and $A$ and $AB$'), ['n', 'x', 'A', 'AB']);
  const table = '| event | p |\n|---|---|\n| $P(A|B)$ | $\\{x | x>0\\}$ |\n| $5 | $6 |';
  assert.deepEqual(tex(table), ['P(A|B)', '\\{x | x>0\\}']);
  assert.equal(html(table).match(/<td/g)?.length, 4);
});

test('a fence of Markdown may hold a fence with a word, whole or growing', () => {
  const text =
    'Here:\n\n```markdown\n# Title\n\n```bash\nnpm start\n```\n\nDone.\n```\n\nThat is all.\n\n```js\n1\n```\n\nEnd.';
  const kinds = (blocks: readonly { kind: string }[]) => blocks.map(({ kind }) => kind);
  const whole = allBlocks(cutBlocks(text));
  assert.deepEqual(kinds(whole), ['text', 'code', 'text', 'code', 'text']);
  let growing = emptyCut;
  for (let end = 1; end <= text.length; end += 3) growing = growBlocks(growing, text.slice(0, end));
  assert.deepEqual(allBlocks(growBlocks(growing, text)), whole);
});
