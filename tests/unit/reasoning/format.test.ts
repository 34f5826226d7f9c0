import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeFormat, type FormatInput } from '../../../lib/reasoning/format.ts';
import { splitText } from '@thinkglass/splitter/split-text';
import type { Finish } from '@thinkglass/splitter';

/** What is said of a text that a model wrote, by way of the splitter. */
function judge(content: string, more: Partial<FormatInput> = {}, finish: Finish = 'stop') {
  const splitter = more.splitter ?? { startsInReasoning: 'auto' };
  const { segments } = splitText(content, splitter, finish);
  return judgeFormat({
    segments: segments.map(([kind, text]) => ({ kind, text })),
    content,
    hasField: false,
    outcome: 'complete',
    template: 'chat',
    isExpected: true,
    ...more,
    splitter,
  });
}

const well = { ok: true, basis: 'tags', problems: [] };
const problemsOf = (...rest: Parameters<typeof judge>) => judge(...rest)?.problems;
const zero = { template: 'r1-zero' } as const;

test('one thought and an answer is well-formed', () => {
  assert.deepEqual(judge('<think>2 + 2 is 4.</think>\n\n4'), well);
});

test('where the chat template has opened the thinking, its closing tag is enough', () => {
  assert.deepEqual(judge('2 + 2 is 4.\n</think>\n\n4', { splitter: { startsInReasoning: true } }), well);
  assert.deepEqual(judge('2 + 2 is 4.\n</think>\n\n4'), well);
});

test('a prompt that is known to the last character leaves the opening tag to the model', () => {
  const raw = { template: 'r1-zero-raw' } as const;
  assert.deepEqual(problemsOf('It is 4.</think><answer>4</answer>', raw), ['no-opening-tag']);
  const opened = { ...raw, splitter: { startsInReasoning: true } };
  assert.deepEqual(judge('It is 4.</think><answer>4</answer>', opened), well);
});

test('R1-Zero answers between answer tags', () => {
  assert.deepEqual(judge('<think>It is 4.</think> <answer>4</answer>', zero), well);
  assert.deepEqual(problemsOf('<think>It is 4.</think> 4', zero), ['no-answer-tags']);
  assert.deepEqual(problemsOf('<think>It is 4.</think> So: <answer>4</answer>', zero), ['text-outside']);
  assert.deepEqual(problemsOf('<think>It is 4.</think> <answer>4</answer> Bye.', zero), ['text-outside']);
  assert.deepEqual(problemsOf('<think>It is 4.</think> <answer>4', zero), ['answer-not-closed']);
  assert.deepEqual(problemsOf('<think>It is 4.</think> <answer>4</answer> <answer>5</answer>', zero), ['two-answers']);
});

test('a thought that is not closed, twice begun, missing or without an answer is told apart', () => {
  assert.deepEqual(problemsOf('<think>It is', {}, 'length'), ['no-closing-tag', 'no-answer']);
  assert.deepEqual(problemsOf('<think>It is 4.</think>\n<think>Or 5?</think>\n5'), ['two-thoughts']);
  assert.deepEqual(problemsOf('<think>It is 4.</think>'), ['no-answer']);
  assert.deepEqual(problemsOf('It is 4.'), ['no-thinking']);
  assert.deepEqual(problemsOf('<think>\n\n</think>\n\n4'), ['no-thinking']);
  assert.deepEqual(problemsOf('Sure!\n<think>It is 4.</think>\n4'), ['text-before']);
});

test('a model that mentions a tag has not written one', () => {
  assert.deepEqual(judge('<think>I must write `</think>` at the end.</think>\n\nThe tag is `<think>`.'), well);
});

test('tags of the model’s own count as well', () => {
  const splitter: FormatInput['splitter'] = {
    thinkTags: [
      ['[THINK]', '[/THINK]'],
      ['<think>', '</think>'],
    ],
  };
  assert.deepEqual(judge('[THINK]It is 4.[/THINK]4', { splitter }), well);
});

test('thinking in a field of its own is judged by being there, with an answer', () => {
  const field = (kinds: ('reasoning' | 'answer')[]) =>
    judgeFormat({
      segments: kinds.map((kind) => ({ kind, text: 'x' })),
      content: 'x',
      hasField: true,
      outcome: 'complete',
      template: 'chat',
      isExpected: false,
      splitter: {},
    });
  assert.deepEqual(field(['reasoning', 'answer']), { ok: true, basis: 'field', problems: [] });
  assert.deepEqual(field(['reasoning']), { ok: false, basis: 'field', problems: ['no-answer'] });
});

test('what was stopped, and a model that need not think, is not judged', () => {
  assert.equal(judge('<think>It is', { outcome: 'stopped' }, 'abort'), undefined);
  assert.equal(judge('It is 4.', { isExpected: false }), undefined);
  assert.deepEqual(judge('<think>a</think>b', { isExpected: false }), well);
});
