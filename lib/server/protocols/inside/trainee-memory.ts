import type { Shape } from './head.ts';

/** A matrix among the weights: where it lies, where its gradient and its transposed copy, in bytes. */
export interface Matrix {
  at: number;
  gradient: number;
  turned: number;
  rows: number;
  cols: number;
}

export interface Gain {
  at: number;
  gradient: number;
}

export interface Layer {
  attentionGain: Gain;
  attentionIn: Matrix;
  attentionOut: Matrix;
  feedGain: Gain;
  feedIn: Matrix;
  feedOut: Matrix;
}

/** What is kept of a layer for the way back, for each token. */
export interface Kept {
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

/** Where everything of a model that learns lies, in bytes. */
export interface MemoryPlan {
  embedding: Matrix;
  gain: Gain;
  layers: Layer[];
  /** The weights by the names of the file's tensors; `length` in numbers. */
  names: { name: string; at: number; length: number }[];
  weights: number;
  /** In the order of the weights. */
  gradients: number;
  turns: number;
  turnsBack: number;
  kept: Kept[];
  room: Record<'x' | 'final' | 'logits' | 'dx' | 'dNorm' | 'dQkv' | 'dKeys' | 'dValues' | 'dHidden' | 'scores', number>;
  /** All of it ends here. */
  end: number;
}

/**
 * Lays the memory out.
 * @param sizes numbers of weights and of the table of turns, and tokens that go through at once
 */
export function planMemory(shape: Shape, sizes: { weights: number; turns: number; tokens: number }): MemoryPlan {
  const { dimension: d, feedForward, vocabulary, context } = shape;
  const { tokens } = sizes;
  let end = 0;
  const take = (numbers: number) => {
    const at = end;
    end += 4 * Math.ceil(numbers / 4) * 4;
    return at;
  };
  const weights = take(sizes.weights);
  const gradients = take(sizes.weights);
  const names: MemoryPlan['names'] = [];
  let next = weights;
  const put = (name: string, rows: number, cols: number): Gain => {
    const length = rows * cols;
    const at = next;
    next += 4 * length;
    names.push({ name, at, length });
    return { at, gradient: at - weights + gradients };
  };
  const matrix = (parts: string[], rows: number, cols: number): Matrix => {
    const [first] = parts.map((name) => put(name, rows / parts.length, cols));
    return { ...(first ?? { at: 0, gradient: 0 }), turned: take(rows * cols), rows, cols };
  };
  const embedding = matrix(['token_embd.weight'], vocabulary, d);
  const layers = Array.from({ length: shape.layers }, (_, layer) => {
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
  const gain = put('output_norm.weight', 1, d);
  const [turns, turnsBack] = [take(sizes.turns), take(sizes.turns)];
  const kept = layers.map(() => ({
    x: take(tokens * d),
    norm: take(tokens * d),
    qkv: take(tokens * 3 * d),
    keys: take(tokens * d),
    values: take(tokens * d),
    mixed: take(tokens * d),
    middle: take(tokens * d),
    feedNorm: take(tokens * d),
    hidden: take(tokens * feedForward),
    active: take(tokens * feedForward),
  }));
  const room = {
    x: take(tokens * d),
    final: take(tokens * d),
    logits: take(tokens * vocabulary),
    dx: take(tokens * d),
    dNorm: take(tokens * d),
    dQkv: take(tokens * 3 * d),
    dKeys: take(tokens * d),
    dValues: take(tokens * d),
    dHidden: take(tokens * feedForward),
    scores: take(2 * context + 8),
  };
  return { embedding, gain, layers, names, weights, gradients, turns, turnsBack, kept, room, end };
}
