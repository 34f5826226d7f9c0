import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { findChoice, readPaneDefault, withChoice } from '../../../components/answer/thinking/pane-choice.ts';

test('the last choice for a message is the one that counts, and others are left alone', () => {
  const choice = fc.tuple(fc.uuid(), fc.boolean());
  const choices = fc.uniqueArray(choice, { minLength: 1, maxLength: 30, selector: ([id]) => id });
  fc.assert(
    fc.property(choices, fc.boolean(), (made, again) => {
      const [first] = made;
      assert.ok(first);
      let stored: string | undefined;
      for (const [id, open] of [...made, [first[0], again] as const]) stored = withChoice(stored, id, open);
      for (const [id, open] of made) {
        assert.equal(findChoice(stored, id), id === first[0] ? again : open);
      }
    }),
  );
});

test('a message nobody opened or folded has no choice', () => {
  assert.equal(findChoice(undefined, 'a'), undefined);
  assert.equal(findChoice('b+ c-', 'a'), undefined);
});

test('choices are kept for 500 messages, and the oldest are forgotten first', () => {
  let stored: string | undefined;
  for (let i = 0; i < 600; i++) stored = withChoice(stored, `message-${String(i).padStart(4, '0')}`, i % 2 === 0);
  assert.equal(stored?.split(' ').length, 500);
  assert.equal(findChoice(stored, 'message-0099'), undefined);
  assert.equal(findChoice(stored, 'message-0100'), true);
  assert.equal(findChoice(stored, 'message-0599'), false);
});

test('a default that is not known is the usual one', () => {
  assert.equal(readPaneDefault('open'), 'open');
  assert.equal(readPaneDefault('folded'), 'folded');
  assert.equal(readPaneDefault('sideways'), 'auto');
  assert.equal(readPaneDefault(undefined), 'auto');
});
