import type { ProviderPart } from '../../model.ts';
import type { FinishReason, PromptProgress } from '../../stream-part.ts';
import type { ReportedUsage } from '../../usage.ts';
import type { UpstreamError } from './errors.ts';

/** What a stream tells beside its text, in the order it was found. */
export type StreamFact =
  /** Some byte of the body has come. */
  | { type: 'first-byte' }
  /** A comment or blank line: the server lives. */
  | { type: 'keep-alive' }
  /** Text was passed on. */
  | { type: 'text'; reasoning: boolean; visible: boolean }
  | { type: 'model'; id: string }
  /** What the server calls this answer. */
  | { type: 'id'; id: string }
  /** The provider's own word for why it ended; `meaning`: ours for it, where the protocol knows. */
  | { type: 'finish'; reason: string; meaning?: FinishReason }
  /**
   * Token counts, verbatim but bounded; cumulative, so the last one counts. `usage`: in our words, where those of
   * convert-usage.ts are not the provider's.
   */
  | { type: 'usage'; raw: Record<string, unknown>; usage?: ReportedUsage }
  /** What the provider wants back with the text that has just been passed on. */
  | Extract<ProviderPart, { type: 'opaque' }>
  /** Something of the request was not taken as it was meant; `said`: why, in the words of whoever knows. */
  | { type: 'not-taken'; feature: string; said?: string }
  /** Text came under a name that nobody here reads, in a chunk in which nothing else was read. */
  | { type: 'unread'; name: string; text: string }
  /** How much of the prompt the server has read, where it tells. */
  | { type: 'prompt-progress'; progress: PromptProgress }
  /** llama.cpp's own timings. */
  | { type: 'timings'; raw: Record<string, unknown> }
  /** `[DONE]` */
  | { type: 'done' }
  | { type: 'error'; error: UpstreamError }
  /** `shape`: mended without loss. `event`: could not be read and was left out. `whole`: came in one piece, not as a stream. */
  | { type: 'repaired'; what: 'shape' | 'event' | 'whole' }
  /** A limit was passed; reading stops here. */
  | { type: 'too-large'; what: 'line' | 'answer' }
  /** The body was no stream of events; `text` is how it begins. */
  | { type: 'not-a-stream'; text: string }
  /** The connection broke while the body was read. */
  | { type: 'reset' };

/** Bounds of what is read; lengths in bytes of UTF-8, lines in UTF-16 units. */
export interface StreamSizes {
  maxLine: number;
  maxAnswer: number;
}

export const defaultSizes: StreamSizes = { maxLine: 1024 * 1024, maxAnswer: 4 * 1024 * 1024 };

export interface StreamNormalizer {
  /** Takes what one read brought, and writes its text in as few parts as its order allows, at once. */
  push(bytes: Uint8Array): void;
  /** The body is over, properly or not; writes the rest. */
  end(how: 'eof' | 'reset'): void;
  /** Nothing further is read: `[DONE]`, an error or a limit has passed. */
  readonly finished: boolean;
}

/** Where text goes. `events`: the lengths of the stream's events that it came in, in UTF-16 units. */
export type WriteText = (
  part: Extract<ProviderPart, { type: 'reasoning' | 'content' }>,
  events?: readonly number[],
) => void;
