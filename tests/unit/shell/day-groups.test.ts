import assert from 'node:assert/strict';
import test from 'node:test';
import { groupByDay } from '../../../components/shell/day-groups.ts';
import { shortMoment, tellingFacts } from '../../../components/words/telling-facts.ts';
import type { Conversation } from '../../../lib/conversation.ts';

/** A moment as it stands on the reader's clock, two hours ahead of UTC. */
const local = (words: string) => Date.parse(`${words}+02:00`);
const clock = { now: local('2026-03-10T09:00'), offset: 120 };

function at(words: string, facts: Partial<Conversation> = {}): Conversation {
  const updatedAt = local(words);
  return { id: words, title: words, createdAt: updatedAt, updatedAt, threadCount: 1, ...facts };
}

test("a list is grouped by the reader's days, then weeks and months, in its order", () => {
  const groups = groupByDay(
    [
      at('2025-01-01T10:00', { pinnedAt: 5 }),
      at('2026-03-10T00:01'),
      at('2026-03-09T23:59'),
      at('2026-03-09T00:00'),
      at('2026-03-08T23:59'),
      at('2026-03-04T00:00'),
      at('2026-03-03T23:00'),
      at('2026-02-09T00:00'),
      at('2026-02-08T12:00'),
      at('2026-01-01T00:30'),
      at('2025-12-31T23:30'),
      at('2024-12-01T10:00'),
    ],
    clock,
  );
  assert.deepEqual(
    groups.map(({ title, conversations }) => `${title} ${conversations.length}`),
    [
      'Pinned 1',
      'Today 1',
      'Yesterday 2',
      'Last 7 days 2',
      'Last 30 days 2',
      'February 1',
      'January 1',
      'December 2025 1',
      'December 2024 1',
    ],
  );
});

test('a question that the clock of the server dates into the future is of today', () => {
  assert.deepEqual(
    groupByDay([at('2026-03-11T10:00')], clock).map(({ title }) => title),
    ['Today'],
  );
  assert.deepEqual(groupByDay([], clock), []);
});

test('a moment is told by the hour for two days, then by the day, and by the year in another', () => {
  const told = (words: string) => shortMoment(local(words), clock);
  assert.deepEqual(
    ['2026-03-10T08:05', '2026-03-09T00:00', '2026-03-08T23:59', '2026-01-01T00:30', '2025-12-31T23:30'].map(told),
    ['08:05', '00:00', '8 Mar', '1 Jan', '31 Dec 2025'],
  );
});

test('conversations of one title are told apart by model, thinking and time', () => {
  const told = (facts: Partial<Conversation>) => tellingFacts(at('2026-03-10T08:05', facts), clock);
  assert.deepEqual(told({}), { when: '08:05' });
  assert.deepEqual(told({ answered: { models: ['R1'], thinkingTokens: 12_345 } }), {
    models: 'R1',
    thinking: '12.3K',
    when: '08:05',
  });
  assert.equal(told({ answered: { models: ['R1', 'R1-Zero', 'QwQ'] } }).models, 'R1 +2');
  assert.equal(told({ threadCount: 2, answered: { models: ['R1', 'R1-Zero'] } }).models, 'R1, R1-Zero');
});
