const gamma = 1.01;
const logGamma = Math.log(gamma);
/** What is smaller counts as this; so does 0. */
const least = 1e-3;
const firstExponent = Math.floor(Math.log(least) / logGamma);
/** The last interval holds all from about 2e12 on. */
const intervals = 3_500;

/** By what share a figure of a sketch may be off: the width of its intervals. */
export const sketchAccuracy = gamma - 1;

/**
 * How many figures there are of each size, in intervals that each begin 1 % above the one before: enough to say where the
 * middle is without keeping the figures. Sketches of parts add up to the sketch of the whole.
 * After Masson, Rim and Lee, "DDSketch", PVLDB 12 (2019), with a fixed range: figures are 0 or more.
 */
export class QuantileSketch {
  readonly #counts = new Uint32Array(intervals);
  #count = 0;

  /** How many figures there are. */
  get count(): number {
    return this.#count;
  }

  add(figure: number): void {
    this.#addTo(intervalOf(figure), 1);
  }

  /** Adds what `toText` wrote of another one. */
  addText(text: string): void {
    const bytes = fromBase64(text);
    let at = 0;
    let interval = 0;
    const next = () => {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        const byte = bytes[at++] ?? 0;
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
    };
    while (at < bytes.length) {
      interval += next();
      this.#addTo(interval, next());
    }
  }

  /**
   * The figure that a share of all figures lies below, interpolated between neighbours as `percentile_cont` does, and off
   * by at most `sketchAccuracy`; undefined when there are none.
   */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined;
    const rank = share * (this.#count - 1);
    const below = this.#figureAt(Math.floor(rank));
    return below + (this.#figureAt(Math.ceil(rank)) - below) * (rank - Math.floor(rank));
  }

  /** In a few bytes for each interval that is not empty: steps from one to the next and counts, as base64. */
  toText(): string {
    const bytes: number[] = [];
    let last = 0;
    for (const [interval, count] of this.#counts.entries()) {
      if (count === 0) continue;
      writeNumber(bytes, interval - last);
      writeNumber(bytes, count);
      last = interval;
    }
    return toBase64(bytes);
  }

  #addTo(interval: number, count: number): void {
    this.#counts[interval] = (this.#counts[interval] ?? 0) + count;
    this.#count += count;
  }

  /** The figure of a rank from 0 on; those of one interval are taken to lie evenly in it. */
  #figureAt(rank: number): number {
    let before = 0;
    for (const [interval, count] of this.#counts.entries()) {
      if (before + count > rank) return gamma ** (interval + firstExponent + (rank - before + 0.5) / count);
      before += count;
    }
    return 0;
  }
}

function intervalOf(figure: number): number {
  const exponent = Math.floor(Math.log(Math.max(figure, least)) / logGamma);
  return Math.min(intervals - 1, Math.max(0, exponent - firstExponent));
}

function writeNumber(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

function toBase64(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString('base64');
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}
