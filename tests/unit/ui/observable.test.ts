import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Observable } from '../../../components/ui/observable.ts';

test('whoever listens is told of each value until they stop', () => {
  const count = new Observable(0);
  const seen: number[] = [];
  const stop = count.subscribe(() => seen.push(count.get()));
  count.set(1);
  count.set(2);
  stop();
  count.set(3);
  assert.deepEqual(seen, [1, 2]);
  assert.equal(count.get(), 3);
});

test('the same value told again is told: what it holds may have changed', () => {
  const names = new Observable(new Set<string>());
  let told = 0;
  names.subscribe(() => told++);
  names.set(names.get().add('a'));
  assert.equal(told, 1);
});
