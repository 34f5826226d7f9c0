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
