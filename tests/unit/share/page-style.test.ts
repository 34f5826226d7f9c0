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
const thinking = [
  '# A plan',
  ...Array.from({ length: 40 }, (_, i) => `Hmm, row ${i} is taken, so the queen of this row goes elsewhere.`),
  'Step 2: count the rest',
  'Wait, that is wrong. The answer is 92.',
  '现在我用中文来思考这个问题，看看结果是不是一样的，再验证一遍所有的情况。',
].join('\n\n');
const long: SharedAnswer = {
  ...answer,
  thinking,
  answer: 'The answer is 92.',
  health: {
    format: { ok: true, basis: 'tags', problems: [] },
    repetition: { share: 0.4, n: 4, total: 90, loop: { text: 'x', times: 3, at: 0, length: 3 } },
    rethinks: { count: 3, places: [] },
  },
  timeline: {
    points: [
      [0, 0, 0],
      [900, 3, 0],
      [2000, 3, 2],
    ],
    stalls: [],
    stallCount: 0,
  },
};
const longColumn: SharedColumn = { model: 'R1', messages: [{ role: 'user', text: 'How many?' }, long] };
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
    [...renderShareBody('x', snapshotOf([longColumn]))].join(''),
    [...renderShareBody('x', snapshotOf([longColumn, { ...longColumn, model: 'Other' }]), 0)].join(''),
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

test('a long thought has an outline whose entries lead to places that are there', () => {
  const html = [...renderShareBody('x', snapshotOf([longColumn]))].join('');
  const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id = '']) => id);
  assert.ok(links.length > 40);
  for (const id of links) assert.ok(html.includes(`id="${id}"`), id);
  assert.match(html, /Hmm, row …<\/span>.*×40/);
});

test('the first question is the title, whole and once; a comparison has its verdict, its bars and its day', () => {
  const question = `How many ways are there? ${'And why is that so, in your own words? '.repeat(8)}`.trim();
  const asked = (model: string): SharedColumn => ({ model, messages: [{ role: 'user', text: question }, long] });
  const html = [...renderShareBody('x', snapshotOf([asked('A'), asked('B')]), Date.UTC(2026, 10, 30))].join('');
  assert.equal(html.split(question).length, 2);
  assert.match(html, new RegExp(`<h1[^>]*>${question.replaceAll('?', '\\?')}</h1>`));
  assert.match(html, /2 of 2 agree:/);
  assert.equal(html.match(/class="fill-thinking"/g)?.length, 2);
  assert.match(html, /as it was on 30 Nov(ember)? 2026/);
});
