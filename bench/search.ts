/**
 * How long a search takes among 100,000 messages: `npm run bench -- search`, or `node bench/search.ts [--quick]`.
 * The conversations are brought in through the store, as an import does, half of them another person's; then each query
 * is asked 15 times and the median told. Then somebody brings in 50,000 more and searches at once, while they go into the
 * index in the background, as they do in the app. PostgreSQL is measured too where `BENCH_DATABASE_URL` names an empty database.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { ExportedConversation, ExportedMessage } from '../lib/exported.ts';
import { createId } from '../lib/ids.ts';
import { SearchIndexer } from '../lib/server/search-indexer.ts';
import { openStore, type Store, type StoreOptions } from '../lib/server/store/store.ts';
import type { BenchRow } from './row.ts';

const messagesPerConversation = 100;
const conversationsAtOnce = 20;
const rounds = 15;

/** Common words stand in nearly every text, rare ones in few. */
const common = 'the of and to we so that is let check wait because answer number row queen'.split(' ');
const han = '等等让我再检查一下这个结果因为所以答案是三百九十一我们先算第二步然后比较大小最后得到'.split('');

const queries: readonly [name: string, query: string][] = [
  ['a rare word', 'needle777'],
  ['the beginning of a word', 'needle7'],
  ['two common words', 'wait check'],
  ['a word in nearly every text', 'the'],
  ['a phrase', '"wait because"'],
  ['Chinese, two characters', '检查'],
  ['Chinese, a phrase', '再检查一下'],
  ['a word that is nowhere', 'nowhereatall'],
];

