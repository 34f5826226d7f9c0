import { growText } from './grow-text.ts';
import { firstVisible, lastVisible } from './line-context.ts';
import type { PartKind, SplitEvent } from './split-event.ts';

/** One of the two inputs and the segment it is writing. */
export interface Channel {
  /** -1: the next visible character opens a segment. */
  segment: number;
  /** Whitespace that waits for a visible character of the same segment. Only ever appended to, never looked at. */
  whitespace: string;
}

/** A stretch within a segment, in UTF-16 units. */
export interface Place {
  segment: number;
  start: number;
  end: number;
}

/**
 * The segments so far and the events that tell of them. Holds two laws by itself: segments are trimmed,
 * and replaying the events gives the segments.
 *
 * Texts only grow, which costs the same however long they are, and are first read when the stream is over.
 */
export class SegmentLog {
  readonly content: Channel = { segment: -1, whitespace: '' };
  readonly reasoning: Channel = { segment: -1, whitespace: '' };
  /** Units of text that are answer at the moment. */
  answerLength = 0;
  /** Number of `reclassify` events. */
  reclassified = 0;

  readonly #segments: { kind: PartKind; text: string }[] = [];
  #events: SplitEvent[] = [];

  /** Number of segments ever opened. */
  get count(): number {
    return this.#segments.length;
  }

  textOf(segment: number): string {
    return this.#at(segment).text;
  }

  lengthOf(segment: number): number {
    return this.#at(segment).text.length;
  }

  kindOf(segment: number): PartKind {
    return this.#at(segment).kind;
  }

  /** The segments that have text. */
  list(): [PartKind, string][] {
    return this.#segments.filter((s) => s.text !== '').map((s) => [s.kind, s.text]);
  }

  /** Hands over the events since the last call. */
  takeEvents(): SplitEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /**
   * Writes to the channel's segment, or to a new one of this kind.
   * Returns the number of units that became visible now, 0 when it was all whitespace.
   */
  append(channel: Channel, kind: PartKind, piece: string): number {
    const end = lastVisible(piece) + 1;
    if (end === 0) {
      if (channel.segment >= 0) channel.whitespace += piece;
      return 0;
    }
    const isNew = channel.segment < 0;
    const text = isNew ? piece.slice(firstVisible(piece), end) : channel.whitespace + piece.slice(0, end);
    if (isNew) channel.segment = this.#segments.push({ kind, text: '' }) - 1;
    channel.whitespace = piece.slice(end);
    this.closeSegment(channel === this.content ? this.reasoning : this.content);
    this.#grow(channel.segment, text);
    return text.length;
  }

  /** What the channel writes next opens a new segment; whitespace that waited is discarded. */
  closeSegment(channel: Channel): void {
    channel.segment = -1;
    channel.whitespace = '';
  }

  /** The place of `raw`, which was the last thing appended to the channel; null when it opened no segment. */
  placeOfLast(channel: Channel, raw: string): Place | null {
    if (channel.segment < 0) return null;
    const end = this.lengthOf(channel.segment) + channel.whitespace.length;
    return { segment: channel.segment, start: Math.max(0, end - raw.length), end };
  }

  /** Every segment of one kind, counting from `first`, becomes one of the other. */
  reclassify(first: number, from: PartKind, to: PartKind): void {
    for (let seg = first; seg < this.#segments.length; seg++) {
      const segment = this.#at(seg);
      if (segment.kind !== from) continue;
      this.#count(segment.kind, -segment.text.length);
      segment.kind = to;
      this.#count(segment.kind, segment.text.length);
      this.reclassified++;
      this.#events.push({ type: 'reclassify', seg, kind: to });
    }
  }

  /** Cuts a segment before `end`, and the whitespace in front of the cut with it. */
  retract(seg: number, end: number): void {
    const segment = this.#at(seg);
    const length = lastVisible(segment.text, end) + 1;
    this.#count(segment.kind, length - segment.text.length);
    segment.text = segment.text.slice(0, length);
    this.#events.push({ type: 'retract', seg, length });
  }

  #grow(seg: number, text: string): void {
    const segment = this.#at(seg);
    segment.text = growText(segment.text, text);
    this.#count(segment.kind, text.length);
    const last = this.#events.at(-1);
    if (last?.type === 'delta' && last.seg === seg) last.text += text;
    else this.#events.push({ type: 'delta', seg, kind: segment.kind, text });
  }

  #count(kind: PartKind, units: number): void {
    if (kind === 'answer') this.answerLength += units;
  }

  #at(seg: number): { kind: PartKind; text: string } {
    const segment = this.#segments[seg];
    if (!segment) throw new RangeError(`There is no segment ${seg} of ${this.#segments.length}.`);
    return segment;
  }
}
