import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { compilePageStyle } from '../../../app/s/page-style.ts';
import { renderGonePage, renderShareBody } from '../../../components/share/share-page.ts';
import type { SharedAnswer, SharedColumn, ShareSnapshot } from '../../../lib/share.ts';

const style = await compilePageStyle();

const answer: SharedAnswer = {
  role: 'assistant',
  model: 'R1',
  recording: true,
  thinking: 'A *thought*.',
  answer: 'An answer.',
  ending: 'stopped',
  numbers: { thinkingTokens: 3, answerTokens: 2, source: 'counted', thinkingMs: 1200, totalMs: 2000 },
};
const column: SharedColumn = {
  model: 'R1',
  systemPrompt: 'Be brief.',
  messages: [{ role: 'user', text: 'Why?', files: ['a.txt'] }, answer],
};
const snapshotOf = (columns: SharedColumn[]): ShareSnapshot => ({
  version: 1,
  title: 'Why?',
  thinking: 'shown',
  columns,
});

/** A class as a style sheet writes it. */
const selectorOf = (name: string) => `.${name.replaceAll(/[^\w-]/g, '\\$&')}`;

test('every class of a shared page is in its style sheet', () => {
  const files = { styles: [], script: '' };
  const pages = [
    [...renderShareBody('x', snapshotOf([column]))].join(''),
    [...renderShareBody('x', snapshotOf([column, column]))].join(''),
    renderGonePage(files),
  ];
  const names = pages.flatMap((html) =>
    [...html.matchAll(/class="([^"]*)"/g)].flatMap(([, list = '']) => list.split(' ')),
  );
  const unknown = new Set(names.filter((name) => name !== '' && !style.includes(selectorOf(name))));
  assert.deepEqual([...unknown], []);
});

test('a shared page is lit by the app’s own theme, and fetches nothing by its style sheet', () => {
  const theme = readFileSync('app/theme.css', 'utf8');
  for (const [, name = '', value = ''] of theme.matchAll(/^ {2}(--(?:paper|ink|accent|think-ink)): (.+);$/gm)) {
    assert.ok(style.includes(`${name}: ${value}`), name);
  }
  assert.doesNotMatch(style, /url\(|@import|@theme|@source/);
});
