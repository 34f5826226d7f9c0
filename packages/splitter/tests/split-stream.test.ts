import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitStream } from '../src/split-stream.ts';
import type { SplitEvent, SplitterDelta } from '../src/splitter.ts';
import { reduceEvents, splitDeltas } from './cutting.ts';

/** A stream of what is in the list, or of what comes until it fails. */
function streamOf<T>(source: Iterable<T> | AsyncGenerator<T>): ReadableStream<T> {
  async function* each() {
    yield* source;
  }
  const iterator = each();
  return new ReadableStream<T>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

async function eventsThrough(
  deltas: Array<string | SplitterDelta>,
  stream: ReturnType<typeof splitStream>,
): Promise<SplitEvent[]> {
  const events: SplitEvent[] = [];
  for await (const event of streamOf(deltas).pipeThrough(stream)) events.push(event);
  return events;
}

test('a stream gives the events that the splitter gives', async () => {
  const deltas = ['hm', 'm</thi', 'nk>\n', { reasoning: 'more' }, { content: 'yes <' }];
  assert.deepEqual(await eventsThrough(deltas, splitStream()), splitDeltas(deltas).events);
});

test('when the input closes it is asked why, and the rest follows', async () => {
  let reason: 'stop' | null = null;
  const stream = splitStream({ startsInReasoning: true }, () => reason);
  async function* model() {
    yield 'Bon';
    yield 'jour <';
    reason = 'stop';
  }
  const events: SplitEvent[] = [];
  for await (const event of streamOf(model()).pipeThrough(stream)) events.push(event);
  assert.deepEqual(reduceEvents(events), [['answer', 'Bonjour <']]);
});

test('text is there before the input closes', async () => {
  const stream = splitStream();
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  void writer.write('<think>a');
  assert.deepEqual((await reader.read()).value, { type: 'delta', seg: 0, kind: 'reasoning', text: 'a' });
  await reader.cancel();
});

test('an input that fails takes the stream with it', async () => {
  // biome-ignore lint/correctness/useYield: it fails before it has anything to say
  async function* broken(): AsyncGenerator<string> {
    throw new Error('the line is dead');
  }
  const reader = streamOf(broken()).pipeThrough(splitStream()).getReader();
  await assert.rejects(reader.read(), /the line is dead/);
});
