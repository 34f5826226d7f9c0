/** Looks for stop strings in a text as it grows, and holds back what may be the beginning of one. */
export class StopWatch {
  readonly #stops: readonly string[];
  #held = '';

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** What may be shown now, and whether a stop string ended the text. */
  push(text: string): { text: string; isStopped: boolean } {
    if (this.#stops.length === 0) return { text, isStopped: false };
    this.#held += text;
    const places = this.#stops.map((stop) => this.#held.indexOf(stop)).filter((at) => at >= 0);
    if (places.length > 0) return { text: this.#held.slice(0, Math.min(...places)), isStopped: true };
    let kept = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, this.#held.length); length > kept; length--) {
        if (this.#held.endsWith(stop.slice(0, length))) kept = length;
      }
    }
    const shown = this.#held.slice(0, this.#held.length - kept);
    this.#held = this.#held.slice(this.#held.length - kept);
    return { text: shown, isStopped: false };
  }

  /** What was held back, when the text is over. */
  end(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}
