import assert from 'node:assert/strict';
import test from 'node:test';
import {
  areasOf,
  describeStalls,
  describeTimeline,
  phasesOf,
  readingAt,
  tokensAt,
} from '../../../components/words/timeline-figure.ts';
import type { Timeline } from '../../../lib/timeline.ts';

const times = { firstByte: 800, reasoningStart: 1000, reasoningEnd: 7000, answerStart: 7000, end: 9000 };
const timeline: Timeline = {
  points: [
    [1000, 0, 0],
    [2000, 40, 0],
    [6000, 40, 0],
    [7000, 80, 0],
    [8000, 80, 20],
  ],
  stalls: [[2000, 6000]],
  stallCount: 1,
};

test('the time of an answer is waiting, thinking and answering, end to end', () => {
  assert.deepEqual(phasesOf(times, 9000), [
    { name: 'Waiting', from: 0, to: 1000 },
    { name: 'Thinking', from: 1000, to: 7000 },
    { name: 'Answering', from: 7000, to: 9000 },
  ]);
  assert.deepEqual(phasesOf({ answerStart: 0, end: 500 }, 500), [{ name: 'Answering', from: 0, to: 500 }]);
  assert.deepEqual(phasesOf({ end: 500 }, 500), [{ name: 'Waiting', from: 0, to: 500 }]);
  assert.deepEqual(
    phasesOf({ reasoningStart: 100, answerStart: 200, reasoningEnd: 400, end: 500 }, 500).map(({ name, to }) => [
      name,
      to,
    ]),
    [
      ['Waiting', 100],
      ['Thinking', 400],
      ['Answering', 500],
    ],
    'an answer between two thoughts',
  );
});

test('the areas stand on each other and reach to the end', () => {
  const { thinking, answer } = areasOf(timeline.points, { width: 900, height: 100, end: 9000, top: 100 });
  assert.equal(
    thinking,
    'M100 100L200 60L600 60L700 20L800 20L900 20L900 100L800 100L700 100L600 100L200 100L100 100Z',
  );
  assert.equal(answer, 'M100 100L200 60L600 60L700 20L800 0L900 0L900 20L800 20L700 20L600 60L200 60L100 100Z');
  assert.deepEqual(areasOf([], { width: 900, height: 100, end: 1, top: 1 }), { thinking: '', answer: '' });
});

test('between two points the tokens are in proportion to the time', () => {
  assert.deepEqual(tokensAt(timeline.points, 500), { reasoning: 0, answer: 0 });
  assert.deepEqual(tokensAt(timeline.points, 1500), { reasoning: 20, answer: 0 });
  assert.deepEqual(tokensAt(timeline.points, 7500), { reasoning: 80, answer: 10 });
  assert.deepEqual(tokensAt(timeline.points, 9000), { reasoning: 80, answer: 20 });
});

test('a moment is read with its pace, a stall with its length', () => {
  assert.equal(readingAt(timeline, 1500), '1.5 s · 20 thinking · 0 answer · 40 tok/s');
  assert.equal(readingAt(timeline, 4000), '4.0 s · nothing came for 4.0 s');
});

test('the figure is told in words, the longest stalls first', () => {
  assert.equal(
    describeTimeline(timeline, phasesOf(times, 9000)),
    '80 tokens of thinking and 20 tokens of answer over time: waiting 1.0 s, thinking 6.0 s, answering 2.0 s. ' +
      'One stall (more than 2 s without a token): 4.0 s at 2.0 s.',
  );
  const stalls: Timeline['stalls'] = [
    [0, 2100],
    [3000, 9000],
    [9000, 12_000],
    [13_000, 15_500],
  ];
  assert.equal(
    describeStalls({ points: [], stalls, stallCount: 6 }),
    '6 stalls (more than 2 s without a token): 6.0 s at 3.0 s, 3.0 s at 9.0 s, 2.5 s at 13.0 s and 3 shorter.',
  );
  assert.match(describeStalls({ points: [], stalls: [], stallCount: 0 }), /^No stall/);
});
