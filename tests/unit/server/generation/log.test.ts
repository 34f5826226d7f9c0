import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ConversationLog, type LogEvent, LogHub } from '../../../../lib/server/generation/log.ts';
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
      const log = new ConversationLog();
      for (const id of ['g0', 'g1']) log.add(id, () => 0);
      const seen = new Map<string, MessageState>();
      let cursor: string | undefined = joinAt === 0 ? log.cursor : undefined;
      let reader = joinAt === 0 ? log.join(cursor) : undefined;
      for (const [i, { generation, text, read, rejoin }] of steps.entries()) {
        if (i === joinAt) reader ??= log.join(undefined);
        log.append(`g${generation}`, [delta(0, text)]);
        if (reader && read) {
          const events = (await reader.next(0)) ?? [];
          apply(seen, events);
          const last = events.at(-1);
          if (last && last.type !== 'end') cursor = last.cursor;
          if (rejoin && cursor !== undefined) {
            reader.leave();
            reader = log.join(cursor);
          }
        }
      }
      reader ??= log.join(undefined);
      for (const id of ['g0', 'g1']) log.append(id, [finish]);
      for (let events = await reader.next(0); events; events = await reader.next(0)) apply(seen, events);
      for (const id of ['g0', 'g1']) assert.deepEqual(seen.get(id), log.stateOf(id));
    }),
  );
});

test('a reader too far behind is moved on by a snapshot, and the memory for it is bounded', async () => {
  const log = new ConversationLog();
  log.add('g', () => 42);
  const reader = log.join(log.cursor);
  for (let i = 0; i < 20_000; i++) log.append('g', [delta(0, 'some forty characters of thinking text. ')]);
  const events = (await reader.next(0)) ?? [];
  assert.deepEqual(
    events.map((e) => e.type),
    ['snapshot'],
  );
  log.append('g', [delta(0, 'more')]);
  const next = (await reader.next(0)) ?? [];
  assert.deepEqual(
    next.map((e) => e.type === 'part' && e.part.type === 'delta' && e.part.text),
    ['more'],
  );
});

test('what came while a reader was busy reaches it as one event', async () => {
  const log = new ConversationLog();
  log.add('g', () => 0);
  const reader = log.join(log.cursor);
  for (const text of ['a', 'b', 'c']) log.append('g', [delta(0, text)]);
  const events = (await reader.next(0)) ?? [];
  assert.equal(events.length, 1);
  assert.equal(events[0]?.type === 'part' && events[0].part.type === 'delta' && events[0].part.text, 'abc');
});

test("a waiting reader is woken by the next part, and by the conversation's deletion", async () => {
  const hub = new LogHub();
  const log = hub.open('c');
  log.add('g', () => 0);
  const reader = log.join(log.cursor);
  const waiting = reader.next(60_000);
  log.append('g', [delta(0, 'x')]);
  assert.equal((await waiting)?.length, 1);
  const again = reader.next(60_000);
  hub.drop('c');
  assert.deepEqual(
    (await again)?.map((e) => e.type),
    ['end'],
  );
  assert.equal(await reader.next(0), undefined);
  assert.equal(log.readerCount, 0);
});

test('a cursor of another log, or no cursor at all, is answered with snapshots', async () => {
  const log = new ConversationLog();
  log.add('g', () => 7);
  log.append('g', [delta(0, 'x')]);
  for (const cursor of [undefined, 'nonsense', '000000000000.1', `${log.cursor}999`]) {
    const events = (await log.join(cursor).next(0)) ?? [];
    assert.deepEqual(
      events.map((e) => e.type),
      ['snapshot'],
      String(cursor),
    );
  }
});

test('a leaving reader lets go of a pending read', async () => {
  const log = new ConversationLog();
  log.add('g', () => 0);
  const reader = log.join(log.cursor);
  const waiting = reader.next(60_000);
  reader.leave();
  assert.equal(await waiting, undefined);
});
