import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { exportFileSchema } from '../../../lib/import/export-schema.ts';
import { OddConversations, parseImport } from '../../../lib/import/parse-import.ts';

const now = 1_790_000_000_000;

/** The first conversation of a file: who said what, in order. */
function read(value: unknown) {
  const { origin, conversations } = parseImport(value, now);
  const messages = conversations[0]?.messages.map(({ role, parts }) => [
    role,
    parts.map(({ kind, text }) => [kind, text]),
  ]);
  return { origin, title: conversations[0]?.title, messages };
}

const sum = [
  ['user', [['answer', 'What is 2+2?']]],
  [
    'assistant',
    [
      ['reasoning', 'Simple sum.'],
      ['answer', '4'],
    ],
  ],
];

const deepSeek = {
  id: 'd1',
  title: 'Sum',
  inserted_at: '2025-02-01T10:00:00.000000+08:00',
  updated_at: '2025-02-01T10:00:09.000000+08:00',
  mapping: {
    1: node('1', 'root', [{ type: 'REQUEST', content: 'What is 2+2?' }]),
    2: node('2', '1', [
      { type: 'THINK', content: 'Simple sum.' },
      { type: 'RESPONSE', content: '4' },
    ]),
    root: { id: 'root', parent: null, children: ['1'], message: null },
  },
};

function node(id: string, parent: string, fragments: unknown[]) {
  const message = { files: [], model: 'deepseek-reasoner', inserted_at: '2025-02-01T10:00:05.000000+08:00', fragments };
  return { id, parent, children: [], message };
}

test("DeepSeek's own export: fragments are question, thinking and answer", () => {
  assert.deepEqual(read([deepSeek]), { origin: 'deepseek', title: 'Sum', messages: sum });
  const [conversation] = parseImport([deepSeek], now).conversations;
  assert.equal(conversation?.createdAt, Date.parse('2025-02-01T10:00:00+08:00'));
  assert.equal(conversation?.messages[1]?.generation?.modelId, 'deepseek-reasoner');
});

test('LibreChat: a tree of messages, parts by type, old thinking in fences', () => {
  const message = (id: string, more: object) => ({ messageId: id, createdAt: '2025-02-01T10:00:00Z', ...more });
  const answer = message('2', {
    parentMessageId: '1',
    isCreatedByUser: false,
    model: 'r1',
    content: [
      { type: 'think', think: 'Simple sum.' },
      { type: 'text', text: '4' },
    ],
  });
  const question = message('1', {
    parentMessageId: '0',
    isCreatedByUser: true,
    text: 'What is 2+2?',
    children: [answer],
  });
  const file = { conversationId: 'f1', endpoint: 'custom', title: 'LC', recursive: true, messages: [question] };
  assert.deepEqual(read(file), { origin: 'librechat', title: 'LC', messages: sum });
  const flat = { ...question, children: [] };
  const fenced = message('2', {
    parentMessageId: '1',
    isCreatedByUser: false,
    text: ':::thinking\nSimple sum.\n:::\n4',
  });
  assert.deepEqual(read({ ...file, messages: [flat, fenced] }).messages, sum);
});

test('Claude: thinking, and tools as text that says so', () => {
  const file = [
    {
      uuid: 'c',
      name: 'Sum',
      created_at: '2025-02-01T10:00:00Z',
      chat_messages: [
        { uuid: 'a', sender: 'human', text: 'What is 2+2?', content: [{ type: 'text', text: 'What is 2+2?' }] },
        {
          uuid: 'b',
          sender: 'assistant',
          text: '4',
          content: [
            { type: 'thinking', thinking: 'Simple sum.' },
            { type: 'tool_use', name: 'calculator', input: { of: '2+2' } },
            { type: 'text', text: '4' },
          ],
        },
      ],
    },
  ];
  const { origin, messages } = read(file);
  assert.equal(origin, 'claude');
  assert.deepEqual(messages?.[1]?.[1], [
    ['reasoning', 'Simple sum.'],
    ['discarded', 'Tool call: calculator\n{\n  "of": "2+2"\n}'],
    ['answer', '4'],
  ]);
});

test('LobeHub: topics become conversations, an answer goes on behind its tools', () => {
  const file = {
    exportType: 'all',
    version: 7,
    state: {
      topics: [{ id: 't1', title: 'Sum' }],
      sessions: [{ id: 's1', meta: { title: 'Helper' }, config: { systemRole: 'Be brief.' } }],
      messages: [
        { id: '1', role: 'user', content: 'What is 2+2?', topicId: 't1', sessionId: 's1', createdAt: 1 },
        {
          id: '2',
          role: 'assistant',
          content: '',
          reasoning: { content: 'Simple sum.' },
          tools: [{ apiName: 'add', arguments: '{}' }],
          parentId: '1',
          topicId: 't1',
          createdAt: 2,
        },
        { id: '3', role: 'tool', content: '4', plugin: { apiName: 'add' }, parentId: '2', topicId: 't1', createdAt: 3 },
        { id: '4', role: 'assistant', content: '4', parentId: '3', topicId: 't1', createdAt: 4 },
        { id: '5', role: 'user', content: 'Hi', sessionId: 's1', createdAt: 5 },
      ],
    },
  };
  const { origin, conversations } = parseImport(file, now);
  assert.equal(origin, 'lobehub');
  assert.deepEqual(
    conversations.map(({ title }) => title),
    ['Sum', 'Helper'],
  );
  assert.deepEqual(conversations[0]?.threads[0]?.settings.systemPrompt, 'Be brief.');
  assert.deepEqual(
    conversations[0]?.messages.map(({ parts }) => parts.map(({ kind, text }) => `${kind}: ${text}`)),
    [
      ['answer: What is 2+2?'],
      ['reasoning: Simple sum.', 'discarded: Tool call: add\n{}\n\nTool result of add\n4', 'answer: 4'],
    ],
  );
});

