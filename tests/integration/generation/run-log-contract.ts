import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { createId } from '../../../lib/ids.ts';
import type { LogEvent, RunLog, RunReader } from '../../../lib/server/generation/run-log.ts';
import type { RunCommand } from '../../../lib/server/store/run-commands.ts';
import { applyStreamPart, emptyMessageState, type MessageState, type StreamPart } from '../../../lib/stream-part.ts';

/** One server process that shares what it runs with others. */
export interface LogProcess {
  log: RunLog;
  /** Runs a generation of a conversation, whose question is stored. */
  begin(conversationId: string, generationId: string): Promise<TestRun>;
  /** Deletes a conversation, in the store and then in the log. */
  drop(conversationId: string): Promise<void>;
}

/** A generation that a test runs, as `Runs` would. */
export interface TestRun {
  generationId: string;
  append(parts: readonly StreamPart[]): void;
  /** Resolves when other processes can know what was appended. */
  flush(): Promise<void>;
  /** Stores its end and tells it. */
  finish(): Promise<void>;
  /** Its process goes without a word, and the store is told by another one that it was interrupted. */
  break(): Promise<void>;
  /** What was wanted of it. */
  /** It ends its thinking in mid-stream when it is told to answer. */
  answersInStream?: boolean;
  readonly commands: readonly RunCommand[];
}

/** Processes that share a run log: a writing one, another one, and how often a law is tried on them. */
export interface LogWorld {
  here: LogProcess;
  /** The same as `here` where there can be only one. */
  there: LogProcess;
  /** One more, for a while. */
  third(): Promise<LogProcess & { close(): Promise<void> }>;
  numRuns: number;
  close(): Promise<void>;
}

const delta = (text: string, seg = 0): StreamPart => ({ type: 'delta', seg, kind: 'answer', text });
export const completed: StreamPart = {
  type: 'finish',
  finish: { outcome: 'complete', reason: 'stop', complete: true },
  times: { end: 1 },
};

/** What a page makes of what it is told. */
class Listener {
  readonly messages = new Map<string, MessageState>();
  snapshots = 0;
  cursor: string | undefined;
  hasEnded = false;

  hear(events: readonly LogEvent[]): void {
    for (const event of events) {
      assert.ok(!this.hasEnded, 'nothing comes after the end');
      if (event.type === 'end') {
        this.hasEnded = true;
        continue;
      }
      const before = this.messages.get(event.generationId) ?? emptyMessageState;
      if (event.type === 'snapshot') this.snapshots++;
      this.messages.set(
        event.generationId,
        event.type === 'snapshot' ? event.message : applyStreamPart(before, event.part),
      );
      this.cursor = event.cursor;
    }
  }

  textOf(generationId: string): string {
    return (this.messages.get(generationId)?.segments ?? []).map((segment) => segment.text).join('');
  }
}

async function hearAll(reader: RunReader, listener = new Listener()): Promise<Listener> {
  for (let events = await reader.next(10_000); events; events = await reader.next(10_000)) listener.hear(events);
  return listener;
}

/** The same, handed what comes while it waits, of which it takes no more now and then. */
async function takeAll(reader: RunReader, listener: Listener): Promise<void> {
  let taken = 0;
  const take = (events: LogEvent[]) => {
    assert.ok(events.length > 0);
    listener.hear(events);
    return ++taken % 3 !== 0;
  };
  for (let events = await reader.next(10_000, take); events; events = await reader.next(10_000, take)) {
    listener.hear(events);
  }
}

/** Reads until `isEnough`; the reader stays. */
async function hearUntil(reader: RunReader, listener: Listener, isEnough: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!isEnough()) {
    assert.ok(performance.now() < deadline, 'it was not told in ten seconds');
    listener.hear((await reader.next(1000)) ?? []);
  }
}

/** What lasts of a message. */
const lasting = (state: MessageState | undefined) => ({
  segments: state?.segments
    .filter((segment) => segment.text !== '')
    .map(({ kind, text }) => ({ kind, text: text.toWellFormed() })), // no store keeps half a surrogate pair
  finish: state?.finish?.outcome,
});

