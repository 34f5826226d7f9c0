import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ReasoningSplitter } from '@thinkglass/splitter';
import { ConversationLog } from '../../../../lib/server/generation/log.ts';

/** What a running answer of so many tokens is held in. */
function hold(tokens: number) {
  const log = new ConversationLog();
  log.add('g', () => 0);
  const splitter = new ReasoningSplitter();
  for (let i = 0; i < tokens; i++) log.append('g', splitter.push(` w${i % 90}`));
  return { log, splitter };
}

test('what a long answer takes in memory is bounded by its text, however many tokens it came in', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  hold(100_000); // what the code itself takes
  collect();
  const before = process.memoryUsage().heapUsed;
  const held = hold(100_000);
  collect();
  const taken = process.memoryUsage().heapUsed - before;
  const length = held.log.stateOf('g')?.segments[0]?.text.length ?? 0;
  assert.ok(length > 300_000);
  assert.ok(taken < 3 * length + 200_000, `${taken} bytes for ${length}`);
  held.splitter.end(); // held until here
});