/** Answers a row for each query. */
export async function runSearchBench({ quick }: { quick: boolean }): Promise<BenchRow[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-bench-search-'));
  const url = process.env.BENCH_DATABASE_URL;
  try {
    const count = quick ? 10_000 : 100_000;
    const rows = await measure('SQLite', { kind: 'sqlite', path: path.join(folder, 'store.db') }, count);
    if (url) rows.push(...(await measure('PostgreSQL', { kind: 'postgres', url }, count)));
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(engine: string, options: StoreOptions, count: number): Promise<BenchRow[]> {
  const store = await openStore(options);
  try {
    const people = [createId(), createId()] as const;
    const name = `${count.toLocaleString('en')} messages on ${engine}`;
    const began = performance.now();
    const random = createRandom(7);
    await bringIn(store, { count, ownerOf: (batch) => people[batch & 1] ?? people[0], random });
    const stored = performance.now();
    await store.search.index();
    const perSecond = (count * 1000) / (performance.now() - stored);
    console.log(`${name}: stored in ${((stored - began) / 1000).toFixed(0)} s`);
    const rows = [rowOf({ name, figure: 'messages indexed per second', unit: '/s', value: perSecond })];
    for (const [figure, query] of queries) {
      const times: number[] = [];
      for (let i = 0; i < rounds; i++) {
        const at = performance.now();
        await store.search.find(people[0], { query, limit: 20 });
        times.push(performance.now() - at);
      }
      times.sort((a, b) => a - b);
      const value = times[Math.floor(rounds / 2)] ?? 0;
      rows.push({ ...rowOf({ name, figure, unit: 'ms', value }), goal: '≤ 500 ms', met: value <= 500 });
    }
    rows.push(...(await measureImport(store, { engine, count: count / 2, random })));
    return rows;
  } finally {
    await store.close();
  }
}

/** Brings messages in, some conversations at a time. */
async function bringIn(
  store: Store,
  { count, ownerOf, random }: { count: number; ownerOf: (batch: number) => string; random: () => number },
): Promise<void> {
  const conversations = count / messagesPerConversation;
  for (let made = 0, batch = 0; made < conversations; batch++) {
    const some: ExportedConversation[] = [];
    for (; some.length < conversationsAtOnce && made < conversations; made++) some.push(conversationOf(random));
    await store.transfers.import(ownerOf(batch), some, { instanceId: 'bench' });
  }
}

/** The first search of somebody who has just brought much in, those after it, and when they find all of it. */
async function measureImport(
  store: Store,
  { engine, count, random }: { engine: string; count: number; random: () => number },
): Promise<BenchRow[]> {
  const name = `${count.toLocaleString('en')} messages just brought in, ${engine}`;
  const owner = createId();
  await bringIn(store, { count, ownerOf: () => owner, random });
  const indexer = new SearchIndexer(store.search);
  indexer.poke();
  const times: number[] = [];
  let known = 0;
  const began = performance.now();
  for (let isWhole = false; !isWhole; await delay(isWhole ? 0 : 500)) {
    const at = performance.now();
    const { indexing } = await store.search.find(owner, { query: 'wait check', limit: 20 });
    times.push(performance.now() - at);
    if (times.length === 1) known = indexing?.done ?? count;
    isWhole = indexing === undefined;
  }
  const whole = (performance.now() - began) / 1000;
  await indexer.close();
  const first = times[0] ?? Number.NaN;
  return [
    { ...rowOf({ name, figure: 'the first search', unit: 'ms', value: first }), goal: '≤ 1 s', met: first <= 1000 },
    rowOf({ name, figure: 'messages it looks through, and says so', unit: '', value: known }),
    rowOf({ name, figure: 'the slowest search until all are found', unit: 'ms', value: Math.max(...times) }),
    rowOf({ name, figure: 'all are found after', unit: 's', value: whole }),
  ];
}

function rowOf({ name, ...row }: { name: string; figure: string; unit: string; value: number }): BenchRow {
  return { case: name, ...row, floor: null, ratio: null, goal: '', met: null };
}

/** Questions and answers in turn; each answer with a thought of 1,500 characters or so. */
function conversationOf(random: () => number): ExportedConversation {
  const threadId = createId();
  const messages: ExportedMessage[] = [];
  for (let i = 0; i < messagesPerConversation; i++) {
    const parentId = messages.at(-1)?.id ?? null;
    const place = { id: createId(), threadId, parentId, createdAt: 1_795_000_000_000 + i };
    if (i % 2 === 0) {
      messages.push({ ...place, role: 'user', parts: [{ kind: 'answer', text: wordsOf(random, 12) }] });
      continue;
    }
    messages.push({
      ...place,
      role: 'assistant',
      parts: [
        { kind: 'reasoning', text: wordsOf(random, 240) },
        { kind: 'answer', text: wordsOf(random, 40) },
      ],
      generation: {
        providerId: 'bench',
        modelKey: 'bench',
        modelId: 'bench',
        providerLabel: 'Bench',
        modelLabel: 'Bench',
        recording: false,
        sampling: {},
        queuedAt: place.createdAt,
        times: {},
        notices: [],
        finish: { outcome: 'complete', reason: 'stop', complete: true },
      },
    });
  }
  return {
    id: createId(),
    title: wordsOf(random, 6),
    createdAt: 1_795_000_000_000,
    updatedAt: 1_795_000_000_000,
    threads: [{ id: threadId, settings: { model: { providerId: 'bench', modelKey: 'bench' }, sampling: {} } }],
    messages,
  };
}

function wordsOf(random: () => number, count: number): string {
  const words: string[] = [];
  for (let i = 0; i < count; i++) {
    const dice = random();
    if (dice < 0.5) words.push(common[Math.floor(random() * common.length)] ?? '');
    else if (dice < 0.92) words.push(`word${Math.floor(random() ** 2 * 30_000)}`);
    else if (dice < 0.98) words.push(hanOf(random));
    else words.push(`needle${Math.floor(random() * 5_000)}`);
  }
  return words.join(' ');
}

function hanOf(random: () => number): string {
  const start = Math.floor(random() * (han.length - 6));
  return han.slice(start, start + 2 + Math.floor(random() * 5)).join('');
}

/** The same numbers each time. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const row of await runSearchBench({ quick: process.argv.includes('--quick') })) {
    console.log(`${row.case}, ${row.figure}: ${row.value.toFixed(1)} ${row.unit}`);
  }
}
