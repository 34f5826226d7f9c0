import { type Gguf, GgufError, type GgufValue } from './gguf.ts';
import { Vocabulary } from './vocabulary.ts';

/** The measures of a network. */
export interface Shape {
  /** Tokens it can hold: what it is asked and what it says, together. */
  context: number;
  dimension: number;
  layers: number;
  heads: number;
  feedForward: number;
  vocabulary: number;
}

/** By position: what `rotate` takes for a head's dimensions. */
export function turns({ context, dimension, heads }: Shape, base: number): Float32Array {
  const size = dimension / heads;
  const table = new Float32Array(2 * size * context);
  for (let position = 0; position < context; position++) {
    for (let pair = 0; pair < size / 2; pair++) {
      const angle = position * base ** ((-2 * pair) / size);
      const at = 2 * size * position + 2 * pair;
      table.set([Math.cos(angle), Math.cos(angle)], at);
      table.set([-Math.sin(angle), Math.sin(angle)], at + size);
    }
  }
  return table;
}

/** Reads what a file says of itself; every look says what is missing or wrong. */
export class Head {
  readonly #gguf: Gguf;

  constructor(gguf: Gguf) {
    this.#gguf = gguf;
    const architecture = this.text('general.architecture');
    if (architecture !== 'arcee') {
      throw new GgufError(`The file’s architecture is "${architecture}"; only "arcee" is read here.`);
    }
  }

  shape(): Shape {
    const shape: Shape = {
      context: this.#size('arcee.context_length', 1, 8192),
      dimension: this.#size('arcee.embedding_length', 4, 1024),
      layers: this.#size('arcee.block_count', 1, 64),
      heads: this.#size('arcee.attention.head_count', 1, 64),
      feedForward: this.#size('arcee.feed_forward_length', 4, 8192),
      vocabulary: this.#list('tokenizer.ggml.tokens').length,
    };
    const size = shape.dimension / shape.heads;
    const rotated = this.number('arcee.rope.dimension_count');
    if (this.number('arcee.attention.head_count_kv') !== shape.heads) {
      throw new GgufError('Heads that share keys and values are not read here.');
    }
    if (rotated !== size) throw new GgufError(`${rotated} of ${size} dimensions are rotated; only all are read here.`);
    for (const length of [size, shape.feedForward, shape.vocabulary]) {
      if (length % 4 !== 0) throw new GgufError(`The length ${length} is no multiple of four.`);
    }
    return shape;
  }

  vocabulary(size: number): Vocabulary {
    const texts = this.#list('tokenizer.ggml.tokens').map(String);
    const types = this.#list('tokenizer.ggml.token_type').map(Number);
    const end = this.number('tokenizer.ggml.eos_token_id');
    if (types.length !== size || end >= size) throw new GgufError('The vocabulary of the file does not fit itself.');
    return new Vocabulary(texts, types, end);
  }

  tensor(name: string, rows: number, cols: number): Float32Array {
    const tensor = this.#gguf.tensors.get(name);
    if (!tensor) throw new GgufError(`The tensor "${name}" is missing.`);
    const [columns, ...others] = tensor.shape;
    if (columns !== cols || others.reduce((product, size) => product * size, 1) !== rows) {
      throw new GgufError(`The tensor "${name}" is ${tensor.shape.join(' × ')} instead of ${cols} × ${rows}.`);
    }
    return tensor.data;
  }

  text(key: string): string {
    const value = this.#gguf.metadata.get(key);
    if (typeof value !== 'string') throw this.#missing(key, value);
    return value;
  }

  number(key: string): number {
    const value = this.#gguf.metadata.get(key);
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#missing(key, value);
    return value;
  }

  #size(key: string, least: number, most: number): number {
    const value = this.number(key);
    if (!Number.isInteger(value) || value < least || value > most) throw new GgufError(`"${key}" is ${value}.`);
    return value;
  }

  #list(key: string): GgufValue[] {
    const value = this.#gguf.metadata.get(key);
    if (!Array.isArray(value)) throw this.#missing(key, value);
    return value;
  }

  #missing(key: string, value: GgufValue | undefined): GgufError {
    return new GgufError(value === undefined ? `"${key}" is missing.` : `"${key}" is not what it has to be.`);
  }
}