test('chat-ui: messages with ancestors, thinking beside the answer or in tags', () => {
  const file = {
    _id: { $oid: 'x' },
    title: 'Sum',
    model: 'deepseek-ai/DeepSeek-R1',
    createdAt: { $date: '2025-02-01T10:00:00Z' },
    messages: [
      { id: 's', from: 'system', content: '' },
      { id: 'q', from: 'user', content: 'What is 2+2?', ancestors: ['s'] },
      { id: 'a', from: 'assistant', content: '4', reasoning: 'Simple sum.', ancestors: ['s', 'q'] },
    ],
  };
  assert.deepEqual(read(file), { origin: 'chat-ui', title: 'Sum', messages: sum });
  const tagged = { ...file.messages[2], content: '<think>\nSimple sum.\n</think>\n\n4', reasoning: undefined };
  assert.deepEqual(read({ ...file, messages: [...file.messages.slice(0, 2), tagged] }).messages, sum);
});

test('one odd conversation is told, and left out when its reader says so', () => {
  const bad = { ...deepSeek, id: 'b2', mapping: null };
  assert.throws(
    () => parseImport([deepSeek, bad], now),
    (error: unknown) => error instanceof OddConversations && error.odd === 1 && error.others === 1,
  );
  const { conversations, leftOut } = parseImport([bad, deepSeek], now, { leaveOutOdd: true });
  assert.deepEqual([conversations.length, leftOut], [1, 1]);
});

test('a question with a picture in the file keeps it; none is fetched', () => {
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').toString('base64');
  const message = (id: string, role: string, more: object) => ({ id, role, timestamp: 1, ...more });
  const chat = {
    history: {
      currentId: 'a',
      messages: {
        q: message('q', 'user', {
          parentId: null,
          content: 'What is it?',
          files: [
            { type: 'image', url: `data:image/png;base64,${png}` },
            { type: 'image', url: 'https://example.invalid/x.png' },
          ],
        }),
        a: message('a', 'assistant', { parentId: 'q', content: 'A cat.' }),
      },
    },
  };
  const [conversation] = parseImport([{ id: 'w', title: 'Cat', chat }], now).conversations;
  assert.deepEqual(
    conversation?.messages[0]?.attachments?.map(({ mediaType }) => mediaType),
    ['image/png'],
  );
});

test('what a program told of tokens is told on', () => {
  const usage = {
    prompt_tokens: 10,
    completion_tokens: 100,
    total_tokens: 110,
    completion_tokens_details: { reasoning_tokens: 80 },
  };
  const content =
    '<details type="reasoning" done="true">\n<summary>Thought</summary>\n> a b\n</details>\nA long answer.';
  const messages = {
    q: { id: 'q', parentId: null, role: 'user', timestamp: 1, content: 'Q' },
    a: { id: 'a', parentId: 'q', role: 'assistant', model: 'm', done: true, timestamp: 1, content, usage },
  };
  const [conversation] = parseImport(
    [{ id: 'w', title: 'OW', chat: { history: { currentId: 'a', messages } } }],
    now,
  ).conversations;
  assert.deepEqual(conversation?.messages[1]?.generation?.usage, {
    promptTokens: 10,
    reasoningTokens: 80,
    answerTokens: 20,
    source: 'reported',
  });
});

test('whatever a file holds, it is refused in words or fits our own format', () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.string(), fc.integer(), fc.constant(null), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(
      fc.constantFrom(
        'mapping',
        'messages',
        'chat_messages',
        'state',
        'from',
        'messageId',
        'id',
        'fragments',
        'content',
        'parent',
        'role',
        'uuid',
        'inserted_at',
        'conversationId',
        'message',
        'type',
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  })).value;
  fc.assert(
    fc.property(value, (file) => {
      try {
        const { conversations } = parseImport(file, now);
        exportFileSchema.parse({
          format: 'thinkglass',
          version: 1,
          exportedAt: now,
          conversations: conversations.map(withIds),
        });
      } catch (error) {
        assert.equal((error as Error).name, 'ImportProblem', String(error));
      }
    }),
    { numRuns: 1000 },
  );
});

/** Ids of other programs are replaced when they are stored; the format wants ours. */
function withIds<T>(conversation: T): T {
  const ids = new Map<string, string>();
  const idOf = (id: string) => {
    const known = ids.get(id) ?? `00000000-0000-7000-8000-${String(ids.size).padStart(12, '0')}`;
    ids.set(id, known);
    return known;
  };
  return JSON.parse(JSON.stringify(conversation), (key, value: unknown) =>
    typeof value === 'string' && /^(?:id|threadId|parentId)$/.test(key) ? idOf(value) : value,
  ) as T;
}
