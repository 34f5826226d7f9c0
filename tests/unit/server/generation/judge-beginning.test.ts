import assert from 'node:assert/strict';
import test from 'node:test';
import type { Notice } from '../../../../lib/notice.ts';
import { judgeBeginning } from '../../../../lib/server/generation/judge-beginning.ts';

const claim: Notice = { code: 'answer-now', facts: { recording: false } };
const counted = { prompt: { tokens: 8, counted: true }, givenTokens: 14, thoughtOn: false };
const codesOf = (begun: Parameters<typeof judgeBeginning>[0]) => judgeBeginning(begun).map(({ code }) => code);

test('that the thinking was ended is said where the prompt holds it, and no thinking came after', () => {
  assert.deepEqual(codesOf({ ...counted, claim, promptTokens: 22 }), ['answer-now']);
  assert.deepEqual(codesOf({ ...counted, claim, promptTokens: undefined }), ['answer-now']);
  assert.deepEqual(codesOf({ ...counted, claim, promptTokens: 22, thoughtOn: true }), ['thought-on']);
});

test('a prompt as long as before shows that the beginning was not read', () => {
  assert.deepEqual(codesOf({ ...counted, claim, promptTokens: 8 }), ['beginning-unread']);
  assert.deepEqual(codesOf({ ...counted, promptTokens: 10 }), ['beginning-unread']);
  assert.deepEqual(codesOf({ ...counted, promptTokens: 22, thoughtOn: true }), []);
});

test('a count without what the cache held tells nothing', () => {
  assert.deepEqual(codesOf({ ...counted, claim, promptTokens: 1 }), ['answer-now']);
});

test('where the prompt was never counted, only a beginning that outweighs it can be missed', () => {
  const estimated = { ...counted, prompt: { tokens: 10, counted: false }, givenTokens: 60 };
  assert.deepEqual(codesOf({ ...estimated, promptTokens: 9 }), ['beginning-unread']);
  assert.deepEqual(codesOf({ ...estimated, promptTokens: 70 }), []);
  assert.deepEqual(codesOf({ ...estimated, givenTokens: 5, promptTokens: 9 }), []);
});
