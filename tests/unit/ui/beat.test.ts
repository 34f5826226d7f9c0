import assert from 'node:assert/strict';
import test from 'node:test';
import { onBeat } from '../../../components/ui/beat.ts';

test('everybody looks before anybody draws, in one beat', async () => {
  const done: string[] = [];
  let ends: (() => void)[] = [];
  await new Promise<void>((resolve) => {
    ends = ['a', 'b'].map((name) =>
      onBeat({
        look: () => done.push(`${name} looks`),
        draw: () => {
          done.push(`${name} draws`);
          if (name === 'b') resolve();
        },
      }),
    );
  });
  for (const end of ends) end();
  assert.deepEqual(done, ['a looks', 'b looks', 'a draws', 'b draws']);
});

test('who left in the middle of a beat draws no more', async () => {
  const done: string[] = [];
  await new Promise<void>((resolve) => {
    let endB = () => {};
    const endA = onBeat({
      draw: () => {
        endB();
        endA();
        done.push('a');
      },
    });
    endB = onBeat({ draw: () => done.push('b') });
    const endC = onBeat({
      draw: () => {
        endC();
        resolve();
      },
    });
  });
  assert.deepEqual(done, ['a']);
});
