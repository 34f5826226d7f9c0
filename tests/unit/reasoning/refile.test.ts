import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFiledByItsStart, type RefileInput, refileParts } from '../../../lib/reasoning/refile.ts';
import { ReasoningSplitter, type SplitterOptions } from '@thinkglass/splitter';

/** What a model wrote, filed as the splitter does it under these options. */
function filed(content: string, options: SplitterOptions, finish: RefileInput['finish'] = 'stop'): RefileInput {
  const splitter = new ReasoningSplitter(options);
  splitter.push(content);
  splitter.end(finish);
  const parts = splitter.result().segments.map(([kind, text]) => ({ kind, text }));
  return { parts, raw: [{ field: 'content', text: content }], options: {}, finish };
}

test('a thought whose opening tag the prompt held is found by reading again with the thinking open', () => {
  const input = filed('Let me see. </think> Four.', { startsInReasoning: false });
  assert.deepEqual(input.parts, [{ kind: 'answer', text: 'Let me see. </think> Four.' }]);
  const wish = { index: 0, kind: 'reasoning' as const };
  assert.deepEqual(refileParts(input, wish), [
    { kind: 'reasoning', text: 'Let me see.' },
    { kind: 'answer', text: 'Four.' },
  ]);
  assert.equal(isFiledByItsStart(input, wish), true);
});

test('a tag that was only spoken of stays in the answer', () => {
  const input = filed('It ends with </think>, always.', {});
  assert.equal(input.parts[0]?.kind, 'reasoning');
  const wish = { index: 0, kind: 'answer' as const };
  assert.deepEqual(refileParts(input, wish), [{ kind: 'answer', text: 'It ends with </think>, always.' }]);
  assert.equal(isFiledByItsStart(input, wish), true);
});

test('without a tag that explains it, the part keeps its text, and so do the others', () => {
  const input = filed('<think>\nLet me see.\n</think>\n\nFour.', {});
  const [thought, answer] = input.parts;
  assert.deepEqual(refileParts(input, { index: 0, kind: 'answer' }), [{ ...thought, kind: 'answer' }, answer]);
  assert.deepEqual(refileParts(input, { index: 1, kind: 'reasoning' }), [thought, { ...answer, kind: 'reasoning' }]);
  // A tag of its own opens the thinking, so nothing about the beginning would have helped.
  assert.equal(isFiledByItsStart(input, { index: 0, kind: 'answer' }), false);
});

test('a text without tags that came to its own end is moved, and nothing is learnt of it', () => {
  const input = filed('Let me see.', {});
  const wish = { index: 0, kind: 'reasoning' as const };
  assert.deepEqual(refileParts(input, wish), [{ kind: 'reasoning', text: 'Let me see.' }]);
  assert.equal(isFiledByItsStart(input, wish), false);
});

test('a part is moved as it is where the exact text is not known, came by a field, or continued a prompt', () => {
  const input = filed('Let me see. </think> Four.', { startsInReasoning: false });
  const wish = { index: 0, kind: 'reasoning' as const };
  const moved = [{ kind: 'reasoning', text: 'Let me see. </think> Four.' }];
  const field = [{ field: 'reasoning' as const, text: 'x' }, ...(input.raw ?? [])];
  for (const change of [{ raw: undefined }, { raw: field }, { options: undefined }]) {
    assert.deepEqual(refileParts({ ...input, ...change }, wish), moved);
    assert.equal(isFiledByItsStart({ ...input, ...change }, wish), false);
  }
});

test('a part that is not there is refused', () => {
  assert.throws(() => refileParts(filed('Four.', {}), { index: 1, kind: 'reasoning' }), RangeError);
});
