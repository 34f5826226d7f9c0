import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { LogEvent } from '../../../../lib/server/generation/run-log.ts';
import { MemoryRunLog } from '../../../../lib/server/generation/run-log-memory.ts';
import { newRun } from '../../../fakes/run.ts';
import { applyStreamPart, emptyMessageState, type MessageState, type StreamPart } from '../../../../lib/stream-part.ts';

const delta = (seg: number, text: string): StreamPart => ({ type: 'delta', seg, kind: 'answer', text });
const finish: StreamPart = {
  type: 'finish',
  finish: { outcome: 'complete', reason: 'stop', complete: true },
  times: { end: 1 },
};

function apply(messages: Map<string, MessageState>, events: readonly LogEvent[]): void {
  for (const event of events) {
    if (event.type === 'end') continue;
    const before = messages.get(event.generationId) ?? emptyMessageState;
    messages.set(event.generationId, event.type === 'snapshot' ? event.message : applyStreamPart(before, event.part));
  }
}

test('readers that join anywhere, read at any pace and rejoin with their cursor all see what was logged', async () => {
  const step = fc.record({
    generation: fc.nat(1),
    text: fc.string({ minLength: 1 }),
    read: fc.boolean(),
    rejoin: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.nat(60), async (steps, joinAt) => {
      const log = new MemoryRunLog();
      const writers = [log.begin(newRun('g0')), log.begin(newRun('g1'))] as const;
      const seen = new Map<string, MessageState>();
      let cursor: string | undefined = joinAt === 0 ? 'g0.0,g1.0' : undefined;
      let reader = joinAt === 0 ? log.read('c', cursor) : undefined;
      for (const [i, { generation, text, read, rejoin }] of steps.entries()) {
        if (i === joinAt) reader ??= log.read('c', undefined);
        writers[generation as 0 | 1].append([delta(0, text)]);
        if (reader && read) {
          const events = (await reader.next(0)) ?? [];
          apply(seen, events);
          const last = events.at(-1);
          if (last && last.type !== 'end') cursor = last.cursor;
          if (rejoin && cursor !== undefined) {
            reader.leave();
            reader = log.read('c', cursor);
          }
        }
      }
      reader ??= log.read('c', undefined);
      for (const writer of writers) writer.append([finish]);
      for (let events = await reader.next(0); events; events = await reader.next(0)) apply(seen, events);
      for (const i of [0, 1] as const) assert.deepEqual(seen.get(`g${i}`), writers[i].state);
    }),
  );
});

test('what comes while a reader waits is handed to it once a turn, whole and in order, for as long as it takes it', async () => {
  // Turns of the event loop in which some pieces come, and whether what is handed over then is the last that is taken.
  const turn = fc.record({ pieces: fc.array(fc.string({ minLength: 1 }), { maxLength: 4 }), isFull: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { maxLength: 20 }), async (turns) => {
      const log = new MemoryRunLog();
      const writer = log.begin(newRun('g'));
      const seen = new Map<string, MessageState>();
      const reader = log.read('c', 'g.0');
      let handed = 0;
      let isFull = false;
      let hasRefused = false;
      const hear = (events: LogEvent[]) => {
        assert.ok(!hasRefused, 'one that takes no more is answered first');
        handed++;
        assert.ok(events.every((event) => event.type !== 'end'));
        apply(seen, events);
        hasRefused = isFull;
        return !isFull;
      };
      const reading = (async () => {
        for (let events = await reader.next(10_000, hear); events; events = await reader.next(10_000, hear)) {
          hasRefused = false;
          apply(seen, events);
        }
      })();
      for (const { pieces, isFull: full } of turns) {
        isFull = full;
        const before = handed;
        for (const piece of pieces) writer.append([delta(0, piece)]);
        await new Promise(setImmediate);
        assert.equal(handed - before, pieces.length > 0 ? 1 : 0);
        await new Promise(setImmediate); // one that was full waits again
        assert.deepEqual(seen.get('g')?.segments ?? [], writer.state.segments);
      }
      writer.append([delta(0, 'last'), finish]);
      await reading;
      assert.deepEqual(seen.get('g'), writer.state);
    }),
  );
});

test('a reader too far behind is moved on by a snapshot, and the memory for it is bounded', async () => {
  const runLog = new MemoryRunLog();
  const log = runLog.begin(newRun('g', { now: () => 42 }));
  const reader = runLog.read('c', 'g.0');
  for (let i = 0; i < 20_000; i++) log.append([delta(0, 'some forty characters of thinking text. ')]);
  const events = (await reader.next(0)) ?? [];
  assert.deepEqual(
    events.map((e) => e.type),
    ['snapshot'],
  );
  log.append([delta(0, 'more')]);
  const next = (await reader.next(0)) ?? [];
  assert.deepEqual(
    next.map((e) => e.type === 'part' && e.part.type === 'delta' && e.part.text),
    ['more'],
  );
});

test('what came while a reader was busy reaches it as one event', async () => {
  const runLog = new MemoryRunLog();
  const log = runLog.begin(newRun('g'));
  const reader = runLog.read('c', 'g.0');
  for (const text of ['a', 'b', 'c']) log.append([delta(0, text)]);
  const events = (await reader.next(0)) ?? [];
  assert.equal(events.length, 1);
  assert.equal(events[0]?.type === 'part' && events[0].part.type === 'delta' && events[0].part.text, 'abc');
});

test("a waiting reader is woken by the next part, and by the conversation's deletion", async () => {
  const runLog = new MemoryRunLog();
  const log = runLog.begin(newRun('g'));
  const reader = runLog.read('c', 'g.0');
  const waiting = reader.next(60_000);
  log.append([delta(0, 'x')]);
  assert.equal((await waiting)?.length, 1);
  const again = reader.next(60_000);
  await runLog.drop(['c']);
  assert.deepEqual(
    (await again)?.map((e) => e.type),
    ['end'],
  );
  assert.equal(await reader.next(0), undefined);
  assert.equal(runLog.readerCount, 0);
});

test('a cursor of another log, or no cursor at all, is answered with snapshots', async () => {
  const runLog = new MemoryRunLog();
  const log = runLog.begin(newRun('g', { now: () => 7 }));
  log.append([delta(0, 'x')]);
  for (const cursor of [undefined, 'nonsense', '000000000000.1', 'g.1999', 'g.one']) {
    const events = (await runLog.read('c', cursor).next(0)) ?? [];
    assert.deepEqual(
      events.map((e) => e.type),
      ['snapshot'],
      String(cursor),
    );
  }
});

test('a leaving reader lets go of a pending read', async () => {
  const runLog = new MemoryRunLog();
  runLog.begin(newRun('g'));
  const reader = runLog.read('c', 'g.0');
  const waiting = reader.next(60_000);
  reader.leave();
  assert.equal(await waiting, undefined);
});
