const epsilon = 1e-8;
const [keepFirst, keepSecond] = [0.9, 0.99];
/** A gradient is not longer than this. */
const longestGradient = 1;

/** Adam (Kingma and Ba, arXiv 1412.6980) over one array of weights. */
export class Adam {
  readonly #weights: Float32Array;
  readonly #first: Float32Array;
  readonly #second: Float32Array;
  #steps = 0;

  constructor(weights: Float32Array) {
    this.#weights = weights;
    this.#first = new Float32Array(weights.length);
    this.#second = new Float32Array(weights.length);
  }

  /**
   * One step along the gradient times `scale`, clipped.
   * @returns how long the gradient was before it was clipped
   */
  step(g: Float32Array, rate: number, scale: number): number {
    const [w, first, second] = [this.#weights, this.#first, this.#second];
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
      w[i] = (w[i] as number) - (rate * a * grownFirst) / (Math.sqrt(b * grownSecond) + epsilon);
    }
    return norm;
  }
}
