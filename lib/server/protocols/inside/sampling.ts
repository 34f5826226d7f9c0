/** How the next token is chosen. */
export interface Choosing {
  /** 0: always the likeliest. */
  temperature: number;
  /** Only the likeliest tokens that together have this probability. */
  topP?: number;
  /** Only so many of the likeliest. */
  topK?: number;
  /** Only those at least this likely, compared with the likeliest. */
  minP?: number;
}

/** How likely a token was, as the natural logarithm of its probability at temperature 1. */
export interface Likelihood {
  token: number;
  logprob: number;
}

/** Numbers from 0 up to 1, the same for the same seed everywhere (mulberry32). */
export function createDice(seed: number): () => number {
  let state = Math.trunc(seed) ^ Math.trunc(seed / 2 ** 32);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Chooses a token: temperature first, then the limits on what may be chosen, each on what the one before it has left. */
export function chooseToken(logits: Float32Array, choosing: Choosing, dice: () => number): number {
  const { temperature, topP = 1, topK = 0, minP = 0 } = choosing;
  if (temperature <= 0) return likeliest(logits);
  const top = logits[likeliest(logits)] ?? 0;
  const weights = Array.from(logits, (logit) => Math.exp((logit - top) / temperature));
  const isLimited = topP < 1 || topK > 0 || minP > 0;
  const ids = isLimited ? limit(weights, { topP, topK, minP }) : weights.keys().toArray();
  let rest = dice() * ids.reduce((sum, id) => sum + (weights[id] ?? 0), 0);
  for (const id of ids) {
    rest -= weights[id] ?? 0;
    if (rest < 0) return id;
  }
  return ids.findLast((id) => (weights[id] ?? 0) > 0) ?? 0; // what rounding has left over
}

function limit(weights: readonly number[], { topP, topK, minP }: { topP: number; topK: number; minP: number }) {
  const weightOf = (id: number) => weights[id] ?? 0;
  const sorted = weights.keys().toArray();
  sorted.sort((a, b) => weightOf(b) - weightOf(a) || a - b);
  const likely = sorted.slice(0, topK > 0 ? topK : undefined);
  const enough = topP * likely.reduce((sum, id) => sum + weightOf(id), 0);
  let sum = 0;
  const nucleus: number[] = [];
  for (const id of likely) {
    if (nucleus.length > 0 && sum >= enough) break;
    nucleus.push(id);
    sum += weightOf(id);
  }
  const least = minP * weightOf(nucleus[0] ?? 0);
  return nucleus.filter((id) => weightOf(id) >= least);
}

/** The likelihood of a token and those of the `count` likeliest, likeliest first. */
export function likelihoods(logits: Float32Array, token: number, count: number): Likelihood & { top: Likelihood[] } {
  const highest = logits[likeliest(logits)] ?? 0;
  const total = highest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0));
  const of = (id: number): Likelihood => ({ token: id, logprob: (logits[id] ?? Number.NEGATIVE_INFINITY) - total });
  if (count === 0) return { ...of(token), top: [] };
  const sorted = logits.keys().toArray();
  sorted.sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b);
  return { ...of(token), top: sorted.slice(0, count).map(of) };
}

function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if ((logits[id] ?? 0) > (logits[best] ?? 0)) best = id;
  return best;
}
