import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReasoningSplitter } from '@thinkglass/splitter';
import { applyStreamPart, emptyMessageState } from '../../lib/stream-part.ts';
import { cases, deltasOf } from '../../packages/splitter/tests/cases.ts';
import { cutRuns, runsOf } from '../../packages/splitter/tests/cutting.ts';

const lengthOf = (runs: ReturnType<typeof runsOf>) => runs.reduce((sum, run) => sum + run.text.length, 0);

test('after every push a message holds what the splitter says it is', () => {
  for (const entry of cases) {
    const runs = runsOf(deltasOf(entry));
    if (lengthOf(runs) > 5_000) continue; // every push looks at the whole text
    const splitter = new ReasoningSplitter(entry.options);
    let message = emptyMessageState;
    const pushes = [...cutRuns(runs, [1]).map((delta) => () => splitter.push(delta)), () => splitter.end(entry.finish)];
    for (const push of pushes) {
      message = push().reduce(applyStreamPart, message);
      const shown = message.segments.filter((s) => s.text !== '').map((s) => [s.kind, s.text]);
      assert.deepEqual(shown, splitter.result().segments, entry.id);
    }
  }
});
