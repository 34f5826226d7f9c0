import { type Gguf, GgufError, type GgufValue, parseGguf } from './gguf.ts';
import { kernelBytes } from './kernels.ts';
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

/** One token to be read behind what a cache holds. */
export interface Column {
  cache: Cache;
  token: number;
  /** What may follow is wanted too. */
  asks: boolean;
}

/** What has been read, as keys and values of every layer; made by a network's `open`. */
export class Cache {
  /** Tokens it has room for. */
  readonly capacity: number;
  readonly at: number;
  /** Tokens it holds. */
  length = 0;

  constructor(at: number, capacity: number) {
    this.at = at;
    this.capacity = capacity;
  }
}

interface Layer {
  attentionGain: number;
  /** Queries, keys and values of one column, one matrix. */
  attentionIn: number;
  attentionOut: number;
  feedGain: number;
  feedIn: number;
  feedOut: number;
}

type Kernels = Record<'multiply' | 'normalize' | 'rotate' | 'attend' | 'square', (...numbers: number[]) => void>;

/** So many columns are worked on at once; more are done one lot after the other. */
const mostColumns = 32;
/** Caches come in steps of so many tokens, so that one that is given back fits the next. */
const cacheStep = 32;
const pageBytes = 65_536;

let compiled: WebAssembly.Module | undefined;

/**
 * A transformer of GGUF's architecture `arcee` (RMSNorm before each part, rotated queries and keys, a feed-forward of squared
 * ReLU without a gate), in memory of its own. Its numbers are held as f32, whatever the file has.
 */
export class Network {
  readonly name: string;
  readonly shape: Shape;
  readonly vocabulary: Vocabulary;
  readonly parameters: number;
  readonly #kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  /** Where the next number is put, in bytes. */
  #top = 0;
  readonly #epsilon: number;
  readonly #embedding: number;
  readonly #output: number;
  readonly #gain: number;
  readonly #layers: Layer[];
  readonly #turns: number;
  readonly #room: { x: number; y: number; qkv: number; feed: number; logits: number; scores: number };
  readonly #free: Cache[] = [];

