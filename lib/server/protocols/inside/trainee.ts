import { parseGguf } from './gguf.ts';
import { Head, type Shape, turns } from './head.ts';
import { type Kernels, startKernels } from './kernel-calls.ts';

/** A text to learn from. */
export interface Lesson {
  tokens: readonly number[];
  /** So many tokens at its beginning are given, not learnt: the prompt. */
  given: number;
  /** What each of its tokens counts: an advantage. Above 0 it is made likelier, below 0 less likely. */
  weight: number;
}

/** What a pass over lessons came to. */
export interface Learnt {
  /** Minus the weighted sum of the logarithms of how likely each token was. */
  loss: number;
  /** The mean entropy of what could have followed, in nats. */
  entropy: number;
  tokens: number;
}

/** A matrix among the weights: where it lies, where its gradient and its transposed copy, in bytes. */
interface Matrix {
  at: number;
  gradient: number;
  turned: number;
  rows: number;
  cols: number;
}

interface Gain {
  at: number;
  gradient: number;
}

interface Layer {
  attentionGain: Gain;
  attentionIn: Matrix;
  attentionOut: Matrix;
  feedGain: Gain;
  feedIn: Matrix;
  feedOut: Matrix;
}

/** What is kept of a layer for the way back, for each token. */
interface Kept {
  x: number;
  norm: number;
  qkv: number;
  keys: number;
  values: number;
  mixed: number;
  middle: number;
  feedNorm: number;
  hidden: number;
  active: number;
}

/** So many tokens go through at once, unless one text is longer. */
const mostTokens = 576;
/** So many tokens of both factors of a gradient stay in a core's nearest cache. */
const outerTokens = 128;
const epsilonOfAdam = 1e-8;
const [keepFirst, keepSecond] = [0.9, 0.99];
/** A gradient is not longer than this. */
const longestGradient = 1;

/**
 * A model that learns: the network of `Network` with the way back and Adam, in memory of its own. All in f32. The same
 * lessons in the same order always bring the same weights on one machine; sums are taken in an order that hangs on nothing.
 * A port of training/src/network.c, whose gradients a test holds this to by finite differences.
 */
export class Trainee {
  readonly shape: Shape;
  readonly #kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  readonly #epsilon: number;
  readonly #embedding: Matrix;
  readonly #gain: Gain;
  readonly #layers: Layer[];
  readonly #names: { name: string; at: number; length: number }[] = [];
  readonly #turns: number;
  readonly #turnsBack: number;
  readonly #kept: Kept[];
  readonly #room: Record<
    'x' | 'final' | 'logits' | 'dx' | 'dNorm' | 'dQkv' | 'dKeys' | 'dValues' | 'dHidden' | 'scores',
    number
  >;
  readonly #weights: Float32Array;
  readonly #gradients: Float32Array;
  readonly #first: Float32Array;
  readonly #second: Float32Array;
  #steps = 0;
  #top = 0;

  /** @throws GgufError when the file is not what it has to be */
  constructor(file: Uint8Array) {
    const gguf = parseGguf(file);
    const read = new Head(gguf);
    this.shape = read.shape();
    this.#epsilon = read.number('arcee.attention.layer_norm_rms_epsilon');
    const { memory, kernels } = startKernels();
    this.#memory = memory;
    this.#kernels = kernels;
    const { dimension: d, feedForward, vocabulary, context, layers } = this.shape;
    const most = Math.max(mostTokens, context);
    const take = (numbers: number) => {
      const at = this.#top;
      this.#top += 4 * Math.ceil(numbers / 4) * 4;
      return at;
    };

    // weights one behind another, then their gradients in the same order
    const parameters = [...gguf.tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
    const weightsAt = take(parameters);
    const gradientsAt = take(parameters);
    let next = weightsAt;
    const put = (name: string, rows: number, cols: number): Gain => {
      const length = rows * cols;
      const at = next;
      next += 4 * length;
      this.#names.push({ name, at, length });
      return { at, gradient: at - weightsAt + gradientsAt };
    };
    const matrix = (names: string[], rows: number, cols: number): Matrix => {
      const [first] = names.map((name) => put(name, rows / names.length, cols));
      return { ...(first ?? { at: 0, gradient: 0 }), turned: take(rows * cols), rows, cols };
    };
    this.#embedding = matrix(['token_embd.weight'], vocabulary, d);
    this.#layers = Array.from({ length: layers }, (_, layer) => {
      const of = (part: string) => `blk.${layer}.${part}.weight`;
      return {
        attentionGain: put(of('attn_norm'), 1, d),
        attentionIn: matrix([of('attn_q'), of('attn_k'), of('attn_v')], 3 * d, d),
        attentionOut: matrix([of('attn_output')], d, d),
        feedGain: put(of('ffn_norm'), 1, d),
        feedIn: matrix([of('ffn_up')], feedForward, d),
        feedOut: matrix([of('ffn_down')], d, feedForward),
      };
    });
    this.#gain = put('output_norm.weight', 1, d);

