import assert from 'node:assert/strict';
import test from 'node:test';
import type { ConversationDetail, Generation, Message } from '../../lib/conversation.ts';
import { createShareId } from '../../lib/server/store/shares.ts';
import { expiryFrom, isShareId, publicModelName, type ShareChoice, snapshotOf } from '../../lib/share.ts';

const usage = {
  promptTokens: 5_552,
  cachedPromptTokens: 5_553,
  reasoningTokens: 15,
  answerTokens: 2,
  source: 'reported' as const,
};

const generation: Generation = {
  id: 'PRIVATE',
  state: 'complete',
  providerId: 'PRIVATE',
  modelKey: 'PRIVATE',
  modelId: 'PRIVATE',
  providerLabel: 'PRIVATE',
  modelLabel: 'R1',
  recording: false,
  sampling: { stop: ['PRIVATE'] },
  queuedAt: 5_550_000_000,
  times: { firstByte: 5_551, reasoningStart: 10, reasoningEnd: 510.4, answerStart: 510.4, end: 700.6 },
  usage,
  notices: [{ code: 'in-one-piece', facts: { provider: 'PRIVATE' } }],
  error: {
    kind: 'provider',
    code: 'busy',
    facts: { provider: 'PRIVATE' },
    detail: 'PRIVATE',
    fix: { provider: 'PRIVATE', command: 'PRIVATE' },
  },
  finish: {
    outcome: 'complete',
    reason: 'stop',
    rawReason: 'PRIVATE',
    complete: true,
    answeredModel: 'PRIVATE',
    cost: 5_554,
  },
  health: { format: { ok: false, basis: 'tags', problems: ['no-answer'] } },
  copiedFrom: 'PRIVATE',
};

const question = (id: string, parentId: string | null, text: string): Message => ({
  id,
  threadId: 't1',
  parentId,
  role: 'user',
  parts: [{ kind: 'answer', text }],
  createdAt: 5_555_000_000,
});

const answer = (id: string, parentId: string, change: Partial<Generation> = {}): Message => ({
  id,
  threadId: 't1',
  parentId,
  role: 'assistant',
  parts: [
    {
      kind: 'reasoning',
      text: `thought of ${id}`,
      opaque: { protocol: 'PRIVATE', marks: [{ at: 5_556, kind: 'reasoning', text: 'PRIVATE', data: 'PRIVATE' }] },
    },
    { kind: 'answer', text: `answer ${id}` },
    { kind: 'discarded', text: 'PRIVATE' },
  ],
  createdAt: 5_555_000_000,
  generation: { ...generation, ...change },
});

const settings = {
  model: { providerId: 'PRIVATE', modelKey: 'PRIVATE' },
  systemPrompt: 'Be brief.',
  rawPrompt: 'PRIVATE',
  sampling: { stop: ['PRIVATE'] },
};

const conversation: ConversationDetail = {
  id: 'PRIVATE',
  title: 'PRIVATE',
  createdAt: 5_556_000_000,
  updatedAt: 5_557_000_000,
  threadCount: 2,
  threads: [
    { id: 't1', conversationId: 'PRIVATE', position: 0, settings },
    { id: 't2', conversationId: 'PRIVATE', position: 1, settings },
  ],
  messages: [
    question('q1', null, 'Why?'),
    answer('a1', 'q1'),
    answer('a1b', 'q1', { modelLabel: 'PRIVATE' }),
    question('q2', 'a1', 'PRIVATE'),
    answer('a2', 'q2', { state: 'running' }),
    question('q0', null, 'PRIVATE'),
    { ...question('other', null, 'PRIVATE'), threadId: 't2' },
  ],
};

const choice: ShareChoice = {
  conversationId: 'PRIVATE',
  threads: [{ threadId: 't1', leafId: 'a1' }],
  thinking: 'shown',
  numbers: true,
  systemPrompts: false,
};

test('a snapshot holds the branch that was chosen, and not a word of anything else', () => {
  assert.deepEqual(snapshotOf(conversation, choice), {
    version: 1,
    title: 'Why?',
    thinking: 'shown',
    columns: [
      {
        model: 'R1',
        messages: [
          { role: 'user', text: 'Why?' },
          {
            role: 'assistant',
            model: 'R1',
            thinking: 'thought of a1',
            answer: 'answer a1',
            numbers: { thinkingTokens: 15, answerTokens: 2, source: 'reported', thinkingMs: 500, totalMs: 701 },
            health: { format: { ok: false, basis: 'tags', problems: ['no-answer'] } },
          },
        ],
      },
    ],
  });
});

