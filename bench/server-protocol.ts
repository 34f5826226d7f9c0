/** What `bench/server.ts` and its processes say to each other. */

export interface StreamPlan {
  /** Tokens a second, of each stream. */
  rate: number;
  /** Tokens of each stream. */
  tokens: number;
  /** Characters added to each token, to make it longer. */
  pad: number;
}

export type ProviderOrder = { type: 'plan'; plan: StreamPlan } | { type: 'go' } | { type: 'count' };

export type ProviderReport =
  | { type: 'port'; port: number }
  /** Streams that are open and wait for `go`. */
  | { type: 'opened'; count: number }
  /** Tokens written so far, at a moment of the shared clock in microseconds. */
  | { type: 'count'; written: number; at: number }
  /** All is written: the hash of each stream's text, by its number. */
  | { type: 'written'; texts: [number, string][] };

/** One stream to read: of the app (its events), or of the pass-through (the provider's own words). */
export interface StreamAddress {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
}

export type ReaderOrder =
  | { type: 'open'; streams: StreamAddress[] }
  /** What was written in this stretch of the shared clock is to be told by age. */
  | { type: 'tell'; from: number; to: number };

export type ReaderReport =
  | { type: 'ready' }
  | { type: 'opened' }
  | { type: 'closed' }
  /** Ages of the tokens when they were read, in ms; and the hash of each text, by its stream's number. */
  | { type: 'told'; tokens: number; p50: number; p99: number; texts: [number, string][] };
