import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { renderGenerationRows } from '../../../lib/export/generation-rows.ts';
import { renderMarkdown } from '../../../lib/export/markdown.ts';
import type { ExportedConversation, ExportedGeneration, ExportedMessage } from '../../../lib/exported.ts';
import { allBlocks, cutBlocks } from '../../../lib/markdown/blocks.ts';
import { conversationArbitrary } from '../../fakes/conversations.ts';

const generation: ExportedGeneration = {
  providerId: 'p',
  modelKey: 'r1',
  modelId: 'r1',
  providerLabel: 'Box',
  modelLabel: 'R1',
  recording: false,
  sampling: { stop: ['SECRET'] },
  queuedAt: 1,
  times: { reasoningStart: 1000, reasoningEnd: 3500, end: 4000 },
  usage: { promptTokens: 9, reasoningTokens: 40, answerTokens: 4, source: 'reported' },
  notices: [],
  finish: { outcome: 'complete', reason: 'stop', complete: true, cost: 0.00012 },
};

const question = (id: string, parentId: string | null, text: string, threadId = 't'): ExportedMessage => ({
  id,
  threadId,
  parentId,
  role: 'user',
  parts: [{ kind: 'answer', text }],
  createdAt: 1,
});
const answer = (
  id: string,
  parentId: string,
  text: string,
  threadId = 't',
  thinking = 'Hm.\n\n> so',
): ExportedMessage => ({
  ...question(id, parentId, text, threadId),
  role: 'assistant',
  parts: [
    { kind: 'reasoning', text: thinking },
    { kind: 'answer', text },
  ],
  generation,
});
const settings = { model: { providerId: 'p', modelKey: 'r1' }, sampling: {} };
const chat = (messages: ExportedMessage[], threadIds = ['t']): ExportedConversation => ({
  id: 'c',
  title: 'Sums & #tags',
  createdAt: 1,
  updatedAt: 1,
  threads: threadIds.map((id) => ({ id, settings })),
  messages,
});

test('a chat is its title, its questions and its answers, with the thinking quoted and the figures under it', () => {
  const conversation = chat([question('q', null, '2 + 2?'), answer('a', 'q', '**Four.**')]);
  assert.equal(
    renderMarkdown(conversation, { thinking: true, figures: true }),
    `# Sums & \\#tags

## You

2 + 2?

## R1

> **Thinking**
>
> Hm.
>
> > so

**Four.**

*40 thinking + 4 answer tokens (as the provider reported) · 9 prompt tokens · thought 2.5 s · 4.0 s in all · $0.00012*
`,
  );
  const without = renderMarkdown(conversation, { thinking: false, figures: false });
  assert.doesNotMatch(without, /Hm\.|tokens/);
});

test('of branches the newest is told, unless another is wanted', () => {
  const conversation = chat([
    question('q', null, 'Why?'),
    answer('a', 'q', 'First.'),
    answer('b', 'q', 'Second.'),
    question('q2', 'a', 'And?'),
    answer('c', 'q2', 'Third.'),
  ]);
  const told = (leafIds?: Set<string>) =>
    renderMarkdown(conversation, { thinking: false, figures: false, ...(leafIds && { leafIds }) });
  assert.match(told(), /Second/);
  assert.doesNotMatch(told(), /First|Third/);
  assert.match(told(new Set(['a'])), /First\.[\s\S]*Third/);
});

test('a comparison is its columns one after another', () => {
  const conversation = chat(
    [
      question('q', null, 'Why?'),
      question('r', null, 'Why?', 'u'),
      answer('a', 'q', 'A.'),
      answer('b', 'r', 'B.', 'u'),
    ],
    ['t', 'u'],
  );
  const headings = renderMarkdown(conversation, { thinking: false, figures: false }).match(/^#+ .*$/gm);
  assert.deepEqual(headings, [
    '# Sums & \\#tags',
    '## 1. R1 · Box',
    '### You',
    '### R1',
    '## 2. R1 · Box',
    '### You',
    '### R1',
  ]);
});

test('a code block that was cut off ends with its answer', () => {
  const text = 'See:\n\n```js\nlet a = 1;';
  const written = renderMarkdown(
    chat([question('q', null, '?'), answer('a', 'q', text), question('q2', 'a', 'Go on')]),
    {
      thinking: false,
      figures: false,
    },
  );
  assert.match(written, /let a = 1;\n```\n\n## You\n\nGo on/);
});

test('no thinking can end its quote', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('\n', '\r', '\r\n', '```\n', '</details>\n'),
      (a, b) => {
        const thinking = `${a}${b}${a}`;
        if (thinking.trim() === '') return;
        const written = renderMarkdown(chat([question('q', null, '?'), answer('a', 'q', 'END', 't', thinking)]), {
          thinking: true,
          figures: false,
        });
        const quote = written.slice(written.indexOf('> **Thinking**'), written.lastIndexOf('\n\nEND'));
        assert.ok(
          quote.split(/\r\n|\r|\n/).every((line) => line.startsWith('>')),
          JSON.stringify(quote),
        );
      },
    ),
  );
});

test('whatever a conversation holds, its Markdown leaves no code block open', () => {
  fc.assert(
    fc.property(conversationArbitrary, (conversation) => {
      const cut = cutBlocks(`${renderMarkdown(conversation, { thinking: true, figures: true })}\n`);
      assert.ok(allBlocks(cut).length > 0);
      assert.equal(cut.state.fence, undefined);
    }),
    { numRuns: 60 },
  );
});

test('the lines of generations hold every figure and no text', () => {
  const conversation = chat([question('q', null, 'CANARY-Q'), answer('a', 'q', 'CANARY-A')]);
  const rows = renderGenerationRows(conversation).trimEnd().split('\n');
  assert.equal(rows.length, 1);
  const row = JSON.parse(rows[0] ?? '') as Record<string, unknown>;
  assert.deepEqual(
    [row.generationId, row.reasoningTokens, row.reasoningEndMs, row.costUsd, row.usageSource, row.formatOk],
    ['a', 40, 3500, 0.00012, 'reported', null],
  );
  assert.doesNotMatch(rows.join(''), /CANARY|SECRET|Hm/);
});