  /** @throws GgufError when the file is not what it has to be */
  constructor(file: Uint8Array) {
    const gguf = parseGguf(file);
    const read = new Head(gguf);
    this.shape = read.shape();
    this.vocabulary = read.vocabulary(this.shape.vocabulary);
    this.name = read.text('general.name');
    this.#epsilon = read.number('arcee.attention.layer_norm_rms_epsilon');
    this.parameters = [...gguf.tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
    compiled ??= new WebAssembly.Module(kernelBytes());
    const { exports } = new WebAssembly.Instance(compiled);
    this.#memory = exports.memory as WebAssembly.Memory; // kernels.wat exports it under this name
    this.#kernels = exports as unknown as Kernels; // and these functions

    const { dimension: d, feedForward, vocabulary, context } = this.shape;
    const put = (name: string, rows: number, cols: number) => this.#put(read.tensor(name, rows, cols));
    this.#embedding = put('token_embd.weight', vocabulary, d);
    this.#output = gguf.tensors.has('output.weight') ? put('output.weight', vocabulary, d) : this.#embedding;
    this.#gain = put('output_norm.weight', 1, d);
    this.#layers = Array.from({ length: this.shape.layers }, (_, layer) => {
      const attentionIn = put(`blk.${layer}.attn_q.weight`, d, d);
      put(`blk.${layer}.attn_k.weight`, d, d); // right behind it, so that the three are one matrix
      put(`blk.${layer}.attn_v.weight`, d, d);
      return {
        attentionGain: put(`blk.${layer}.attn_norm.weight`, 1, d),
        attentionIn,
        attentionOut: put(`blk.${layer}.attn_output.weight`, d, d),
        feedGain: put(`blk.${layer}.ffn_norm.weight`, 1, d),
        feedIn: put(`blk.${layer}.ffn_up.weight`, feedForward, d),
        feedOut: put(`blk.${layer}.ffn_down.weight`, d, feedForward),
      };
    });
    this.#turns = this.#put(turns(this.shape, read.number('arcee.rope.freq_base')));
    const room = (numbers: number) => this.#take(4 * numbers);
    this.#room = {
      x: room(mostColumns * d),
      y: room(mostColumns * d),
      qkv: room(mostColumns * 3 * d),
      feed: room(mostColumns * feedForward),
      logits: room(mostColumns * vocabulary),
      scores: room(context + 4),
    };
  }

  /** Bytes of its memory, caches included. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Room for so many tokens; give it back with `close`. */
  open(tokens: number): Cache {
    const { layers, dimension, context } = this.shape;
    const needed = Math.min(tokens, context);
    const fitting = this.#free.filter(({ capacity }) => capacity >= needed);
    const reused = fitting.toSorted((a, b) => a.capacity - b.capacity)[0];
    if (reused) {
      this.#free.splice(this.#free.indexOf(reused), 1);
      reused.length = 0;
      return reused;
    }
    const capacity = Math.min(context, Math.ceil(needed / cacheStep) * cacheStep);
    return new Cache(this.#take(4 * 2 * layers * dimension * capacity), capacity);
  }

  close(cache: Cache): void {
    if (!this.#free.includes(cache)) this.#free.push(cache);
  }

  /**
   * Reads tokens, each behind what its cache holds; those of one cache in their order.
   * @returns for each column that asks, in order, the logits of what follows
   */
  read(columns: readonly Column[]): Float32Array[] {
    const answers: Float32Array[] = [];
    for (let from = 0; from < columns.length; from += mostColumns) {
      answers.push(...this.#readAtOnce(columns.slice(from, from + mostColumns)));
    }
    return answers;
  }

  #readAtOnce(columns: readonly Column[]): Float32Array[] {
    const { dimension: d, feedForward, vocabulary } = this.shape;
    const { multiply, normalize, square } = this.#kernels;
    const { x, y, qkv, feed, logits } = this.#room;
    const n = columns.length;
    const memory = new Uint8Array(this.#memory.buffer);
    const positions = columns.map(({ cache, token }, column) => {
      if (cache.length >= cache.capacity) throw new RangeError('The cache is full.');
      const from = this.#embedding + 4 * d * token;
      memory.copyWithin(x + 4 * d * column, from, from + 4 * d);
      return cache.length++;
    });
    for (const [layer, weights] of this.#layers.entries()) {
      normalize(x, weights.attentionGain, y, d, n, this.#epsilon);
      multiply(weights.attentionIn, y, qkv, 3 * d, d, n, 0);
      this.#attend(columns, positions, layer, memory);
      multiply(weights.attentionOut, y, x, d, d, n, 1);
      normalize(x, weights.feedGain, y, d, n, this.#epsilon);
      multiply(weights.feedIn, y, feed, feedForward, d, n, 0);
      square(feed, feedForward * n);
      multiply(weights.feedOut, feed, x, d, feedForward, n, 1);
    }
    const asking = columns.flatMap(({ asks }, column) => (asks ? [column] : []));
    if (asking.length === 0) return [];
    for (const [at, column] of asking.entries()) {
      normalize(x + 4 * d * column, this.#gain, y + 4 * d * at, d, 1, this.#epsilon);
    }
    multiply(this.#output, y, logits, vocabulary, d, asking.length, 0);
    return asking.map((_, at) =>
      new Float32Array(this.#memory.buffer, logits + 4 * vocabulary * at, vocabulary).slice(),
    );
  }

  /** Puts what each column attends to in its place of `y`; its keys and values go into its cache first. */
  #attend(columns: readonly Column[], positions: readonly number[], layer: number, memory: Uint8Array): void {
    const { dimension: d, heads } = this.shape;
    const { rotate, attend } = this.#kernels;
    const { y, qkv, scores } = this.#room;
    const size = d / heads;
    const row = 4 * d;
    for (const [column, { cache }] of columns.entries()) {
      const position = positions[column] ?? 0;
      const query = qkv + 3 * row * column;
      rotate(query, this.#turns + 8 * size * position, 2 * heads, size);
      const keys = cache.at + 2 * layer * row * cache.capacity;
      const values = keys + row * cache.capacity;
      memory.copyWithin(keys + row * position, query + row, query + 2 * row);
      memory.copyWithin(values + row * position, query + 2 * row, query + 3 * row);
      attend(query, keys, values, y + row * column, scores, position + 1, heads, size, 1 / Math.sqrt(size));
    }
  }

  #take(bytes: number): number {
    const at = this.#top;
    this.#top += Math.ceil(bytes / 16) * 16;
    const missing = this.#top - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
    return at;
  }

  #put(numbers: Float32Array): number {
    const at = this.#take(4 * numbers.length);
    new Float32Array(this.#memory.buffer, at, numbers.length).set(numbers);
    return at;
  }
}

/** By position: what `rotate` takes for a head's dimensions. */
function turns({ context, dimension, heads }: Shape, base: number): Float32Array {
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
class Head {
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
