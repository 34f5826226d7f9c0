import { pickBelow, type Random, shuffled } from '../../lab/random.ts';
import { isHeldOut, largestNumber, singleTargets, type TaskPuzzle } from '../../zero/task.ts';

/**
 * Draws a puzzle as training/src/task.c does: three or four different numbers, and a target to which exactly one way leads
 * over three of them, up to order.
 * @param heldOut of the number sets that no training has seen, or of the others
 */
export function drawTrainingPuzzle(random: Random, { count, heldOut }: { count: 3 | 4; heldOut: boolean }): TaskPuzzle {
  const all = Array.from({ length: largestNumber }, (_, at) => at + 1);
  for (;;) {
    const numbers = shuffled(all, random).slice(0, count);
    if (isHeldOut(numbers) !== heldOut) continue;
    const targets = singleTargets(numbers);
    const target = targets[pickBelow(Math.max(1, targets.length), random)];
    if (target !== undefined) return { numbers, target };
  }
}
