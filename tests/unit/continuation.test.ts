import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { canAnswerNow, canContinue, cutInOf, isCut } from '../../lib/continuation.ts';
import type { RawPiece } from '../../lib/raw-text.ts';
import { ReasoningSplitter } from '@thinkglass/splitter';
import { planContinuation } from '../../lib/server/generation/continuation-plan.ts';
import { renderPrefix } from '../../lib/server/protocols/openai/answer-prefix.ts';
import { piecesAfter } from '../../lib/server/protocols/replay/recorded-continuation.ts';
import type { Finish, Segment } from '../../lib/stream-part.ts';
import { plainModel } from '../fakes/model.ts';

const stopped: Finish = { outcome: 'stopped', reason: 'unknown', complete: false };
const model = (continuation: typeof plainModel.continuation) => ({
  ...plainModel,
  ...(continuation && { continuation }),
});

const whole =
  '<think>\nOne `</think>` is only named.\n\n```\n</think>\n```\nTwo.\n</think>\n\nThe **answer**, with `<think>` in it.';

/** The parts of a text that is cut there, split as a stopped run splits it. */
function cutAt(length: number) {
  const pieces: RawPiece[] = [{ field: 'content', text: whole.slice(0, length) }];
  const splitter = new ReasoningSplitter({});
  splitter.push(whole.slice(0, length));
  splitter.end('abort');
  const parts: Segment[] = splitter.result().segments.map(([kind, text]) => ({ kind, text }));
  return { parts, raw: { pieces, exact: true }, finish: stopped };
}

test('a text that is cut anywhere and gone on with is split as if it had never been cut', () => {
  const once = new ReasoningSplitter({});
  once.push(whole);
  once.end('stop');
  fc.assert(
    fc.property(fc.integer({ min: 9, max: whole.length - 1 }), (length) => {
      const plan = planContinuation({
        cut: cutAt(length),
        model: model('after-prompt'),
        answerNow: false,
        options: {},
      });
      fc.pre(plan !== undefined); // nothing visible yet
      const again = new ReasoningSplitter(plan?.splitter);
      for (const { field, text } of plan?.begun.pieces ?? []) again.push({ [field]: text });
      again.push(whole.slice(length));
      again.end('stop');
      assert.deepEqual(again.result().segments, once.result().segments);
      assert.equal(plan?.prefix.exact, whole.slice(0, length));
    }),
  );
});

test('an answer that was filed otherwise by hand is gone on with as it is filed', () => {
  const cut = { ...cutAt(30), parts: [{ kind: 'answer' as const, text: 'All of it, said a person' }] };
  const plan = planContinuation({ cut, model: model('assistant-prefix'), answerNow: false, options: {} });
  assert.deepEqual(plan?.begun.pieces, [{ field: 'content', text: 'All of it, said a person' }]);
  assert.equal(plan?.prefix.answer, 'All of it, said a person');
});

test('each way of going on does what it can and no more', () => {
  const chat = { isCompletion: false, exact: true };
  const can = (style: typeof plainModel.continuation, exact = true) => [
    canContinue(model(style), { ...chat, exact, cutIn: 'thought' }),
    canContinue(model(style), { ...chat, exact, cutIn: 'answer' }),
    canAnswerNow(model(style), { ...chat, exact }),
  ];
  assert.deepEqual(can(undefined), [false, false, false]);
  assert.deepEqual(can('assistant-prefix'), [false, true, true]);
  assert.deepEqual(can('final-message'), [false, true, false]);
  assert.deepEqual(can('after-prompt'), [true, true, true]);
  assert.deepEqual(can('after-prompt', false), [false, false, false]);
  assert.deepEqual(can('last-message'), [true, true, true]);
  assert.deepEqual(can('last-message', false), [true, true, true]);
  assert.deepEqual(can('thinking-and-content'), [false, true, true]);
  assert.equal(canAnswerNow(model(undefined), { isCompletion: true, exact: true }), true);
});

test('thinking that came between tags is handed back in its field where the template opens it', () => {
  const last = (exact: string) =>
    renderPrefix(
      {
        model: model('thought-in-field'),
        prefix: { reasoning: 'seen', answer: 'seen', thoughtOver: exact.includes('</think>'), exact },
      },
      { historyField: 'reasoning_content' },
    );
  assert.deepEqual(last('<think> 7 * 3 ='), {
    message: { role: 'assistant', content: '', reasoning_content: ' 7 * 3 =' },
    fields: { continue_final_message: true, add_generation_prompt: false },
  });
  assert.deepEqual(last('<think> yes</think><answer> 7 *').message, {
    role: 'assistant',
    content: '<answer> 7 *',
    reasoning_content: ' yes',
  });
  assert.deepEqual(last('<think> 7\n</think>\n\n'), {
    message: { role: 'assistant', content: '', reasoning_content: ' 7\n' },
    fields: { continue_final_message: 'content', add_generation_prompt: false },
  });
  assert.deepEqual(last('No tags.').message, { role: 'assistant', content: 'No tags.' });
});

test('what came to its end is not cut, and what is empty has nothing to go on from', () => {
  const parts: Segment[] = [{ kind: 'reasoning', text: 'Hm' }];
  assert.equal(isCut(parts, stopped), true);
  assert.equal(isCut(parts, { outcome: 'complete', reason: 'length', complete: false }), true);
  assert.equal(isCut(parts, { outcome: 'complete', reason: 'stop', complete: true }), false);
  assert.equal(isCut([{ kind: 'answer', text: ' \n' }], stopped), false);
  assert.equal(isCut(parts, undefined), false);
  assert.equal(cutInOf([...parts, { kind: 'answer', text: '4' }]), 'answer');
});

test('a recording goes on behind its beginning, wherever it was cut', () => {
  const pieces = ['<think>', '\nOne', ' two\n', '</think>', '\n\nThe', ' answer'].map((text, i) => ({
    field: 'content' as const,
    text,
    isReasoning: i < 4,
  }));
  const text = pieces.map((piece) => piece.text).join('');
  const after = (beginning: string) =>
    piecesAfter(pieces, beginning)
      .map((piece) => piece.text)
      .join('');
  for (let length = 0; length <= text.length; length++) assert.equal(after(text.slice(0, length)), text.slice(length));
  assert.equal(after('<think>\nOne\n</think>\n\n'), '\n\nThe answer');
  assert.equal(after('<think>\nOne</think>The'), ' answer');
  assert.equal(after('Something else'), text);
});