/** Held by every implementation of the run log, wherever the reader and the writer are. */
export function runLogContract(name: string, open: () => Promise<LogWorld>): void {
  describe(`the run log: ${name}`, () => {
    let world: LogWorld;
    before(async () => {
      world = await open();
    });
    after(() => world.close());

    const ids = () => ({ conversationId: createId(), first: createId(), second: createId() });

    test('whoever joins anywhere, reads at any pace and comes back to any process with a cursor hears what was written', async () => {
      const step = fc.record({
        run: fc.nat(1),
        length: fc.integer({ min: 1, max: 40 }),
        flush: fc.boolean(),
        read: fc.boolean(),
        leave: fc.boolean(),
      });
      // Cut anywhere, in the middle of a surrogate pair too.
      const text = fc.string({ minLength: 60, maxLength: 400, unit: 'grapheme' });
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { maxLength: 30 }),
          text,
          fc.nat(10),
          fc.boolean(),
          async (steps, whole, joinAt, takes) => {
            const { conversationId, first, second } = ids();
            const runs = [
              await world.here.begin(conversationId, first),
              await world.there.begin(conversationId, second),
            ] as const;
            const written = ['', ''];
            const listener = new Listener();
            const places = [world.there, world.here];
            let moves = 0;
            let reader: RunReader | undefined;
            const join = () => (places[moves++ % 2] as LogProcess).log.read(conversationId, listener.cursor);
            for (const [i, { run, length, flush, read, leave }] of steps.entries()) {
              const at = (written[run] ?? '').length % whole.length;
              const piece = whole.slice(at, at + length);
              written[run] += piece;
              (runs[run] as TestRun).append([delta(piece)]);
              if (flush) await (runs[run] as TestRun).flush();
              if (i < joinAt) continue;
              reader ??= join();
              if (read && takes) {
                const refuse = (events: LogEvent[]) => {
                  listener.hear(events);
                  return false;
                };
                listener.hear((await reader.next(1, refuse)) ?? []);
              } else if (read) listener.hear((await reader.next(0)) ?? []);
              if (leave) {
                reader.leave();
                reader = join();
              }
            }
            reader ??= join();
            listener.hear((await reader.next(0)) ?? []); // it has joined before they end
            const reading = takes ? takeAll(reader, listener) : hearAll(reader, listener);
            await Promise.all(runs.map((run) => run.finish()));
            await reading;
            for (const [i, id] of [first, second].entries()) {
              const expected = {
                segments: written[i] === '' ? [] : [{ kind: 'answer', text: written[i]?.toWellFormed() }],
                finish: 'complete',
              };
              assert.deepEqual(lasting(listener.messages.get(id)), expected);
            }
            assert.ok(listener.hasEnded);
          },
        ),
        { numRuns: world.numRuns, endOnFailure: world.here !== world.there },
      );
    });

    test('what one process has told up to the middle of a delta, another tells from there', async () => {
      const { conversationId, first } = ids();
      const run = await world.here.begin(conversationId, first);
      run.append([{ type: 'state', phase: 'answering', times: {}, at: 1 }, delta('abcdef')]);
      await run.flush();
      const { cursor } = await world.there.log.messagesOf(conversationId, [first]);
      assert.equal(cursor, `${first}.7`);
      const reader = world.there.log.read(conversationId, `${first}.4`);
      const listener = new Listener();
      listener.messages.set(first, { ...emptyMessageState, segments: [{ kind: 'answer', text: 'abc' }] });
      await hearUntil(reader, listener, () => listener.textOf(first).length >= 6);
      assert.equal(listener.textOf(first), 'abcdef');
      assert.equal(listener.snapshots, 0);
      assert.equal(listener.cursor, cursor);
      await run.finish();
      await hearAll(reader, listener);
      assert.equal(listener.textOf(first), 'abcdef');
    });

    test('a message as it stands, and what is told from its cursor on, are the whole', async () => {
      const { conversationId, first } = ids();
      const run = await world.here.begin(conversationId, first);
      run.append([delta('Let me '), delta('think. ')]);
      await run.flush();
      const { messages, cursor } = await world.there.log.messagesOf(conversationId, [first, createId()]);
      assert.deepEqual([...messages.keys()], [first]);
      const listener = new Listener();
      listener.messages.set(first, messages.get(first) ?? emptyMessageState);
      const reader = world.there.log.read(conversationId, cursor);
      listener.hear((await reader.next(0)) ?? []); // it has joined before the end
      const reading = hearAll(reader, listener);
      run.append([delta('Yes.')]);
      await run.finish();
      await reading;
      assert.equal(listener.textOf(first), 'Let me think. Yes.');
      assert.equal(listener.messages.get(first)?.finish?.outcome, 'complete');
    });

    test('from the cursor before them all of several generations is told from its beginning', async () => {
      const { conversationId, first, second } = ids();
      const run = await world.here.begin(conversationId, first);
      run.append([delta('early')]);
      const other = await world.here.begin(conversationId, second);
      other.append([delta('late')]);
      await Promise.all([run.flush(), other.flush()]);
      for (const { log } of [world.here, world.there]) {
        const cursor = await log.cursorBefore(conversationId, [first, second]);
        assert.equal(cursor, `${first}.0,${second}.0`);
        const listener = new Listener();
        const reader = log.read(conversationId, cursor);
        await hearUntil(
          reader,
          listener,
          () => listener.textOf(first) === 'early' && listener.textOf(second) === 'late',
        );
        reader.leave();
      }
      assert.equal(await world.there.log.cursorBefore(conversationId, [first, createId()]), undefined);
      await Promise.all([run.finish(), other.finish()]);
    });

    test('two processes write in one conversation: readers of both hear both, and no end before the last', async () => {
      const { conversationId, first, second } = ids();
      const mine = await world.here.begin(conversationId, first);
      const readers = [world.here, world.there].map(({ log }) => ({
        reader: log.read(conversationId, `${first}.0`),
        listener: new Listener(),
      }));
      mine.append([delta('mine')]);
      await mine.flush();
      for (const { reader, listener } of readers) {
        await hearUntil(reader, listener, () => listener.textOf(first) === 'mine');
      }
      // Begun while they read.
      const theirs = await world.there.begin(conversationId, second);
      theirs.append([delta('theirs')]);
      await theirs.flush();
      for (const { reader, listener } of readers) {
        await hearUntil(reader, listener, () => listener.textOf(second) === 'theirs');
      }
      await mine.finish();
      theirs.append([delta(', to the end')]);
      await theirs.finish();
      for (const { reader, listener } of readers) {
        await hearAll(reader, listener);
        assert.equal(listener.textOf(first), 'mine');
        assert.equal(listener.textOf(second), 'theirs, to the end');
        for (const id of [first, second]) assert.equal(listener.messages.get(id)?.finish?.outcome, 'complete');
      }
    });

    test('readers of many conversations that join together each hear their own, wherever it runs', async () => {
      const all = await Promise.all(
        Array.from({ length: 6 }, async (_, at) => {
          const { conversationId, first } = ids();
          const run = await (at % 2 === 0 ? world.here : world.there).begin(conversationId, first);
          run.append([delta(`text ${at}`)]);
          await run.flush();
          return { conversationId, first, run, expected: `text ${at}` };
        }),
      );
      const nothing = world.there.log.read(createId(), undefined); // joins with them, and nothing runs there
      const readers = all.map(({ conversationId }) => world.there.log.read(conversationId, undefined));
      const heard = readers.map((reader) => hearAll(reader));
      assert.equal((await hearAll(nothing)).messages.size, 0);
      for (const { run } of all) await run.finish();
      for (const [at, listener] of (await Promise.all(heard)).entries()) {
        const { first, expected } = all[at] ?? { first: '', expected: '' };
        assert.deepEqual([[...listener.messages.keys()], listener.textOf(first)], [[first], expected]);
        assert.equal(listener.messages.get(first)?.finish?.outcome, 'complete');
      }
    });

    test('a reader too far behind is moved on by a snapshot, and goes on from there', async () => {
      const { conversationId, first } = ids();
      const run = await world.here.begin(conversationId, first);
      const reader = world.there.log.read(conversationId, `${first}.0`);
      const listener = new Listener();
      listener.hear((await reader.next(0)) ?? []);
      const sentence = 'some forty characters of thinking text. ';
      for (let i = 0; i < 10_000; i++) run.append([delta(sentence)]);
      await run.flush();
      await hearUntil(reader, listener, () => listener.textOf(first).length === 10_000 * sentence.length);
      run.append([delta('more')]);
      await run.finish();
      await hearAll(reader, listener);
      assert.equal(listener.textOf(first), `${sentence.repeat(10_000)}more`);
    });

    test('a writer that is gone keeps nobody waiting, and nobody is told an end that is not stored', async () => {
      const { conversationId, first } = ids();
      const run = await world.here.begin(conversationId, first);
      run.append([delta('half a thou')]);
      await run.flush();
      const reading = hearAll(world.there.log.read(conversationId, `${first}.0`));
      await run.break();
      const listener = await reading;
      assert.ok(listener.hasEnded);
      assert.equal(listener.textOf(first), 'half a thou');
      assert.notEqual(listener.messages.get(first)?.finish?.outcome, 'complete');
    });

    test('a command reaches whoever runs it, within half a second, and resolves when it is over', async () => {
      for (const command of ['stop', 'answer-now', 'delete'] as const) {
        const { conversationId, first } = ids();
        const run = await world.here.begin(conversationId, first);
        const began = performance.now();
        await world.there.log.command(command, [first], 5000);
        const took = performance.now() - began;
        assert.deepEqual(run.commands, [command]);
        assert.ok(took < 1500, `${command} took ${took} ms`); // 500 on a machine that is not busy
        const again = performance.now();
        await world.there.log.command(command, [], 5000);
        assert.ok(performance.now() - again < 100);
      }
    });

    test('one whose thinking is ended in mid-stream is not waited for: it goes on', async () => {
      const { conversationId, first } = ids();
      const run = await world.here.begin(conversationId, first);
      run.answersInStream = true;
      run.append([delta('thinking')]);
      const isLate = await Promise.race([
        world.there.log.command('answer-now', [first], 60_000).then(() => false),
        delay(30_000, true, { ref: false }),
      ]);
      assert.equal(isLate, false);
      assert.deepEqual(run.commands, ['answer-now']);
      run.append([delta(' and on')]);
      await run.finish();
    });

    test('a deleted conversation ends its readers, and what runs in it wherever it does', async () => {
      const { conversationId, first } = ids();
      const run = await world.here.begin(conversationId, first);
      const readings = [world.here, world.there].map(({ log }) => hearAll(log.read(conversationId, `${first}.0`)));
      await delay(20); // they have joined
      await world.there.drop(conversationId);
      for (const listener of await Promise.all(readings)) assert.ok(listener.hasEnded);
      assert.deepEqual(run.commands, ['delete']);
    });

    test('a process that goes tells no end of what another one runs, and that one tells it on from the cursor', async () => {
      if (world.here === world.there) return;
      const { conversationId, first } = ids();
      const run = await world.here.begin(conversationId, first);
      run.append([delta('Two, ')]);
      await run.flush();
      const going = await world.third();
      const reader = going.log.read(conversationId, `${first}.0`);
      const listener = new Listener();
      await hearUntil(reader, listener, () => listener.textOf(first) === 'Two, ');
      await Promise.all([hearAll(reader, listener), going.close()]);
      assert.ok(!listener.hasEnded);
      const tooLate = going.log.read(conversationId, listener.cursor);
      assert.equal(await tooLate.next(0), undefined, 'who comes in its last moment is sent on too');
      const next = world.there.log.read(conversationId, listener.cursor);
      listener.hear((await next.next(0)) ?? []); // it has joined before the end
      const reading = hearAll(next, listener);
      run.append([delta('four.')]);
      await run.finish();
      await reading;
      assert.ok(listener.hasEnded);
      assert.equal(listener.textOf(first), 'Two, four.');
    });

    test('where nothing runs the end is told at once; who waits is answered in time, who leaves too', async () => {
      const { conversationId, first } = ids();
      assert.ok((await hearAll(world.there.log.read(conversationId, undefined))).hasEnded);
      const run = await world.here.begin(conversationId, first);
      const reader = world.there.log.read(conversationId, `${first}.0`);
      assert.deepEqual(await reader.next(30), []);
      const waiting = reader.next(60_000);
      reader.leave();
      assert.equal(await waiting, undefined);
      assert.equal(await reader.next(0), undefined);
      assert.equal(world.there.log.readerCount, 0);
      await run.finish();
    });
  });
}
