import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { allBlocks, type Block, cutBlocks, emptyCut, growBlocks, readCode } from '../../../lib/markdown/blocks.ts';
import { fragments, longAnswer } from './samples.ts';

const markdown = fc.array(fc.constantFrom(...fragments), { maxLength: 40 }).map((pieces) => pieces.join(''));
/** Repeated enough to pass every limit on a block's size. */
const longMarkdown = fc
  .array(fc.tuple(fc.constantFrom(...fragments), fc.constantFrom(1, 2, 300, 3000)), { maxLength: 6 })
  .map((pieces) => pieces.map(([piece, times]) => piece.repeat(times)).join('\n'));
const steps = fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 40 });

function texts(blocks: readonly Block[]): string[] {
  return blocks.map((block) => block.text);
}

function cutInSteps(text: string, sizes: readonly number[]) {
  const cuts = [emptyCut];
  let at = 0;
  for (let step = 0; at < text.length; step++) {
    at += sizes[step % sizes.length] ?? 1;
    cuts.push(growBlocks(cuts.at(-1) ?? emptyCut, text.slice(0, at)));
  }
  return cuts;
}

test('a text that grows is cut like the whole text', () => {
  fc.assert(
    fc.property(fc.oneof(markdown, longMarkdown), steps, (text, sizes) => {
      const last = cutInSteps(text, sizes).at(-1) ?? emptyCut;
      assert.deepEqual(allBlocks(last), allBlocks(cutBlocks(text)));
    }),
    { numRuns: 40 },
  );
});

test('character by character, every cut is the cut of the text so far', () => {
  fc.assert(
    fc.property(markdown, (text) => {
      let cut = emptyCut;
      for (let end = 1; end <= text.length; end++) {
        cut = growBlocks(cut, text.slice(0, end));
        assert.deepEqual(allBlocks(cut), allBlocks(cutBlocks(text.slice(0, end))));
      }
    }),
    { numRuns: 40 },
  );
});

test('finished blocks are the same objects ever after', () => {
  fc.assert(
    fc.property(fc.oneof(markdown, longMarkdown), steps, (text, sizes) => {
      const cuts = cutInSteps(text, sizes);
      for (let i = 1; i < cuts.length; i++) {
        const before = cuts[i - 1]?.closed ?? [];
        const after = cuts[i]?.closed ?? [];
        before.forEach((block, at) => {
          assert.equal(after[at], block);
        });
      }
    }),
    { numRuns: 30 },
  );
});

test('blocks joined are the text, and each knows where it begins', () => {
  fc.assert(
    fc.property(fc.oneof(markdown, longMarkdown), (text) => {
      const blocks = allBlocks(cutBlocks(text));
      assert.equal(texts(blocks).join(''), text);
      let start = 0;
      for (const block of blocks) {
        assert.equal(block.start, start);
        assert.ok(block.text.length > 0);
        start += block.text.length;
      }
    }),
    { numRuns: 40 },
  );
});

test('no block grows without bound', () => {
  fc.assert(
    fc.property(longMarkdown, (text) => {
      for (const block of allBlocks(cutBlocks(text))) assert.ok(block.text.length <= 20_000, `${block.text.length}`);
    }),
    { numRuns: 30 },
  );
});

test('a text that is not a longer one of the former is cut afresh', () => {
  const cut = growBlocks(cutBlocks('one\n\ntwo\n\n'), 'three');
  assert.deepEqual(texts(allBlocks(cut)), ['three']);
});

test('no character outside the basic plane is cut in two', () => {
  for (const block of allBlocks(cutBlocks(`x${'🚀'.repeat(9000)}`))) assert.ok(block.text.isWellFormed());
});