    const table = turns(this.shape, read.number('arcee.rope.freq_base'));
    this.#turns = take(table.length);
    this.#turnsBack = take(table.length);
    this.#kept = this.#layers.map(() => ({
      x: take(most * d),
      norm: take(most * d),
      qkv: take(most * 3 * d),
      keys: take(most * d),
      values: take(most * d),
      mixed: take(most * d),
      middle: take(most * d),
      feedNorm: take(most * d),
      hidden: take(most * feedForward),
      active: take(most * feedForward),
    }));
    this.#room = {
      x: take(most * d),
      final: take(most * d),
      logits: take(most * vocabulary),
      dx: take(most * d),
      dNorm: take(most * d),
      dQkv: take(most * 3 * d),
      dKeys: take(most * d),
      dValues: take(most * d),
      dHidden: take(most * feedForward),
      scores: take(2 * context + 8),
    };
    memory.grow(Math.ceil((this.#top - memory.buffer.byteLength) / 65_536)); // once: views stay true
    this.#weights = this.#view(weightsAt, parameters);
    this.#gradients = this.#view(gradientsAt, parameters);
    this.#first = new Float32Array(parameters);
    this.#second = new Float32Array(parameters);
    for (const { name, at, length } of this.#names) {
      const tensor = gguf.tensors.get(name);
      const [cols = 1, rows = 1] = tensor?.shape ?? [];
      this.#view(at, length).set(read.tensor(name, rows, cols));
    }
    this.#view(this.#turns, table.length).set(table);
    this.#view(this.#turnsBack, table.length).set(turnedBack(table, d / this.shape.heads));
    this.#turnWeights();
  }

  /** The weights by the names of the file's tensors; views that the next step changes. */
  weights(): Map<string, Float32Array> {
    return new Map(this.#names.map(({ name, at, length }) => [name, this.#view(at, length)]));
  }

  /** The gradients gathered since the last step, by the names of the file's tensors. */
  gradients(): Map<string, Float32Array> {
    const start = this.#weights.byteOffset;
    return new Map(
      this.#names.map(({ name, at, length }) => [
        name,
        this.#gradients.subarray((at - start) / 4, (at - start) / 4 + length),
      ]),
    );
  }

  /**
   * Forward and back over the lessons, some at once; adds to the gradients.
   * @yields after each lot, so that a thread can listen in between
   */
  *learn(lessons: readonly Lesson[]): Generator<Learnt> {
    let lot: Lesson[] = [];
    let tokens = 0;
    for (const lesson of lessons) {
      const length = lesson.tokens.length - 1; // the last token is only ever predicted
      if (length > this.shape.context) throw new RangeError(`A text of ${length} tokens does not fit the window.`);
      if (lot.length > 0 && tokens + length > mostTokens) {
        yield this.#learnLot(lot);
        [lot, tokens] = [[], 0];
      }
      lot.push(lesson);
      tokens += length;
    }
    if (lot.length > 0) yield this.#learnLot(lot);
  }

  /**
   * One step of Adam along the gathered gradients times `scale`, clipped; they are forgotten then.
   * @returns how long the gradient was before it was clipped
   */
  step(rate: number, scale: number): number {
    const [w, g, first, second] = [this.#weights, this.#gradients, this.#first, this.#second];
    let square = 0;
    for (let i = 0; i < g.length; i++) square += (g[i] as number) ** 2; // inside, here and below
    const norm = Math.sqrt(square) * scale;
    const factor = norm > longestGradient ? (scale * longestGradient) / norm : scale;
    this.#steps += 1;
    const grownFirst = 1 / (1 - keepFirst ** this.#steps);
    const grownSecond = 1 / (1 - keepSecond ** this.#steps);
    for (let i = 0; i < g.length; i++) {
      const slope = (g[i] as number) * factor;
      const a = keepFirst * (first[i] as number) + (1 - keepFirst) * slope;
      const b = keepSecond * (second[i] as number) + (1 - keepSecond) * slope * slope;
      first[i] = a;
      second[i] = b;
      w[i] = (w[i] as number) - (rate * a * grownFirst) / (Math.sqrt(b * grownSecond) + epsilonOfAdam);
    }
    g.fill(0);
    this.#turnWeights();
    return norm;
  }

  #learnLot(lessons: readonly Lesson[]): Learnt {
    const tokens = lessons.flatMap((lesson) => lesson.tokens.slice(0, -1));
    const lengths = lessons.map((lesson) => lesson.tokens.length - 1);
    this.#forward(tokens, lengths);
    const learnt = this.#judge(lessons);
    this.#back(tokens, lengths);
    return learnt;
  }

  #forward(tokens: readonly number[], lengths: readonly number[]): void {
    const { dimension: d, feedForward, vocabulary } = this.shape;
    const { multiply, normalize, square } = this.#kernels;
    const n = tokens.length;
    const memory = new Uint8Array(this.#memory.buffer);
    const copy = (from: number, to: number, numbers: number) => memory.copyWithin(to, from, from + 4 * numbers);
    const first = this.#kept[0]?.x ?? this.#room.x;
    for (const [at, token] of tokens.entries()) copy(this.#embedding.at + 4 * d * token, first + 4 * d * at, d);
    for (const [at, layer] of this.#layers.entries()) {
      const kept = this.#kept[at] as Kept; // as many as layers
      const out = this.#kept[at + 1]?.x ?? this.#room.x;
      normalize(kept.x, layer.attentionGain.at, kept.norm, d, n, this.#epsilon);
      multiply(layer.attentionIn.at, kept.norm, kept.qkv, 3 * d, d, n, 0);
      this.#attend(kept, lengths, copy);
      copy(kept.x, kept.middle, n * d);
      multiply(layer.attentionOut.at, kept.mixed, kept.middle, d, d, n, 1);
      normalize(kept.middle, layer.feedGain.at, kept.feedNorm, d, n, this.#epsilon);
      multiply(layer.feedIn.at, kept.feedNorm, kept.hidden, feedForward, d, n, 0);
      copy(kept.hidden, kept.active, n * feedForward);
      square(kept.active, n * feedForward);
      copy(kept.middle, out, n * d);
      multiply(layer.feedOut.at, kept.active, out, d, feedForward, n, 1);
    }
    normalize(this.#room.x, this.#gain.at, this.#room.final, d, n, this.#epsilon);
    multiply(this.#embedding.at, this.#room.final, this.#room.logits, vocabulary, d, n, 0);
  }

  #attend(kept: Kept, lengths: readonly number[], copy: (from: number, to: number, numbers: number) => void): void {
    const { dimension: d, heads } = this.shape;
    const { rotate, attend } = this.#kernels;
    const size = d / heads;
    const row = 4 * d;
    let start = 0;
    for (const length of lengths) {
      const [keys, values] = [kept.keys + row * start, kept.values + row * start];
      for (let position = 0; position < length; position++) {
        const query = kept.qkv + 3 * row * (start + position);
        rotate(query, this.#turns + 8 * size * position, 2 * heads, size);
        copy(query + row, keys + row * position, d);
        copy(query + 2 * row, values + row * position, d);
        const out = kept.mixed + row * (start + position);
        attend(query, keys, values, out, this.#room.scores, position + 1, heads, size, 1 / Math.sqrt(size));
      }
      start += length;
    }
  }

  /** Turns logits into the gradient of the loss, in place. */
  #judge(lessons: readonly Lesson[]): Learnt {
    const { vocabulary } = this.shape;
    const count = lessons.reduce((sum, lesson) => sum + lesson.tokens.length - 1, 0);
    const logits = this.#view(this.#room.logits, count * vocabulary);
    const learnt: Learnt = { loss: 0, entropy: 0, tokens: 0 };
    let at = 0;
    for (const { tokens, given, weight } of lessons) {
      for (let i = 1; i < tokens.length; i++, at += vocabulary) {
        const row = logits.subarray(at, at + vocabulary);
        if (i < given || weight === 0) {
          row.fill(0);
          continue;
        }
        const judged = judgeToken(row, tokens[i] ?? 0, weight);
        learnt.loss += judged.loss;
        learnt.entropy += judged.entropy;
        learnt.tokens += 1;
      }
    }
    learnt.entropy /= Math.max(1, learnt.tokens);
    return learnt;
  }

  #back(tokens: readonly number[], lengths: readonly number[]): void {
    const { dimension: d, feedForward } = this.shape;
    const { normalizeBack, squareBack } = this.#kernels;
    const { x, final, logits, dx, dNorm, dHidden, dQkv } = this.#room;
    const n = tokens.length;
    this.#toInput(this.#embedding, logits, dNorm, n);
    this.#toWeights(this.#embedding, logits, final, n);
    this.#view(dx, n * d).fill(0);
    normalizeBack(x, this.#gain.at, dNorm, dx, this.#gain.gradient, d, n, this.#epsilon);
    for (const [at, layer] of [...this.#layers.entries()].reverse()) {
      const kept = this.#kept[at] as Kept; // as many as layers
      const { attentionGain, feedGain } = layer;
      this.#toInput(layer.feedOut, dx, dHidden, n);
      this.#toWeights(layer.feedOut, dx, kept.active, n);
      squareBack(kept.hidden, dHidden, n * feedForward);
      this.#toWeights(layer.feedIn, dHidden, kept.feedNorm, n);
      this.#toInput(layer.feedIn, dHidden, dNorm, n);
      normalizeBack(kept.middle, feedGain.at, dNorm, dx, feedGain.gradient, d, n, this.#epsilon);
      this.#toInput(layer.attentionOut, dx, dNorm, n);
      this.#toWeights(layer.attentionOut, dx, kept.mixed, n);
      this.#attendBack(kept, lengths);
      this.#toWeights(layer.attentionIn, dQkv, kept.norm, n);
      this.#toInput(layer.attentionIn, dQkv, dNorm, n);
      normalizeBack(kept.x, attentionGain.at, dNorm, dx, attentionGain.gradient, d, n, this.#epsilon);
    }
    const grown = this.#view(this.#embedding.gradient, this.#embedding.rows * d);
    const from = this.#view(dx, n * d);
    for (const [at, token] of tokens.entries()) {
      for (let i = 0; i < d; i++)
        grown[token * d + i] = (grown[token * d + i] as number) + (from[at * d + i] as number);
    }
  }

  /** From what a matrix gave, `dOut`, to what it took. */
  #toInput({ turned, rows, cols }: Matrix, dOut: number, dIn: number, n: number): void {
    this.#kernels.multiply(turned, dOut, dIn, cols, rows, n, 0);
  }

  #toWeights({ gradient, rows, cols }: Matrix, dOut: number, input: number, n: number): void {
    for (let from = 0; from < n; from += outerTokens) {
      const count = Math.min(outerTokens, n - from);
      this.#kernels.outer(dOut + 4 * rows * from, input + 4 * cols * from, gradient, rows, cols, count);
    }
  }

  #attendBack(kept: Kept, lengths: readonly number[]): void {
    const { dimension: d, heads } = this.shape;
    const { rotate, attendBack } = this.#kernels;
    const { dNorm, dQkv, dKeys, dValues, scores } = this.#room;
    const size = d / heads;
    const row = 4 * d;
    const n = lengths.reduce((sum, length) => sum + length, 0);
    const memory = new Uint8Array(this.#memory.buffer);
    memory.fill(0, dKeys, dKeys + n * row);
    memory.fill(0, dValues, dValues + n * row);
    let start = 0;
    for (const length of lengths) {
      const [keys, values] = [kept.keys + row * start, kept.values + row * start];
      const to = [dKeys + row * start, dValues + row * start] as const;
      for (let position = 0; position < length; position++) {
        const at = start + position;
        const query = kept.qkv + 3 * row * at;
        const out = dQkv + 3 * row * at;
        attendBack(
          query,
          keys,
          values,
          dNorm + row * at,
          out,
          ...to,
          scores,
          position + 1,
          heads,
          size,
          1 / Math.sqrt(size),
        );
      }
      for (let position = 0; position < length; position++) {
        const at = start + position;
        const out = dQkv + 3 * row * at;
        memory.copyWithin(out + row, dKeys + row * at, dKeys + row * (at + 1));
        memory.copyWithin(out + 2 * row, dValues + row * at, dValues + row * (at + 1));
        rotate(out, this.#turnsBack + 8 * size * position, 2 * heads, size);
      }
      start += length;
    }
  }

  /** Writes the matrices' transposed copies anew. */
  #turnWeights(): void {
    const all = this.#layers.flatMap(({ attentionIn, attentionOut, feedIn, feedOut }) => [
      attentionIn,
      attentionOut,
      feedIn,
      feedOut,
    ]);
    for (const { at, turned, rows, cols } of [this.#embedding, ...all]) {
      const [from, to] = [this.#view(at, rows * cols), this.#view(turned, rows * cols)];
      for (let row = 0; row < rows; row++) {
        for (let col = 0; col < cols; col++) to[col * rows + row] = from[row * cols + col] as number;
      }
    }
  }

  #view(at: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, at, length);
  }
}

/** Of one token: its loss, and in place of the logits their gradient. */
function judgeToken(logits: Float32Array, token: number, weight: number): { loss: number; entropy: number } {
  let most = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > most) most = logit;
  const chosen = (logits[token] ?? 0) - most;
  let sum = 0;
  let tilted = 0;
  for (let i = 0; i < logits.length; i++) {
    const above = (logits[i] as number) - most;
    const grown = Math.exp(above);
    logits[i] = grown;
    sum += grown;
    tilted += grown * above;
  }
  const share = weight / sum;
  for (let i = 0; i < logits.length; i++) logits[i] = (logits[i] as number) * share;
  logits[token] = (logits[token] as number) - weight;
  return { loss: -weight * (chosen - Math.log(sum)), entropy: Math.log(sum) - tilted / sum };
}

/** The table of `turns` the other way round: its sines negated. */
function turnedBack(table: Float32Array, size: number): Float32Array {
  return table.map((value, at) => (at % (2 * size) < size ? value : -value));
}
