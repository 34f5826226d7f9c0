import type { RawField } from '../../raw-text.ts';

/**
 * A model's text as every store can hold it, piece by piece: so what is shown while it comes is what is read back. A pair of
 * surrogates that was cut between two pieces is joined; a half that stays alone, and NUL, become U+FFFD, one unit for one.
 */
export class WholeCharacters {
  #field: RawField = 'content';
  /** The first half of a pair whose second half may come. */
  #held = '';

  /** The texts that are whole with this one, in their order; a half of another field is alone now. */
  push(field: RawField, text: string): { field: RawField; text: string }[] {
    if (text === '') return [];
    const before = field === this.#field ? [] : this.end();
    this.#field = field;
    const all = this.#held + text;
    this.#held = isFirstHalf(all.charCodeAt(all.length - 1)) ? all.slice(-1) : '';
    const whole = this.#held === '' ? all : all.slice(0, -1);
    return whole === '' ? before : [...before, { field, text: clean(whole) }];
  }

  /** Nothing follows, or something that is no text. */
  end(): { field: RawField; text: string }[] {
    const alone = this.#held !== '';
    this.#held = '';
    return alone ? [{ field: this.#field, text: '\uFFFD' }] : [];
  }
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function clean(text: string): string {
  const whole = text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '\uFFFD') : whole; // hardly any does
}
