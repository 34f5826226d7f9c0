import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const markdownIn = (folder: string) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.posix.join(folder, name));

const decisions = markdownIn('docs/decisions').filter((file) => /\/\d{4}-/.test(file));
const papers = ['.', 'docs', 'docs/decisions', 'bench', 'packages/splitter'].flatMap(markdownIn);

test('every link between the papers leads to a file that is there', () => {
  assert.ok(papers.length > 40);
  const dead = papers.flatMap((file) =>
    [...read(file).matchAll(/\]\(([^)#:\s]+)(?:#[^)\s]*)?\)/g)]
      .map(([, target = '']) => path.posix.join(path.posix.dirname(file), target))
      .filter((target) => !existsSync(path.join(root, target)))
      .map((target) => `${file} → ${target}`),
  );
  assert.deepEqual(dead, []);
});

test('a decision is numbered, dated, says why and what it costs, and stands in the index under its title', () => {
  const index = read('docs/decisions/README.md');
  for (const [at, file] of decisions.entries()) {
    const text = read(file);
    const [, number, title] = /^# (\d+)\. (.+)$/m.exec(text) ?? [];
    assert.equal(Number(number), at + 1, file);
    for (const line of ['Date', 'What', 'Why', 'Costs'])
      assert.match(text, new RegExp(`^- \\*\\*${line}\\*\\*: \\S`, 'm'), file);
    assert.ok(index.includes(`[${title}](${path.basename(file)})`), file);
  }
  assert.equal(index.match(/^\| \d+ \|/gm)?.length, decisions.length);
});
