import assert from 'node:assert/strict';
import test from 'node:test';
import { createId } from '../../../lib/ids.ts';
import type { ShownTokenLog, TokenLog, TokenLogFigures } from '../../../lib/token-log.ts';
import { useRoutes } from '../../fakes/routes.ts';

const { newClient } = useRoutes({ THINKGLASS_REPLAY_SPEED: '100000' });
type Client = ReturnType<typeof newClient>;

const questions = [
  'Solve √(x + 7) = x − 5.',
  'What is the capital of France?',
  'I have 14 bills, only $5 and $10, worth $95 together. How many of each?',
];

/** Three questions to two recordings. */
async function askSome(client: Client) {
  const asked = [];
  for (const [i, question] of questions.entries()) {
    const one = await client.askNew({ providerId: 'replay', modelKey: i === 1 ? 'r1-zero' : 'r1' }, question);
    await client.follow(one.conversationId, one.cursor);
    asked.push(one);
  }
  return asked;
}

/** RFC 4180, as a spreadsheet reads it. */
function parseCsv(text: string): Record<string, string>[] {
  const lines: string[][] = [[]];
  const cells = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|$)/gy;
  for (let match = cells.exec(text); match && cells.lastIndex <= text.length; match = cells.exec(text)) {
    const [all, cell = '', end] = match;
    if (all === '') break;
    lines.at(-1)?.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === '\r\n') lines.push([]);
  }
  const [head = [], ...rows] = lines.filter((line) => line.length > 0);
  for (const row of rows) assert.equal(row.length, head.length);
  return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? ''])));
}

const file = async (client: Client, query: string) => {
  const response = await client.request('GET', `/api/usage/export?${query}`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-disposition') ?? '', /^attachment/);
  return response.text();
};

const sum = (rows: readonly Record<string, unknown>[], column: string) =>
  rows.reduce((total, row) => total + Number(row[column]), 0);

test('the files, read again and summed, are what is shown', async () => {
  const client = newClient();
  const [first] = await askSome(client);
  for (const filter of [
    '',
    '&model=r1&provider=replay',
    `&conversation=${first?.conversationId}`,
    '&recordings=none',
  ]) {
    const shown = await client.json<TokenLog>('GET', `/api/usage?${filter}`);
    const columns: (keyof TokenLogFigures)[] = ['promptTokens', 'reasoningTokens', 'answerTokens'];
    for (const table of ['models', 'series', 'log']) {
      const csv = parseCsv(await file(client, `format=csv&of=${table}${filter}`));
      const jsonl = (await file(client, `format=jsonl&of=${table}${filter}`))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      for (const rows of [csv, jsonl]) {
        for (const column of columns)
          assert.equal(sum(rows, column), shown.totals[column], `${table} ${column} ${filter}`);
        assert.equal(table === 'log' ? rows.length : sum(rows, 'generations'), shown.totals.generations);
      }
      assert.deepEqual(Object.keys(jsonl[0] ?? {}), Object.keys(csv[0] ?? {}));
    }
  }
  const all = await client.json<TokenLog>('GET', '/api/usage');
  assert.deepEqual([all.totals.generations, all.totals.recordings, all.models.length], [3, 3, 2]);
  assert.ok(all.totals.reasoningTokens > 100);
  assert.equal(all.choices.find((choice) => choice.modelKey === 'r1')?.templates.length, 1);
  assert.deepEqual(all.points.map((point) => point.id).sort(), (await log(client)).map((row) => row.id).sort());
});

const log = async (client: Client) =>
  parseCsv(await file(client, 'format=csv&of=log')) as { id: string; modelLabel: string }[];

test("somebody else's generations are in nobody's figures, whatever is asked for", async () => {
  const client = newClient();
  const [asked] = await askSome(client);
  const stranger = newClient();
  for (const query of ['', `conversation=${asked?.conversationId}`, 'provider=replay', `conversation=${createId()}`]) {
    const { totals, points, choices } = await stranger.json<TokenLog>('GET', `/api/usage?${query}`);
    assert.deepEqual([totals.generations, points, choices], [0, [], []]);
    assert.equal(await file(stranger, `format=csv&of=log&${query}`), '');
  }
});

test("a conversation that the figures are of is named, unless it is somebody else's or gone", async () => {
  const client = newClient();
  const [first] = await askSome(client);
  const read = (by: Client) => by.json<ShownTokenLog>('GET', `/api/usage?conversation=${first?.conversationId}`);
  await client.json('PATCH', `/api/conversations/${first?.conversationId}`, { title: 'A root' });
  assert.deepEqual((await read(client)).conversation, { id: first?.conversationId, title: 'A root' });
  assert.equal((await client.json<ShownTokenLog>('GET', '/api/usage')).conversation, undefined);
  assert.equal((await read(newClient())).conversation, undefined);
  await client.request('DELETE', `/api/conversations/${first?.conversationId}`);
  const gone = await read(client);
  assert.deepEqual([gone.conversation, gone.totals.generations], [undefined, 0]);
});

test('a name that a spreadsheet would run is a text in the file', async () => {
  const client = newClient();
  const label = '=HYPERLINK("http://evil.example","R1"), @SUM';
  const overrides = [{ providerId: 'replay', modelKey: 'r1', override: { label } }];
  await client.json('PUT', '/api/models/overrides', { overrides });
  await askSome(client);
  const rows = await log(client);
  assert.equal(rows.filter((row) => row.modelLabel === `'${label}`).length, 2);
  const text = await file(client, 'format=csv&of=models');
  assert.ok(text.includes(`"'${label.replaceAll('"', '""')}"`));
  assert.doesNotMatch(text, /(^|,|\n)"?[=+@-]/);
});

test('a query that is none is refused in words', async () => {
  const client = newClient();
  for (const query of [
    '?from=yesterday',
    '?to=-1',
    '?template=mine',
    '?recordings=some',
    '?zone=Nowhere',
    '/export?of=log',
    '/export?of=secrets&format=csv',
  ]) {
    const response = await client.request('GET', `/api/usage${query}`);
    assert.equal(response.status, 400, query);
    assert.match(((await response.json()) as { error: { message: string } }).error.message, /^[^<>{}]{5,200}$/);
  }
});

test('where the operator has set no token for them, there are no metrics', async () => {
  for (const authorization of ['Bearer ', 'Bearer undefined']) {
    assert.equal((await newClient().request('GET', '/api/metrics', undefined, { authorization })).status, 404);
  }
});
