/** Ways of cutting a stream, and of running the splitter over the pieces. */
import {
  type Finish,
  type PartKind,
  ReasoningSplitter,
  type SplitEvent,
  type SplitResult,
  type SplitterDelta,
  type SplitterOptions,
} from '../src/splitter.ts';

/** Text between two changes of channel: what may be cut differently without changing anything. */
export interface Run {
  channel: 'content' | 'reasoning';
  text: string;
}

export interface Outcome {
  events: SplitEvent[];
  result: SplitResult;
}

/** The reference reducer of the splitter's specification. */
export function reduceEvents(log: readonly SplitEvent[]): Array<[PartKind, string]> {
  const segments: Array<{ kind: PartKind; text: string }> = [];
  for (const event of log) {
    const segment = segments[event.seg];
    if (event.type === 'delta') {
      if (segment) segment.text += event.text;
      else segments[event.seg] = { kind: event.kind, text: event.text };
    } else if (!segment) {
      throw new Error(`An event names segment ${event.seg}, which no delta has created.`);
    } else if (event.type === 'reclassify') {
      segment.kind = event.kind;
    } else {
      segment.text = segment.text.slice(0, event.length);
    }
  }
  return segments.filter((s) => s?.text).map((s): [PartKind, string] => [s.kind, s.text]);
}

export function runsOf(deltas: ReadonlyArray<string | SplitterDelta>): Run[] {
  const runs: Run[] = [];
  const add = (channel: Run['channel'], text: string | null | undefined) => {
    if (!text) return;
    const last = runs.at(-1);
    if (last?.channel === channel) last.text += text;
    else runs.push({ channel, text });
  };
  for (const delta of deltas) {
    if (typeof delta === 'string') {
      add('content', delta);
    } else {
      add('reasoning', delta.reasoning);
      add('content', delta.content);
    }
  }
  return runs;
}

/** Cuts each run into pieces of these lengths, repeated; a length of 0 is an empty chunk. */
export function cutRuns(runs: readonly Run[], lengths: readonly number[]): SplitterDelta[] {
  if (!lengths.some((length) => length > 0)) throw new RangeError('No length is above 0.');
  const deltas: SplitterDelta[] = [];
  let next = 0;
  for (const { channel, text } of runs) {
    for (let at = 0; at < text.length; ) {
      const length = lengths[next++ % lengths.length] ?? 1;
      deltas.push({ [channel]: text.slice(at, at + length) });
      at += length;
    }
  }
  return deltas;
}

/** Cuts at places counted over all runs; runs stay apart in any case. */
export function cutAt(runs: readonly Run[], places: readonly number[]): SplitterDelta[] {
  const deltas: SplitterDelta[] = [];
  let offset = 0;
  for (const { channel, text } of runs) {
    const inside = places.map((p) => p - offset).filter((p) => p > 0 && p < text.length);
    const edges = [0, ...inside, text.length];
    for (const [i, to] of edges.slice(1).entries()) deltas.push({ [channel]: text.slice(edges[i], to) });
    offset += text.length;
  }
  return deltas;
}

/** Runs the splitter over these pieces. */
export function splitDeltas(
  deltas: ReadonlyArray<string | SplitterDelta>,
  options?: SplitterOptions,
  finish?: Finish,
): Outcome {
  const splitter = new ReasoningSplitter(options);
  const events = deltas.flatMap((delta) => splitter.push(delta));
  events.push(...splitter.end(finish));
  return { events, result: splitter.result() };
}
