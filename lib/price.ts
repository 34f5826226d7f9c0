/** USD per million tokens, with the month or day it was true. */
export interface Price {
  input: number;
  output: number;
  cachedInput?: number;
  /** It lies between the figures above and these, by who answers: nothing is reckoned from it. */
  upTo?: { input: number; output: number };
  asOf: string;
  note?: string;
}

/** In place of the day of prices: the provider itself said what the answer cost. */
export const billedByProvider = 'reported';

/** What a model costs where its person pays for the machine. */
export const ownHardware: Price = { input: 0, output: 0, asOf: '', note: 'runs on your own hardware' };
