import { estimateTokens } from '../../../lib/usage.ts';

const meterStep = 2048;

/** Sums of estimated tokens along a growing text. */
export class TokenMeter {
  #text = '';
  /** Up to each multiple of the step. */
  #sums: number[] = [0];

  grow(text: string): void {
    if (text.slice(0, this.#text.length) !== this.#text) this.#sums = [0];
    this.#text = text;
    for (let at = (this.#sums.length - 1) * meterStep; at + meterStep <= text.length; at += meterStep) {
      this.#sums.push((this.#sums.at(-1) ?? 0) + estimateTokens(text.slice(at, at + meterStep)));
    }
  }

  at(offset: number): number {
    const step = Math.min(Math.floor(offset / meterStep), this.#sums.length - 1);
    return (this.#sums[step] ?? 0) + estimateTokens(this.#text.slice(step * meterStep, offset));
  }
}
