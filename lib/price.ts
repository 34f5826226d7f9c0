/** USD per million tokens, with the month or day it was true. */
export interface Price {
  input: number;
  output: number;
  cachedInput?: number;
  asOf: string;
  note?: string;
}