test('health goes with the thinking, its places where they are in what is shared; a timeline with the numbers', () => {
  const rethinks = { count: 1, places: [{ at: 12, length: 4, phrase: 'Wait' }] };
  const parts = [
    { kind: 'reasoning' as const, text: '\n\nSo it is. Wait, no.\n' },
    { kind: 'answer' as const, text: 'No.' },
  ];
  const messages = [question('q1', null, 'Why?'), { ...answer('a1', 'q1', { health: { rethinks } }), parts }];
  const points = Array.from({ length: 400 }, (_, i) => [i, i, 0] as [number, number, number]);
  const timelines = new Map([['a1', { points, stalls: [], stallCount: 0 }]]);
  const shared = (change: Partial<ShareChoice>) => {
    const last = snapshotOf({ ...conversation, messages }, { ...choice, ...change }, timelines)?.columns[0]
      ?.messages[1];
    return last?.role === 'assistant' ? last : undefined;
  };
  const all = shared({});
  const [place] = all?.health?.rethinks?.places ?? [];
  assert.equal(all?.thinking?.slice(place?.at, (place?.at ?? 0) + 4), 'Wait');
  assert.deepEqual(all?.timeline?.points.at(-1), points.at(-1));
  assert.ok((all?.timeline?.points.length ?? 0) <= 100);
  assert.equal(shared({ thinking: 'left-out' })?.health, undefined);
  assert.equal(shared({ numbers: false })?.health, undefined);
  assert.equal(shared({ numbers: false })?.timeline, undefined);
});

test('thinking, numbers and system prompts are in it only where they were chosen', () => {
  const bare = JSON.stringify(snapshotOf(conversation, { ...choice, thinking: 'left-out', numbers: false }));
  assert.doesNotMatch(bare, /thought|15|Be brief|PRIVATE|555/);
  const full = snapshotOf(conversation, { ...choice, systemPrompts: true });
  assert.equal(full?.columns[0]?.systemPrompt, 'Be brief.');
});

test('an answer that still runs is left out with its question', () => {
  const running = snapshotOf(conversation, { ...choice, threads: [{ threadId: 't1', leafId: 'a2' }] });
  assert.deepEqual(running, snapshotOf(conversation, choice));
});

test('a thread or a message that is not there, or is of another thread, gives nothing', () => {
  for (const threads of [
    [{ threadId: 't3', leafId: 'a1' }],
    [{ threadId: 't1', leafId: 'gone' }],
    [{ threadId: 't2', leafId: 'a1' }],
    [{ threadId: 't1', leafId: 'q0' }],
    [...choice.threads, { threadId: 't3', leafId: 'a1' }],
  ]) {
    assert.equal(snapshotOf(conversation, { ...choice, threads }), undefined, JSON.stringify(threads));
  }
});

test('how an answer ended is told in our words alone', () => {
  const endings = (
    [
      { state: 'failed' },
      { state: 'stopped' },
      { finish: { outcome: 'complete', reason: 'length', complete: false } },
    ] satisfies Partial<Generation>[]
  ).map((change) => {
    const one = { ...conversation, messages: [question('q1', null, 'Why?'), answer('a1', 'q1', change)] };
    const message = snapshotOf(one, choice)?.columns[0]?.messages[1];
    return message?.role === 'assistant' ? message.ending : undefined;
  });
  assert.deepEqual(endings, ['failed', 'stopped', 'length']);
});

test('a model is named without the place its file lies in', () => {
  const cases = [
    ['/home/ada/models/r1-q4.gguf', 'r1-q4.gguf'],
    ['C:\\Users\\ada\\r1.gguf', 'r1.gguf'],
    ['~/r1', 'r1'],
    ['./models/r1/', 'r1'],
    ['http://10.0.0.7:8000/v1/r1', 'r1'],
    ['deepseek-ai/DeepSeek-R1', 'deepseek-ai/DeepSeek-R1'],
    ['deepseek-r1:14b', 'deepseek-r1:14b'],
    ['', 'A model'],
  ] as const;
  for (const [label, name] of cases) assert.equal(publicModelName(label), name);
});

