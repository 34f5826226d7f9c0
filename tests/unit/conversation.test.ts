import assert from 'node:assert/strict';
import test from 'node:test';
import { titleOfQuestion } from '../../lib/conversation.ts';

/** Zero-width space and joiner, turns of direction, soft hyphen, a control character, blanks. */
const invisible = ['\u200b', '\u200d\u2060', '\u202e\u2066', '\u00ad', '\u0007', '\u00a0\u3000', ''];

test('a question in which nothing can be seen gives a title that can be', () => {
  for (const question of invisible) assert.equal(titleOfQuestion(question), 'New chat', JSON.stringify(question));
});

test('one visible character is a title, with what joins or turns it', () => {
  for (const question of ['x', '?', '1', '\u200fש', '👩‍💻', '\uf8ff'])
    assert.equal(titleOfQuestion(question), question);
});
