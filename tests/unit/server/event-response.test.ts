import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import type { LogEvent } from '../../../lib/server/generation/run-log.ts';
import { MemoryRunLog } from '../../../lib/server/generation/run-log-memory.ts';
import { eventResponse } from '../../../lib/server/respond.ts';
import { newRun } from '../../fakes/run.ts';
import { applyStreamPart, emptyMessageState, type MessageState, type StreamPart } from '../../../lib/stream-part.ts';

const finish: StreamPart = {
  type: 'finish',
  finish: { outcome: 'complete', reason: 'stop', complete: true },
  times: { end: 1 },
};

/** A message as the events of a stream tell it, and how many deltas that took. */
function createListener() {
  let message: MessageState = emptyMessageState;
  let deltas = 0;
  const parser = createParser({
    onEvent: ({ event, data }) => {
      const { generationId, ...rest } = JSON.parse(data);
      if (event === 'end' || event === 'heartbeat') return;
      assert.equal(generationId, 'g');
      if (event === 'delta') deltas++;
      message = event === 'snapshot' ? rest.message : applyStreamPart(message, { type: event, ...rest } as StreamPart);
    },
  });
  const decoder = new TextDecoder();
  return {
    hear: (bytes: Uint8Array) => parser.feed(decoder.decode(bytes, { stream: true })),
    get message() {
      return message;
    },
    get deltas() {
      return deltas;
    },
  };
}

test('a connection that takes what it is sent at any pace is told the same message', async () => {
  const step = fc.record({ text: fc.string({ minLength: 1, unit: 'binary' }), seg: fc.nat(2), reads: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const runLog = new MemoryRunLog();
      const log = runLog.begin(newRun('g'));
      const reader = eventResponse(runLog.read('c', 'g.0')).body?.getReader();
      const listener = createListener();
      let segments = 0;
      for (const { text, seg, reads } of steps) {
        const at = Math.min(seg, segments);
        segments = Math.max(segments, at + 1);
        log.append([{ type: 'delta', seg: at, kind: 'answer', text }]);
        if (reads) listener.hear((await reader?.read())?.value ?? new Uint8Array());
      }
      log.append([finish]);
      for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) listener.hear(next.value);
      assert.deepEqual(listener.message, log.state);
    }),
  );
});

test('a stream that is over before its conversation is asks to be opened again at once', async () => {
  const textOf = (ends: LogEvent[][]) => {
    const next = async () => ends.shift();
    return eventResponse({ next, wake() {}, leave() {} }).text();
  };
  assert.equal(await textOf([]), 'retry: 100\n\n');
  assert.match(await textOf([[{ type: 'part', cursor: 'g.1', generationId: 'g', part: finish }]]), /retry: 100\n\n$/);
  assert.equal(await textOf([[{ type: 'end' }]]), 'event: end\ndata: {}\n\n');
});

test('what comes while a connection takes nothing is merged, not dropped', async () => {
  const runLog = new MemoryRunLog();
  const log = runLog.begin(newRun('g'));
  const reader = eventResponse(runLog.read('c', 'g.0')).body?.getReader();
  const listener = createListener();
  for (let i = 0; i < 1000; i++) {
    log.append([{ type: 'delta', seg: 0, kind: 'reasoning', text: `${i} ` }]);
    await null; // the stream may take a first one ahead
  }
  log.append([finish]);
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) listener.hear(next.value);
  assert.deepEqual(listener.message, log.state);
  assert.ok(listener.deltas <= 3, `${listener.deltas} deltas`);
});