const keptWhole: Record<string, string> = {
  'code with blank lines': '```js\na\n\n# b\n\n- c\n```\n',
  'a display formula with blank lines': '$$\na\n\nb\n$$\n',
  'a bracketed formula with blank lines': '\\[\na\n\nb\n\\]\n',
  'an environment with blank lines': '\\begin{align}\na\n\nb\n\\end{align}\n',
  'a formula that opens in the middle of a line': 'Thus $$\na\n\nb\n$$ holds\n',
  'a table': '| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n',
  'a list with blank lines': '- a\n\n  more\n\n- b\n\n\n- c\n',
  'a list with code inside': '1. a\n\n   ```\n   x\n\n   y\n   ```\n\n2. b\n',
  'a list with a formula inside': '1. a\n   \\[\n   x\n\n   \\]\n2. b\n',
};
for (const [name, text] of Object.entries(keptWhole)) {
  test(`${name} stays in one block`, () => {
    assert.equal(texts(allBlocks(cutBlocks(`${text}\nafter it.\n`)))[0]?.trimEnd(), text.trimEnd());
    assert.equal(allBlocks(cutBlocks(`before it\n\n${text}`)).length, 2);
  });
}

test('paragraphs, headings and code are blocks of their own', () => {
  const blocks = allBlocks(cutBlocks('One\ntwo\n\n# Three\nfour\n```\nfive\n```\nsix\n- seven\n'));
  assert.deepEqual(texts(blocks), ['One\ntwo\n\n', '# Three\n', 'four\n', '```\nfive\n```\n', 'six\n', '- seven\n']);
  assert.deepEqual(
    blocks.map((block) => block.kind),
    ['text', 'text', 'text', 'code', 'text', 'list'],
  );
});

test('a list is finished as soon as the next paragraph shows its first letter', () => {
  assert.equal(cutBlocks('- a\n\n').closed.length, 0);
  assert.equal(cutBlocks('- a\n\nT').closed.length, 1);
});

test('a dollar sign that was no formula does not hold the rest of the text together', () => {
  const text = `$$ is not much\n\n${'A paragraph of words.\n\n'.repeat(1000)}`;
  assert.ok(allBlocks(cutBlocks(text)).length > 500);
});

test('long code is cut at a line; each piece can be opened again, and together they are the code', () => {
  const lines = Array.from({ length: 1000 }, (_, i) => `  line ${i}`);
  const blocks = allBlocks(cutBlocks(`\`\`\`py\n${lines.join('\n')}\n\`\`\`\nafter`));
  const code = blocks.filter((block) => block.kind === 'code');
  assert.ok(code.length >= 5);
  assert.ok(code.every((block, i) => block.continued === i > 0 && block.carry === (i > 0 ? '```py\n' : '')));
  assert.deepEqual(
    code.flatMap((block) => readCode(block).code.split('\n')),
    lines,
  );
  assert.equal(readCode({ ...(code[0] as Block), text: texts(code).join('') }).code, lines.join('\n'));
});

test('a long table is cut at a row and its head carried on', () => {
  const head = '| a | b |\n|---|---|\n';
  const blocks = allBlocks(cutBlocks(head + '| one | two |\n'.repeat(2000)));
  assert.ok(blocks.length > 3);
  for (const block of blocks.slice(1)) {
    assert.equal(block.carry, head);
    assert.ok(block.text.startsWith('| one'));
  }
});

test('a long list is cut between its outer items', () => {
  const item = (i: number) => `${i}. item\n\n     with more\n     - and a nested one\n`;
  const blocks = allBlocks(cutBlocks(Array.from({ length: 500 }, (_, i) => item(i)).join('')));
  assert.ok(blocks.length > 3);
  for (const block of blocks) assert.match(block.text, /^\d+\. item/);
});

test('code is read without its fences and its indentation', () => {
  const only = (text: string) => readCode(allBlocks(cutBlocks(text))[0] as Block);
  assert.deepEqual(only('```js x\na\n```\n'), { info: 'js x', code: 'a', closed: true });
  assert.deepEqual(only('\n\n  ~~~~\n  a\n   b\n~~~\n'), { info: '', code: 'a\n b\n~~~', closed: false });
  assert.deepEqual(only('```\n```'), { info: '', code: '', closed: true });
  assert.deepEqual(only('```\na\n\n'), { info: '', code: 'a\n', closed: false });
});

test('a long text is cut into many blocks, each of a size that is quick to draw', () => {
  const blocks = allBlocks(cutBlocks(longAnswer(200)));
  assert.ok(blocks.length > 1000);
  assert.ok(blocks.every((block) => block.text.length < 1000));
});
