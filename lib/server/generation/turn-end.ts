/** One for the process: Next.js gives each route's bundle a copy of this module. */
const place = globalThis as { thinkglassTurnEnd?: (() => void)[] };
place.thinkglassTurnEnd ??= [];
const tasks = place.thinkglassTurnEnd;

/**
 * Does something when all that this turn of the event loop has read is taken in, after what was asked for before it. What a
 * task asks for is done in the same turn. A task that throws is logged, and the others are done.
 */
export function atTurnEnd(task: () => void): void {
  if (tasks.push(task) === 1) setImmediate(endTurn);
}

function endTurn(): void {
  for (let i = 0; i < tasks.length; i++) {
    try {
      tasks[i]?.();
    } catch (mistake) {
      console.error('turn end: unexpected', mistake);
    }
  }
  tasks.length = 0;
}
