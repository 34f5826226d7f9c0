import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { conversationOf, type ToldMessage } from '../../../lib/import/chat-tree.ts';

const trees = fc
  .array(fc.record({ role: fc.constantFrom('question', 'answer', 'skip'), parent: fc.nat() }), { maxLength: 30 })
  .map((told) =>
    told.map(({ role, parent }, i): ToldMessage => {
      const parts = role === 'skip' ? [] : [{ kind: 'answer' as const, text: `m${i}.` }];
      const parentId = parent % (i + 1) === i ? undefined : `${parent % (i + 1)}`;
      return { id: `${i}`, parentId, role: role as ToldMessage['role'], createdAt: i, parts };
    }),
  );

test('whoever follows whom: questions follow answers, answers follow questions, and no word of a question is lost', () => {
  fc.assert(
    fc.property(trees, (told) => {
      const { messages } = conversationOf('librechat', {
        id: 'c',
        title: 't',
        createdAt: 0,
        model: 'm',
        messages: told,
      });
      const byId = new Map(messages.map((message) => [message.id, message]));
      assert.equal(byId.size, messages.length, 'ids of their own');
      for (const { role, parentId } of messages) {
        const parent = parentId === null ? undefined : byId.get(parentId);
        if (role === 'user') assert.notEqual(parent?.role, 'user');
        else assert.equal(parent?.role, 'user');
      }
      for (const message of messages.filter(({ role }) => role === 'user')) {
        assert.ok(
          messages.some(({ parentId }) => parentId === message.id),
          'each question has an answer beside it',
        );
      }
      const words = JSON.stringify(messages);
      for (const { role, id } of told) if (role === 'question') assert.ok(words.includes(`m${id}.`));
    }),
    { numRuns: 500 },
  );
});
