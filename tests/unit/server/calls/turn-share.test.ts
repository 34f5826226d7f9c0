import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TurnShare } from '../../../../lib/server/calls/turn-share.ts';

/** A loop whose turns are told apart, and whose clock moves with what is done in them. */
function createLoop(betweenMs: number) {
  let now = 0;
  let turn = 0;
  let next: (() => void)[] = [];
  const share = new TurnShare({ now: () => now, nextTurn: (work) => next.push(work) });
  const done: { name: number; turn: number; took: number; waited: number }[] = [];
  return {
    share,
    done,
    ask(name: number, took: number) {
      const since = now;
      share.do(() => {
        done.push({ name, turn, took, waited: now - since });
        now += took;
      });
    },
    /** Ends a turn; what else is done in it takes its time. @returns whether anything waits for the next one. */
    endTurn() {
      turn++;
      now += betweenMs;
      const works = next;
      next = [];
      for (const work of works) work();
      return next.length > 0;
    },
  };
}

test('what streams do is done once, in its order, and takes its share of a turn and no more', () => {
  const turns = fc.array(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { maxLength: 12 }), { maxLength: 30 });
  fc.assert(
    fc.property(turns, fc.double({ min: 0, max: 40, noNaN: true }), (asked, betweenMs) => {
      const loop = createLoop(betweenMs);
      let name = 0;
      for (const one of asked) {
        for (const took of one) loop.ask(name++, took);
        loop.endTurn();
      }
      while (loop.endTurn());
      assert.deepEqual(
        loop.done.map((task) => task.name),
        Array.from({ length: name }, (_, i) => i),
      );
      for (const tasks of Map.groupBy(loop.done, (task) => task.turn).values()) {
        // a task begins only while there is something left of the share
        let used = 0;
        for (const { took, waited } of tasks) {
          assert.ok(used < (waited > 100 ? 2 : 0.25), `${used} ms were used`);
          used += took;
        }
      }
    }),
  );
});

test('what is late does not wait for others any more', () => {
  const loop = createLoop(10);
  for (let i = 0; i < 200; i++) loop.ask(i, 0.2);
  while (loop.endTurn());
  // two in each of a hundred turns of 10 ms, were it not for that
  assert.ok((loop.done.at(-1)?.waited ?? Number.NaN) < 400);
});

test('a turn in which little comes is not waited with', () => {
  const loop = createLoop(10);
  loop.ask(0, 0.1);
  loop.ask(1, 0.1);
  assert.deepEqual(
    loop.done.map(({ waited }) => waited),
    [0, 0],
  );
});
