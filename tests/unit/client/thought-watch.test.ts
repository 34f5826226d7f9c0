import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import type { EndedRound, RunningAnswer, Thoughts } from '../../../lib/thoughts.ts';
import { network, resetBrowser, settle, windowOfTest } from '../conversation/fake-browser.ts';

const kept = new Map<string, string>();
Object.assign(windowOfTest, {
  localStorage: {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  },
});
const { ThoughtWatch } = await import('../../../components/client/thought-watch.ts');
const { readWatched, runningKey, tellThoughts, thoughtMarks, unseenKey } = await import(
  '../../../components/client/thoughts.ts'
);

const running: RunningAnswer = {
  conversationId: 'c',
  generationId: 'a',
  queuedAt: 1_000,
  phase: 'thinking',
  reasoningTokens: 40,
  answerTokens: 2,
};
const ended: EndedRound = {
  conversationId: 'c',
  title: 'Queens',
  endedAt: 9_000,
  answers: [{ outcome: 'complete', reason: 'stop', answered: true, thinkingMs: 8_000, reasoningTokens: 50 }],
};

beforeEach(() => {
  resetBrowser();
  kept.clear();
  thoughtMarks.set(new Map());
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

/** A tab, the conversations it shows, and whom it notifies. */
function tab() {
  const seen = new Set<string>();
  const notified: string[] = [];
  const watch = new ThoughtWatch({
    isSeen: (id) => seen.has(id),
    onUnseen: (round) => notified.push(round.conversationId),
  });
  return { watch, seen, notified };
}

const answer = (thoughts: Partial<Thoughts>) => {
  network.respond = () => ({ at: 10_000, running: [], ended: [], ...thoughts });
};

test('what runs is marked with its tokens, and its end with a mark until it is seen', async () => {
  kept.set(runningKey, '{}');
  const { watch, seen, notified } = tab();
  answer({ at: 5_000, running: [running] });
  await watch.look();
  assert.deepEqual(thoughtMarks.get().get('c'), { state: 'running', doing: 'thinking', tokens: 42 });

  answer({ ended: [ended] });
  mock.timers.tick(2_000);
  await settle();
  assert.match(network.sent.at(-1)?.path ?? '', /since=\d+$/);
  const mark = thoughtMarks.get().get('c');
  assert.deepEqual(mark, {
    state: 'unseen',
    words: 'Thought for 8.0 s, 50 tokens: the answer is there.',
    failed: false,
  });
  assert.equal(kept.has(runningKey), false, 'nothing is watched any more');
  mock.timers.tick(1_000);
  assert.deepEqual(notified, ['c']);

  seen.add('c');
  watch.show();
  assert.equal(thoughtMarks.get().size, 0);
  assert.equal(kept.has(unseenKey), false);
  watch.end();
});

test('an end that another tab shows is neither marked for long nor notified', async () => {
  kept.set(runningKey, '{}');
  const hidden = tab();
  const looking = tab();
  looking.seen.add('c');
  answer({ at: 5_000, running: [running] });
  await hidden.watch.look();
  answer({ ended: [ended] });
  mock.timers.tick(2_000);
  await settle();
  assert.equal(kept.has(unseenKey), true);
  looking.watch.show(); // as it hears of the mark
  mock.timers.tick(1_000);
  assert.deepEqual(hidden.notified, []);
  hidden.watch.show();
  assert.equal(thoughtMarks.get().size, 0);
  hidden.watch.end();
  looking.watch.end();
});

test('what ended while no tab was open is marked at the next visit, once', async () => {
  kept.set(runningKey, JSON.stringify({ at: 8_000 }));
  const { watch } = tab();
  answer({ ended: [ended, { ...ended, conversationId: 'old', endedAt: 2_000 }] });
  await watch.look();
  assert.deepEqual([...thoughtMarks.get().keys()], ['c']);
  watch.end();
});

test('what one tab saw is news to no later page, though another tab has found that nothing runs any more', async () => {
  kept.set(runningKey, '{}');
  const looking = tab();
  const other = tab();
  looking.seen.add('c');
  answer({ at: 5_000, running: [running] });
  await looking.watch.look();
  answer({ ended: [ended] });
  await looking.watch.look();
  await other.watch.look();
  assert.equal(kept.has(runningKey), false, 'nothing is watched any more');

  kept.set(runningKey, '{}'); // something is asked again, on a page that has just been loaded
  const later = tab();
  answer({ at: 10_100, running: [{ ...running, conversationId: 'd' }] });
  await later.watch.look();
  answer({ at: 10_200, ended: [ended] }); // it ended less than 5 s ago
  await later.watch.look();
  assert.equal(kept.has(unseenKey), false);
  assert.equal(thoughtMarks.get().has('c'), false);
  for (const { watch } of [looking, other, later]) watch.end();
});

test('what was just asked in one tab is watched for by the others too, until the server knows of it', async () => {
  const other = tab();
  tellThoughts(true);
  answer({ at: 5_000 });
  await other.watch.look(); // the question is on its way
  assert.equal(readWatched().at, 5_000);
  mock.timers.tick(2_000);
  await settle();
  assert.equal(network.sent.length, 2);
  other.watch.end();
});
