import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FormulaSlots, maxDrawn } from '../../../components/markdown/formula-slots.ts';

test('three hundred formulas of a text are drawn at once, and the next as soon as one has left', () => {
  const slots = new FormulaSlots();
  const told: string[] = [];
  const claim = (name: string) => {
    const tell = (granted: boolean) => void told.push(`${name} ${granted}`);
    return { tell, release: slots.claim(tell) };
  };
  const drawn = Array.from({ length: maxDrawn }, (_, i) => claim(`${i}`));
  assert.deepEqual(told, []);
  const late = [claim('late'), claim('later'), claim('latest')];
  assert.deepEqual(told.splice(0), ['late false', 'later false', 'latest false']);
  late[0]?.release();
  drawn[7]?.release();
  assert.deepEqual(told.splice(0), ['later true']);
  drawn[7]?.release(); // twice is once
  assert.deepEqual(told, []);
  late[1]?.release();
  assert.deepEqual(told, ['latest true']);
  assert.equal(drawn.filter(({ tell }) => slots.has(tell)).length, maxDrawn - 1);
});
