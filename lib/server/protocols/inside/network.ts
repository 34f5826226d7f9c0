import { parseGguf } from './gguf.ts';
import { Head, type Shape, turns } from './head.ts';
import { startKernels, type Kernels } from './kernel-calls.ts';
import type { Vocabulary } from './vocabulary.ts';

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

/** So many columns are worked on at once; more are done one lot after the other. */
const mostColumns = 32;
/** Caches come in steps of so many tokens, so that one that is given back fits the next. */
const cacheStep = 32;
const pageBytes = 65_536;

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
  /** Where each tensor lies. */
  readonly #places = new Map<string, number>();

  /** @throws GgufError when the file is not what it has to be */
  constructor(file: Uint8Array) {
    const gguf = parseGguf(file);
    const read = new Head(gguf);
    this.shape = read.shape();
    this.vocabulary = read.vocabulary(this.shape.vocabulary);
    this.name = read.text('general.name');
    this.#epsilon = read.number('arcee.attention.layer_norm_rms_epsilon');
    this.parameters = [...gguf.tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
    const { memory, kernels } = startKernels();
    this.#memory = memory;
    this.#kernels = kernels;

    const { dimension: d, feedForward, vocabulary, context } = this.shape;
    const put = (name: string, rows: number, cols: number) => {
      const at = this.#put(read.tensor(name, rows, cols));
      this.#places.set(name, at);
      return at;
    };
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

  /** Takes other weights, by the names of the file's tensors. What has been read with the old ones stays as it was read. */
  load(weights: ReadonlyMap<string, Float32Array>): void {
    for (const [name, numbers] of weights) {
      const at = this.#places.get(name);
      if (at !== undefined) new Float32Array(this.#memory.buffer, at, numbers.length).set(numbers);
    }
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
