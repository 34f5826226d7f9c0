import { growText } from '@thinkglass/splitter/grow-text';
import type { RawField } from '../../raw-text.ts';
import type { PartKind, Segment } from '../../stream-part.ts';
import type { CountedEvents } from '../../usage.ts';

/** Of a server that sends one event a token, at most so many events hold two words: a few tokens do. */
const mostWithTwoWords = 0.1;

/** Counts the events in which a model's text came, by what became of that text: thinking, answer, or neither (tags). */
export class EventCount {
  /** All that came, whatever the field; what was there before it began is its beginning. */
  #text = '';
  readonly #ends: number[] = [];
  /** Where the text of another field begins. */
  readonly #fields: { from: number; field: RawField }[] = [];
  /** Of the beginning. */
  #begun = 0;

  /** Takes a text that was there before: no event of this answer. To be called first. */
  begin(field: RawField, text: string): void {
    this.#add(field, text);
    this.#begun = this.#text.length;
  }

  /**
   * @param events the lengths of the events the text came in; one event when they are absent. They may be those of a text
   * that this one is the end of, or that is the end of this one: what was held back before them is one event more.
   */
  take(field: RawField, text: string, events: readonly number[] | undefined): void {
    if (text === '') return;
    this.#add(field, text);
    const end = this.#text.length;
    if (!events || events.length < 2) {
      this.#ends.push(end);
      return;
    }
    let at = end - events.reduce((sum, length) => sum + length, 0);
    const begin = end - text.length;
    if (at > begin) this.#ends.push(at);
    for (const length of events) {
      at += length;
      if (length > 0 && at > begin) this.#ends.push(at);
    }
  }

  /** @param segments the message as it is at the end. Undefined when no text came, or it is not where it came. */
  finish(segments: readonly Segment[]): CountedEvents | undefined {
    if (this.#ends.length === 0) return undefined;
    // As the splitter was given it, unit for unit.
    this.#text = this.#text.toWellFormed().replaceAll('\0', '\uFFFD');
    const places = this.#placesOf(segments);
    if (!places) return undefined;
    const counts = { reasoning: 0, answer: 0, discarded: 0, neither: 0 };
    let twoWords = 0;
    let from = this.#begun;
    let [place, field] = [0, 0];
    for (const end of this.#ends) {
      while ((this.#fields[field + 1]?.from ?? Number.POSITIVE_INFINITY) <= from) field++;
      while ((places[place]?.to ?? Number.POSITIVE_INFINITY) <= from) place++;
      const here = places[place];
      const kind = this.#fields[field]?.field === 'reasoning' ? 'reasoning' : undefined;
      counts[kind ?? (here && here.from < end ? here.kind : 'neither')]++;
      if (/\S\s+\S/.test(this.#text.slice(from, end))) twoWords++;
      from = end;
    }
    const { reasoning, answer, discarded, neither } = counts;
    const isFine = twoWords <= this.#ends.length * mostWithTwoWords;
    return { reasoning, answer, other: discarded + neither, isFine };
  }

  /** Where the text of each segment came, in order. */
  #placesOf(segments: readonly Segment[]): { from: number; to: number; kind: PartKind }[] | undefined {
    const places: { from: number; to: number; kind: PartKind }[] = [];
    let at = 0;
    for (const { kind, text } of segments) {
      const words = text.trim();
      if (words === '') continue;
      const from = this.#text.indexOf(words, at);
      if (from < 0) return undefined;
      at = from + words.length;
      places.push({ from, to: at, kind });
    }
    return places;
  }

  #add(field: RawField, text: string): void {
    if (this.#fields.at(-1)?.field !== field) this.#fields.push({ from: this.#text.length, field });
    this.#text = growText(this.#text, text);
  }
}
