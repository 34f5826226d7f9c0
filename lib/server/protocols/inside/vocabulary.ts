/** What a token of the file is: `word` is text, `control` is never text, `unused` stands for nothing. */
type TokenKind = 'word' | 'control' | 'unused';

/** A model's words. Each carries the space that stands before it, so that text in is text out. */
export class Vocabulary {
  /** By id; of a control token and an unused one the text by which it is shown. */
  readonly #texts: readonly string[];
  readonly #kinds: readonly TokenKind[];
  readonly #ids = new Map<string, number>();
  /** The lengths that words have, longest first. */
  readonly #lengths: readonly number[];
  /** Ends a text. */
  readonly end: number;
  /** Tokens that stand for nothing, and are never said. */
  readonly unused: readonly number[];

  /** @param types the file's `tokenizer.ggml.token_type`: 3 is control, 5 unused, all others are text. */
  constructor(texts: readonly string[], types: readonly number[], end: number) {
    this.#texts = texts;
    this.#kinds = texts.map((_, id) => (types[id] === 3 ? 'control' : types[id] === 5 ? 'unused' : 'word'));
    this.end = end;
    this.unused = this.#kinds.flatMap((kind, id) => (kind === 'unused' ? [id] : []));
    for (const [id, text] of texts.entries()) if (this.#kinds[id] === 'word') this.#ids.set(text, id);
    this.#lengths = [...new Set([...this.#ids.keys()].map((text) => text.length))].toSorted((a, b) => b - a);
  }

  get size(): number {
    return this.#texts.length;
  }

  /** The id of a word, written as it is in a text: with its space. Undefined where there is no such word. */
  find(text: string): number | undefined {
    return this.#ids.get(text);
  }

  /** The tokens of a text: the longest word that fits, again and again; a character that begins none is dropped. */
  encode(text: string): number[] {
    const tokens: number[] = [];
    for (let at = 0; at < text.length; ) {
      const length = this.#lengths.find((size) => this.#ids.has(text.slice(at, at + size)));
      if (length === undefined) {
        at += 1;
        continue;
      }
      const id = this.#ids.get(text.slice(at, at + length));
      if (id !== undefined) tokens.push(id);
      at += length;
    }
    return tokens;
  }

  /** What a token writes; control tokens and unused ones write nothing. */
  write(token: number): string {
    return this.#kinds[token] === 'word' ? (this.#texts[token] ?? '') : '';
  }

  /** How a token is shown where it stands for itself. */
  show(token: number): string {
    return this.#texts[token] ?? '';
  }

  decode(tokens: readonly number[]): string {
    return tokens.map((token) => this.write(token)).join('');
  }
}
