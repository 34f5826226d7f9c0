import { Adam } from './adam.ts';
import { parseGguf } from './gguf.ts';
import { Head, type Shape, turns } from './head.ts';
import { type Kernels, startKernels } from './kernel-calls.ts';
import { type Kept, type Matrix, type MemoryPlan, planMemory } from './trainee-memory.ts';

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

/** So many tokens go through at once, unless one text is longer. */
const mostTokens = 576;
/** So many tokens of both factors of a gradient stay in a core's nearest cache. */
const outerTokens = 128;

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
  readonly #plan: MemoryPlan;
  readonly #weights: Float32Array;
  readonly #gradients: Float32Array;
  readonly #adam: Adam;

  /** @throws GgufError when the file is not what it has to be */
  constructor(file: Uint8Array) {
    const gguf = parseGguf(file);
    const read = new Head(gguf);
    this.shape = read.shape();
    this.#epsilon = read.number('arcee.attention.layer_norm_rms_epsilon');
    const { memory, kernels } = startKernels();
    this.#memory = memory;
    this.#kernels = kernels;
    const weights = [...gguf.tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
    const table = turns(this.shape, read.number('arcee.rope.freq_base'));
    const tokens = Math.max(mostTokens, this.shape.context);
    this.#plan = planMemory(this.shape, { weights, turns: table.length, tokens });
    memory.grow(Math.ceil((this.#plan.end - memory.buffer.byteLength) / 65_536)); // once: views stay true
    this.#weights = this.#view(this.#plan.weights, weights);
    this.#gradients = this.#view(this.#plan.gradients, weights);
    this.#adam = new Adam(this.#weights);
    for (const { name, at, length } of this.#plan.names) {
      const tensor = gguf.tensors.get(name);
      const [cols = 1, rows = 1] = tensor?.shape ?? [];
      this.#view(at, length).set(read.tensor(name, rows, cols));
    }
    this.#view(this.#plan.turns, table.length).set(table);
    this.#view(this.#plan.turnsBack, table.length).set(turnedBack(table, this.shape.dimension / this.shape.heads));
    this.#turnWeights();
  }

  /** The weights by the names of the file's tensors; views that the next step changes. */
  weights(): Map<string, Float32Array> {
    return new Map(this.#plan.names.map(({ name, at, length }) => [name, this.#view(at, length)]));
  }

  /** The gradients gathered since the last step, by the names of the file's tensors. */
  gradients(): Map<string, Float32Array> {
    const start = this.#weights.byteOffset;
    return new Map(
      this.#plan.names.map(({ name, at, length }) => [
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
    const norm = this.#adam.step(this.#gradients, rate, scale);
    this.#gradients.fill(0);
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
    const first = this.#plan.kept[0]?.x ?? this.#plan.room.x;
    for (const [at, token] of tokens.entries()) copy(this.#plan.embedding.at + 4 * d * token, first + 4 * d * at, d);
    for (const [at, layer] of this.#plan.layers.entries()) {
      const kept = this.#plan.kept[at] as Kept; // as many as layers
      const out = this.#plan.kept[at + 1]?.x ?? this.#plan.room.x;
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
    normalize(this.#plan.room.x, this.#plan.gain.at, this.#plan.room.final, d, n, this.#epsilon);
    multiply(this.#plan.embedding.at, this.#plan.room.final, this.#plan.room.logits, vocabulary, d, n, 0);
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
        rotate(query, this.#plan.turns + 8 * size * position, 2 * heads, size);
        copy(query + row, keys + row * position, d);
        copy(query + 2 * row, values + row * position, d);
        const out = kept.mixed + row * (start + position);
        attend(query, keys, values, out, this.#plan.room.scores, position + 1, heads, size, 1 / Math.sqrt(size));
      }
      start += length;
    }
  }

  /** Turns logits into the gradient of the loss, in place. */
  #judge(lessons: readonly Lesson[]): Learnt {
    const { vocabulary } = this.shape;
    const count = lessons.reduce((sum, lesson) => sum + lesson.tokens.length - 1, 0);
    const logits = this.#view(this.#plan.room.logits, count * vocabulary);
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
    const { x, final, logits, dx, dNorm, dHidden, dQkv } = this.#plan.room;
    const n = tokens.length;
    this.#toInput(this.#plan.embedding, logits, dNorm, n);
    this.#toWeights(this.#plan.embedding, logits, final, n);
    this.#view(dx, n * d).fill(0);
    normalizeBack(x, this.#plan.gain.at, dNorm, dx, this.#plan.gain.gradient, d, n, this.#epsilon);
    for (const [at, layer] of [...this.#plan.layers.entries()].reverse()) {
      const kept = this.#plan.kept[at] as Kept; // as many as layers
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
    const grown = this.#view(this.#plan.embedding.gradient, this.#plan.embedding.rows * d);
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
    const { dNorm, dQkv, dKeys, dValues, scores } = this.#plan.room;
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
        rotate(out, this.#plan.turnsBack + 8 * size * position, 2 * heads, size);
      }
      start += length;
    }
  }

  /** Writes the matrices' transposed copies anew. */
  #turnWeights(): void {
    const all = this.#plan.layers.flatMap(({ attentionIn, attentionOut, feedIn, feedOut }) => [
      attentionIn,
      attentionOut,
      feedIn,
      feedOut,
    ]);
    for (const { at, turned, rows, cols } of [this.#plan.embedding, ...all]) {
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
