import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { beforeLoop, findLoopStart } from '../../../lib/reasoning/before-loop.ts';
import type { RawPiece } from '../../../lib/raw-text.ts';
import type { Segment } from '../../../lib/stream-part.ts';

const thought = 'First I add the numbers. Then I look at the rest, which is 7. ';
const round = 'Wait, let me check that again, to be sure of it. ';
const looping = thought + round.repeat(50);

test('a loop begins where its first round does, wherever its last one was cut', () => {
  for (const length of [0, 1, 17, round.length - 1]) {
    assert.equal(findLoopStart(looping.slice(0, looping.length - length)), thought.length);
  }
  assert.equal(findLoopStart('再检查一下。'.repeat(400)), 0);
  assert.equal(findLoopStart(`让我算。${'再检查一下。'.repeat(400)}`), '让我算。'.length);
  assert.equal(findLoopStart(thought), undefined);
  assert.equal(
    findLoopStart(`${looping}So the answer is 7, and that is all there is to it.`),
    undefined,
    'it found out',
  );
});

test('parts and the exact text end at one place: what is left of both says the same', () => {
  fc.assert(
    fc.property(fc.constantFrom('', '<think>\n'), fc.constantFrom('', '\n', '  '), fc.nat(40), (tag, space, cut) => {
      const text = looping.slice(0, looping.length - cut);
      const parts: Segment[] = [{ kind: 'reasoning', text }];
      const pieces: RawPiece[] = [{ field: 'content', text: tag + text + space }];
      const before = beforeLoop(parts, pieces);
      assert.deepEqual(before?.parts, [{ kind: 'reasoning', text: thought.trimEnd() }]);
      assert.deepEqual(before?.pieces, [{ field: 'content', text: tag + thought.trimEnd() }]);
      assert.equal(before?.leftOut, text.length - thought.trimEnd().length);
    }),
  );
});

test('what is all loop has nothing before it, unless a thought stands there', () => {
  const answer: Segment = { kind: 'answer', text: round.repeat(50) };
  assert.equal(beforeLoop([answer], [{ field: 'content', text: answer.text }]), undefined);
  const before = beforeLoop(
    [{ kind: 'reasoning', text: thought }, answer],
    [
      { field: 'reasoning', text: thought },
      { field: 'content', text: answer.text },
    ],
  );
  assert.deepEqual(before?.parts, [{ kind: 'reasoning', text: thought }]);
  assert.deepEqual(before?.pieces, [{ field: 'reasoning', text: thought }]);
});
