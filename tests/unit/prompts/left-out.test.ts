import assert from 'node:assert/strict';
import test from 'node:test';
import { type EarlierThinking, findLeftOut } from '../../../lib/prompts/left-out.ts';

const thought = (text: string, tokens: number, source: EarlierThinking['source'] = 'reported') => ({
  text,
  tokens,
  source,
});
const first = thought('First I\n"halve" it.\n', 40);
const second = thought('Then I add.', 20, 'split');

const bodyOf = (...reasoning: (string | undefined)[]) =>
  JSON.stringify({
    messages: reasoning.map((reasoning_content) => ({ role: 'assistant', content: 'x', reasoning_content })),
  });

test('thinking that is not in the request is left out, and counted', () => {
  assert.deepEqual(findLeftOut(bodyOf(undefined, undefined), [second, first]), {
    answers: 2,
    tokens: 60,
    counted: false,
    sentBack: 0,
  });
  assert.equal(findLeftOut(bodyOf(undefined), [first]).counted, true);
});

test('thinking is sent back where its text stands in the request, by whatever name', () => {
  assert.deepEqual(findLeftOut(bodyOf(first.text, undefined), [second, first]), {
    answers: 1,
    tokens: 20,
    counted: false,
    sentBack: 1,
  });
  const native = JSON.stringify({ messages: [{ role: 'assistant', thinking: first.text }] });
  assert.equal(findLeftOut(native, [first]).sentBack, 1);
  const raw = JSON.stringify({ prompt: `Assistant: <think>${first.text.trim()}</think> 4` });
  assert.equal(findLeftOut(raw, [first]).sentBack, 1);
});

test('hidden thinking never goes along; answers that did not think are not counted', () => {
  const found = findLeftOut(bodyOf(undefined), [thought('', 300), thought('', 0)]);
  assert.deepEqual(found, { answers: 1, tokens: 300, counted: true, sentBack: 0 });
});

test('a body that is no JSON is looked at as it stands', () => {
  assert.equal(findLeftOut('… Then I add. …', [second]).sentBack, 1);
});
