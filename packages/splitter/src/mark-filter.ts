/** Control tokens of chat templates that a server let through as text. */
export interface Marks {
  /** End a turn: dropped where nothing but others of them and blanks follows up to the end of the stream. */
  end?: readonly string[];
  /** Structure of the template: dropped wherever they stand. */
  drop?: readonly string[];
}

/** What the common templates end a turn with. */
export const defaultEndMarks: readonly string[] = [
  '<|im_end|>',
  '<|endoftext|>',
  '<|eot_id|>',
  '<|end_of_text|>',
  '<|eom_id|>',
  '<|return|>',
  '<|end▁of▁sentence|>',
  '<｜end▁of▁sentence｜>',
  '<|EOT|>',
  '<end_of_turn>',
  '<turn|>',
  '<|END_OF_TURN_TOKEN|>',
  '<seed:eos>',
  '<eos>',
  '<|eos|>',
  '<|end_of_sentence|>',
  '<|endofturn|>',
  '[|endofturn|]',
  '<|turn_end|>',
  '<|im_start|>',
  '<｜User｜>',
];

const blank = /^[ \t\n\v\f\r]+/;

/**
 * Takes marks out of a text that arrives in pieces. What is handed on depends on the text alone, not on the cutting. What may
 * still become a mark, or is one that ends the turn unless more comes, is held: at most the marks at the end and their blanks.
 */
export class MarkFilter {
  readonly #drop: readonly string[];
  readonly #all: readonly string[];
  readonly #firstUnits: ReadonlySet<string>;
  /** Marks that end a turn, with their blanks: text after all if more follows. */
  #ending = '';
  /** The beginning of what may be a mark. */
  #held = '';

  constructor({ end = defaultEndMarks, drop = [] }: Marks = {}) {
    this.#drop = drop;
    // the longest first, so that a mark that begins with another is read whole
    this.#all = [...end, ...drop].filter((mark) => mark !== '').sort((a, b) => b.length - a.length);
    this.#firstUnits = new Set(this.#all.map((mark) => mark.charAt(0)));
  }

  /** Text that is decided, in order. */
  push(chunk: string): string {
    return this.#read(this.#held + chunk, false);
  }

  /** All that is held, as text: something else than text of this channel comes. */
  flush(): string {
    const text = this.#read(this.#held, true) + this.#ending;
    this.#ending = '';
    return text;
  }

  /** No more text comes: marks that end the turn are gone. */
  end(): string {
    return this.#read(this.#held, true);
  }

  #read(text: string, final: boolean): string {
    this.#held = '';
    let out = '';
    let at = 0;
    while (at < text.length) {
      const mark = this.#markAt(text, at, final);
      if (mark === 'undecided') {
        this.#held = text.slice(at);
        return out;
      }
      if (mark) {
        if (!this.#drop.includes(mark)) this.#ending += mark;
        at += mark.length;
        continue;
      }
      const spaces = this.#ending === '' ? undefined : blank.exec(text.slice(at))?.[0];
      if (spaces) {
        this.#ending += spaces;
        at += spaces.length;
        continue;
      }
      const next = this.#nextStart(text, at + 1);
      out += this.#ending + text.slice(at, next);
      this.#ending = '';
      at = next;
    }
    return out;
  }

  #nextStart(text: string, from: number): number {
    for (let at = from; at < text.length; at++) if (this.#firstUnits.has(text.charAt(at))) return at;
    return text.length;
  }

  /** The longest mark at `at`; undecided when the text ends within one. */
  #markAt(text: string, at: number, final: boolean): string | 'undecided' | undefined {
    if (!this.#firstUnits.has(text.charAt(at))) return undefined;
    const rest = text.length - at;
    for (const mark of this.#all) {
      if (text.startsWith(mark, at)) return mark;
      if (!final && rest < mark.length && mark.startsWith(text.slice(at))) return 'undecided';
    }
    return undefined;
  }
}
