import assert from 'node:assert/strict';
import test from 'node:test';
import { parseImport } from '../../../lib/import/parse-import.ts';

const now = 1_790_000_000_000;

function message(
  id: string,
  parentId: string | null,
  role: string,
  content: unknown,
  more: Record<string, unknown> = {},
) {
  return { id, parentId, childrenIds: [], role, content, timestamp: 1_738_000_000, ...more };
}

function file(messages: ReturnType<typeof message>[], currentId = messages.at(-1)?.id) {
  const history = { messages: Object.fromEntries(messages.map((m) => [m.id, m])), currentId };
  return [
    {
      id: 'row',
      user_id: 'u',
      title: 'Sums',
      created_at: 1_738_000_000,
      updated_at: 1_738_000_100,
      chat: { title: 'Sums', models: ['deepseek-r1:8b'], params: { system: 'Be brief.' }, history, messages: [] },
    },
  ];
}

function read(value: unknown) {
  const [conversation] = parseImport(value, now).conversations;
  assert.ok(conversation);
  return conversation;
}

const answerParts = (content: unknown, more = {}) =>
  read(file([message('q', null, 'user', 'Why?'), message('a', 'q', 'assistant', content, more)])).messages[1]?.parts;

test('folded thinking is thinking, escaped or not', () => {
  const plain =
    '<details type="reasoning" done="true" duration="13">\n<summary>Thought for 13 seconds</summary>\n> Two > one.\n> \n> So.\n</details>\nFour.';
  const escaped = plain.replace('\n> Two > one.\n> \n> So.', '\n&gt; Two &gt; one.\n&gt; \n&gt; So.');
  for (const content of [plain, escaped]) {
    assert.deepEqual(answerParts(content), [
      { kind: 'reasoning', text: 'Two > one.\n\nSo.' },
      { kind: 'answer', text: 'Four.' },
    ]);
  }
});

test('thinking between tags is thinking, and folded calls of tools are neither', () => {
  const call = '<details type="tool_calls" done="true" id="1">\n<summary>Executed</summary>\n</details>';
  assert.deepEqual(
    answerParts(`<think>\nHm.\n</think>\n\n${call.replace('</summary>\n', '</summary>\nx = 4\n')}\nFour.`),
    [
      { kind: 'reasoning', text: 'Hm.' },
      { kind: 'discarded', text: 'x = 4' },
      { kind: 'answer', text: 'Four.' },
    ],
  );
});

test('an answer told as output alone is read from there', () => {
  const output = [
    { type: 'reasoning', summary: [{ type: 'output_text', text: 'Hm.' }], content: [], duration: 2 },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Four.' }] },
  ];
  assert.deepEqual(answerParts('', { output }), [
    { kind: 'reasoning', text: 'Hm.' },
    { kind: 'answer', text: 'Four.' },
  ]);
});

test('answers of several models are branches, with the tokens that were told', () => {
  const conversation = read(
    file(
      [
        message('q', null, 'user', [{ type: 'text', text: 'Why?' }, { type: 'image_url' }]),
        message('a', 'q', 'assistant', 'A.', {
          model: 'm1',
          modelName: 'One',
          done: true,
          usage: { prompt_tokens: 9, completion_tokens: 4 },
        }),
        message('b', 'q', 'assistant', 'B.', { model: 'm2', done: false }),
      ],
      'a',
    ),
  );
  assert.equal(conversation.messages[0]?.parts[0]?.text, 'Why?\n\n[image]');
  assert.deepEqual(
    conversation.messages
      .slice(1)
      .map(({ generation }) => [generation?.modelLabel, generation?.finish.outcome, generation?.usage?.source]),
    [
      ['m2', 'interrupted', 'estimated'],
      ['One', 'complete', 'reported'],
    ],
  );
  assert.deepEqual(conversation.messages[2]?.generation?.times, {});
  assert.equal(conversation.threads[0]?.settings.systemPrompt, 'Be brief.');
  assert.equal(conversation.updatedAt, 1_738_000_100_000);
});

test('an older export, the chat alone, is read too', () => {
  const [row] = file([message('q', null, 'user', 'Why?'), message('a', 'q', 'assistant', 'So.')]);
  assert.equal(read([row?.chat]).messages.length, 2);
});

test('an unclosed fold is text, however many there are', () => {
  const content = '<details type="reasoning">'.repeat(50_000);
  assert.equal(answerParts(content)?.[0]?.kind, 'answer');
});