test('a link ends after its days, or never', () => {
  const hour = 3_600_000;
  assert.deepEqual(
    (['day', 'week', 'month', 'never'] as const).map((expires) => expiryFrom(1000, expires)),
    [1000 + 24 * hour, 1000 + 7 * 24 * hour, 1000 + 30 * 24 * hour, undefined],
  );
});

test('ten thousand ids have no structure: 128 bits, each as often set as not, none depending on another or on time', () => {
  const count = 10_000;
  const ids = Array.from({ length: count }, createShareId);
  assert.equal(new Set(ids).size, count);
  assert.ok(ids.every(isShareId));
  const bits = ids.map((id) => Buffer.from(id, 'base64url'));
  assert.ok(bits.every((bytes) => bytes.length === 16));
  const bit = (row: number, at: number) => ((bits[row]?.[at >> 3] ?? 0) >> (at & 7)) & 1;
  // Seven standard deviations: by chance once in a hundred billion, for all of these together once in a million runs.
  const most = 7 * Math.sqrt(count) * 0.5;
  for (let at = 0; at < 128; at++) {
    let ones = 0;
    let sameAsNext = 0;
    let sameAsBefore = 0;
    for (let row = 0; row < count; row++) {
      ones += bit(row, at);
      sameAsNext += bit(row, at) === bit(row, (at + 1) % 128) ? 1 : 0;
      sameAsBefore += row > 0 && bit(row, at) === bit(row - 1, at) ? 1 : 0;
    }
    for (const tally of [ones, sameAsNext, sameAsBefore]) {
      assert.ok(Math.abs(tally - count / 2) < most, `bit ${at}: ${tally}`);
    }
  }
  const sorted = ids.toSorted();
  assert.ok(ids.filter((id, i) => id === sorted[i]).length < 20, 'they come in no order');
});

test('what is no id of ours is told from one by its looks', () => {
  for (const bad of ['', 'x', 'A'.repeat(21), 'A'.repeat(23), `${'A'.repeat(21)}B`, `${'A'.repeat(21)}=`, null, 7]) {
    assert.equal(isShareId(bad), false, String(bad));
  }
});

test('an answer that goes on with another has the numbers of all its text, as far as they are known', () => {
  const begun = answer('a1', 'q1', { state: 'stopped', usage: { ...usage, reasoningTokens: 90, answerTokens: 0 } });
  const later: Partial<Generation> = {
    continues: 'a1',
    times: { end: 250 },
    usage: { ...usage, reasoningTokens: 0, answerTokens: 40, source: 'counted' },
  };
  const numbersOf = (messages: readonly Message[]) => {
    const threads = [{ threadId: 't1', leafId: 'a2' }];
    const snapshot = snapshotOf({ ...conversation, messages: [...messages] }, { ...choice, threads });
    const last = snapshot?.columns[0]?.messages.at(-1);
    return last?.role === 'assistant' ? last.numbers : undefined;
  };
  const asked = question('q1', null, 'Why?');
  assert.deepEqual(numbersOf([asked, begun, answer('a2', 'q1', later)]), {
    thinkingTokens: 90,
    answerTokens: 40,
    source: 'counted',
    thinkingMs: 500,
    totalMs: 951,
  });
  assert.deepEqual(numbersOf([asked, answer('a2', 'q1', later)]), {
    thinkingTokens: 0,
    answerTokens: 40,
    source: 'counted',
    totalMs: 250,
  });
});

test('columns of one name at two servers are told apart, without naming the servers', () => {
  const settings = { model: { providerId: 'PRIVATE', modelKey: 'r1' }, sampling: {} };
  const column = (threadId: string, providerId: string): Message[] => [
    { ...question(`q${threadId}`, null, 'Why?'), threadId },
    { ...answer(`a${threadId}`, `q${threadId}`, { providerId }), threadId },
  ];
  const conversation = {
    threads: ['t1', 't2'].map((id) => ({ id, settings })),
    messages: [...column('t1', 'PRIVATE-1'), ...column('t2', 'PRIVATE-2')],
  } as unknown as ConversationDetail; // all that is looked at
  const threads = ['t1', 't2'].map((id) => ({ threadId: id, leafId: `a${id}` }));
  const snapshot = snapshotOf(conversation, { threads, thinking: 'shown', numbers: true } as unknown as ShareChoice);
  assert.deepEqual(
    snapshot?.columns.map(({ model }) => model),
    ['R1 (server 1)', 'R1 (server 2)'],
  );
  assert.doesNotMatch(JSON.stringify(snapshot), /PRIVATE/);
});
