import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { exportFileSchema } from '../../../lib/import/export-schema.ts';
import { parseImport } from '../../../lib/import/parse-import.ts';

const now = 1_790_000_000_000;

interface Told {
  role?: string;
  text?: string;
  content?: Record<string, unknown>;
  at?: number;
  more?: Record<string, unknown>;
}

function node(id: string, parent: string | null, told?: Told) {
  const message = told && {
    id,
    author: { role: told.role ?? 'assistant', name: null, metadata: {} },
    create_time: told.at ?? null,
    content: told.content ?? { content_type: 'text', parts: [told.text ?? ''] },
    status: 'finished_successfully',
    weight: 1,
    recipient: 'all',
    metadata: { model_slug: 'gpt-5-thinking' },
    ...told.more,
  };
  return { id, parent, children: [], message: message ?? null };
}

function file(nodes: ReturnType<typeof node>[], more: Record<string, unknown> = {}) {
  return [
    {
      title: 'Trains',
      create_time: 1_736_209_400.25,
      update_time: 1_736_209_800,
      mapping: Object.fromEntries(nodes.map((n) => [n.id, n])),
      current_node: nodes.at(-1)?.id,
      conversation_id: 'c1',
      default_model_slug: 'gpt-5',
      ...more,
    },
  ];
}

function read(value: unknown) {
  const [conversation] = parseImport(value, now).conversations;
  assert.ok(conversation);
  return conversation;
}

const shape = (value: unknown) =>
  read(value).messages.map(({ id, parentId, role, parts }) => [
    id.replace('c1/', ''),
    parentId?.replace('c1/', '') ?? null,
    role,
    parts.map(({ kind, text }) => `${kind}: ${text}`).join(' | '),
  ]);

const thoughts = {
  content_type: 'thoughts',
  thoughts: [
    { summary: 'Adding up', content: 'Two and two.', chunks: [], finished: true },
    { summary: '', content: 'Four.' },
  ],
};

test('a chain of thoughts, tools and text is one answer', () => {
  const nodes = [
    node('root', null),
    node('s', 'root', { role: 'system', text: '', more: { metadata: { is_visually_hidden_from_conversation: true } } }),
    node('q', 's', { role: 'user', text: '2 + 2?', at: 1_736_209_401 }),
    node('t', 'q', { content: thoughts, at: 1_736_209_402.5 }),
    node('call', 't', { content: { content_type: 'code', text: 'print(2+2)' }, more: { recipient: 'python' } }),
    node('out', 'call', { role: 'tool', content: { content_type: 'execution_output', text: '4' } }),
    node('recap', 'out', { content: { content_type: 'reasoning_recap', content: 'Thought for 5s' } }),
    node('a', 'recap', { text: 'It is **4** \uE200cite\uE202turn0search1\uE201.' }),
  ];
  assert.deepEqual(shape(file(nodes)), [
    ['q', null, 'user', 'answer: 2 + 2?'],
    [
      'a#answer',
      'q',
      'assistant',
      'reasoning: **Adding up**\n\nTwo and two.\n\nFour. | discarded: print(2+2)\n\n4 | answer: It is **4** .',
    ],
  ]);
  const conversation = read(file(nodes));
  assert.equal(conversation.createdAt, 1_736_209_400_250);
  const generation = conversation.messages[1]?.generation;
  assert.deepEqual(generation?.times, {}, 'no times are made up');
  assert.equal(generation?.usage?.source, 'estimated');
  assert.equal(generation?.modelLabel, 'gpt-5-thinking');
  assert.equal(generation?.origin, 'chatgpt');
  assert.equal(generation?.queuedAt, 1_736_209_402_500);
});

test('edited questions and other answers are branches, and the one that was looked at is the newest', () => {
  const nodes = [
    node('root', null),
    node('q1', 'root', { role: 'user', text: 'One?' }),
    node('a1', 'q1', { text: 'First.' }),
    node('a2', 'q1', { text: 'Second.' }),
    node('q2', 'root', { role: 'user', text: 'Two?' }),
    node('a3', 'q2', { text: 'Third.' }),
  ];
  const rows = shape(file(nodes, { current_node: 'a1' }));
  assert.deepEqual(
    rows.map(([id]) => id),
    ['q2', 'a3#answer', 'q1', 'a2#answer', 'a1#answer'],
  );
});

test('a question without an answer gets one that says it was interrupted', () => {
  const nodes = [node('q1', null, { role: 'user', text: 'One?' }), node('q2', 'q1', { role: 'user', text: 'Two?' })];
  const { messages } = read(file(nodes));
  assert.deepEqual(
    messages.map(({ role, parentId, generation }) => [role, parentId, generation?.finish.outcome]),
    [
      ['user', null, undefined],
      ['assistant', 'c1/q1', 'interrupted'],
      ['user', 'c1/q1#answer', undefined],
      ['assistant', 'c1/q2', 'interrupted'],
    ],
  );
});

test('thinking between tags in a text is thinking', () => {
  const nodes = [
    node('q', null, { role: 'user', text: '?' }),
    node('a', 'q', { text: '<think>\nHm.\n</think>\n\nYes.' }),
  ];
  assert.deepEqual(shape(file(nodes))[1]?.[3], 'reasoning: Hm. | answer: Yes.');
});

test('a tree of any shape, rings and strangers included, becomes one that we would have made', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '__proto__', 'constructor');
  const nodes = fc.uniqueArray(
    fc.record({ id, parent: fc.option(id), role: fc.constantFrom('user', 'assistant', 'tool', 'system', undefined) }),
    { selector: (n) => n.id, minLength: 1 },
  );
  fc.assert(
    fc.property(nodes, (told) => {
      const built = told.map((n) =>
        node(n.id, n.parent, n.role === undefined ? undefined : { role: n.role, text: n.id }),
      );
      const { conversations } = parseImport(JSON.parse(JSON.stringify(file(built))), now);
      const uuids = new Map<string, string>();
      const uuid = (name: string) => {
        const known = uuids.get(name) ?? crypto.randomUUID();
        uuids.set(name, known);
        return known;
      };
      const named = conversations.map((c) => ({
        ...c,
        id: uuid(c.id),
        threads: c.threads.map((t) => ({ ...t, id: uuid(t.id) })),
        messages: c.messages.map((m) => ({
          ...m,
          id: uuid(m.id),
          threadId: uuid(m.threadId),
          parentId: m.parentId === null ? null : uuid(m.parentId),
        })),
      }));
      const written = { format: 'thinkglass', version: 1, exportedAt: now, conversations: named };
      const parsed = exportFileSchema.safeParse(written);
      assert.ok(parsed.success, parsed.error?.message);
    }),
    { numRuns: 300 },
  );
});

test('answers that begin alike cannot make a small file a large one', () => {
  const long = 'x'.repeat(1_000_000);
  const nodes = [node('q', null, { role: 'user', text: '?' }), node('a', 'q', { text: long })];
  for (let i = 0; i < 200; i++) nodes.push(node(`b${i}`, 'a', { text: 'y' }));
  assert.throws(() => parseImport(file(nodes), now), /too many branches/);
});

test('a chain that is longer than the stack is deep is read', () => {
  const nodes = [node('0', null, { role: 'user', text: '?' })];
  for (let i = 1; i < 30_000; i++) nodes.push(node(`${i}`, `${i - 1}`, { text: 'y' }));
  assert.equal(read(file(nodes)).messages.length, 2);
});
