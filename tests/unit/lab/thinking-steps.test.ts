import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSteps, wayWords } from '../../../components/lab/choose/thinking-steps.ts';
import { thinkingWays } from '../../../lib/lab/run.ts';

test('ways to vary the thinking are read as they are written', () => {
  assert.deepEqual(readSteps({ way: 'as-is', text: '' }), [{ way: 'as-is' }]);
  assert.deepEqual(
    readSteps({ way: 'cap', text: '16, 32;64  128' }),
    [16, 32, 64, 128].map((tokens) => ({ way: 'cap', tokens })),
  );
  assert.deepEqual(readSteps({ way: 'effort', text: 'low, high' }), [
    { way: 'effort', effort: 'low' },
    { way: 'effort', effort: 'high' },
  ]);
  assert.deepEqual(readSteps({ way: 'extend', text: '0' }), [{ way: 'extend', times: 0 }]);
});

test('what cannot be read is not guessed, and what the form begins with can be', () => {
  for (const [way, text] of [
    ['cap', ''],
    ['cap', '0'],
    ['budget', '1k'],
    ['extend', '9'],
    ['effort', 'High!'],
    ['prefix', '1,2,3,4,5,6,7,8,9,10,11,12,13'],
  ] as const)
    assert.equal(readSteps({ way, text }), undefined, `${way} ${text}`);
  for (const way of thinkingWays) assert.ok(readSteps({ way, text: wayWords[way].text?.usual ?? '' }), way);
});
