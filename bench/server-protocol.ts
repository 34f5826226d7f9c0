/** What `bench/server.ts` and its processes say to each other. */

export interface StreamPlan {
  /** Tokens a second, of each stream. */
  rate: number;
  /** Tokens of each stream. */
  tokens: number;
  /** Characters added to each token, to make it longer. */
  pad: number;
  /** Each stream begins when it is asked for; else all wait for `go`. */
  atOnce?: boolean;
}

export type ProviderOrder =
  | { type: 'plan'; plan: StreamPlan }
  | { type: 'go' }
  | { type: 'count' }
  /** What has been written is to be told. */
  | { type: 'tell' };

export type ProviderReport =
  | { type: 'port'; port: number }
  /** Streams that are open and wait for `go`. */
  | { type: 'opened'; count: number }
  /** Tokens written so far, at a moment of the shared clock in microseconds. */
  | { type: 'count'; written: number; at: number }
  /** The hash of each stream's text, by its number; said when all is written, and when it is asked for. */
  | { type: 'written'; texts: [number, string][] }
  /** With `atOnce`: the number in a question ("No. 12"), and when it came, in microseconds of the shared clock. */
  | { type: 'asked'; number: number; at: number };

/** One stream to read: of the app (its events), or of the pass-through (the provider's own words). */
export interface StreamAddress {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
}

/** Questions to be asked evenly over `spreadMs`, each by a client of its own that then follows its answer to the end. */
export interface AskPlan {
  count: number;
  spreadMs: number;
  through: 'app' | 'pass-through';
  url: string;
  /** The app's people, in turn. */
  cookies: readonly string[];
}

export type ReaderOrder =
  | { type: 'open'; streams: StreamAddress[] }
  | { type: 'ask'; plan: AskPlan }
  /** What was written in this stretch of the shared clock is to be told by age. */
  | { type: 'tell'; from: number; to: number };

export type ReaderReport =
  | { type: 'ready' }
  | { type: 'opened' }
  | { type: 'closed' }
  /** When each question was sent, in microseconds of the shared clock. */
  | { type: 'sent'; at: number[] }
  /** Ages of the tokens when they were read, in ms; and the hash of each text, by its stream's number. */
  | { type: 'told'; tokens: number; p50: number; p99: number; texts: [number, string][] };
