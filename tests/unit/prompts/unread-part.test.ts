import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findUnread } from '../../../lib/prompts/unread-part.ts';

const print = (body: object) => JSON.stringify(body, null, 2);
const greyOf = (text: string, end: Parameters<typeof findUnread>[1]) =>
  findUnread(text, end).map(([from, to]) => text.slice(from, to));
const words = (count: number) => 'word '.repeat(count).trim();

test('the first messages are unread whole, and of the next one what there was no room for', () => {
  const messages = [
    { role: 'user', content: 'First "quoted"\nquestion' },
    { role: 'assistant', content: words(100) },
    { role: 'user', content: words(100) },
  ];
  const grey = greyOf(print({ model: 'm', messages, stream: true }), { read: 160, unread: 1 });
  assert.equal(grey.length, 2);
  assert.match(grey[0] ?? '', /^\{\n\s+"role": "user",\n\s+"content": "First \\"quoted\\"\\nquestion"\n\s+\}$/);
  const left = (grey[1] ?? '').split(' ').length;
  assert.ok(left > 30 && left < 70, `${left} of 100 words`);
});

test('of one long text it is the beginning', () => {
  for (const body of [{ prompt: words(400) }, { messages: [{ role: 'user', content: words(400) }] }]) {
    const [grey = '', ...others] = greyOf(print(body), { read: 146, unread: 0 });
    assert.deepEqual(others, []);
    const left = grey.split(' ').length;
    assert.ok(left > 200 && left < 300, `${left} of 400 words`);
  }
});

test('whatever was sent, the stretches are apart, in order and in the text', () => {
  const content = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(words(50)));
  fc.assert(
    fc.property(fc.array(content, { maxLength: 6 }), fc.nat(8), fc.nat(300), (contents, unread, read) => {
      const text = print({ messages: contents.map((one) => ({ role: 'user', content: one })) });
      let at = 0;
      for (const [from, to] of findUnread(text, { read, unread })) {
        assert.ok(at <= from && from <= to && to <= text.length);
        at = to;
      }
    }),
  );
  assert.deepEqual(findUnread('no JSON', { read: 1, unread: 1 }), []);
});
