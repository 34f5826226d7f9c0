import type { ErrorCause } from './errors.ts';
import type { NoFacts, Told } from './told.ts';

/** What is worth saying beside the text of an answer and is not an error, by code. */
export interface NoticeFacts {
  /** Events of the stream could not be read. */
  'events-left-out': { provider: string; count: number };
  /** It came whole, though a stream was asked for. */
  'in-one-piece': { provider: string };
  /** The server sent text under a name that is not known here; `text`: how it begins, kept beside the raw text. */
  'unread-text': { name: string; text: string };
  /** Its text was split by the marks of this family of models, which its name made us assume. */
  'split-assumed': { family: string };
  'answer-too-large': NoFacts;
  /** The provider leaves out the conversation's beginning, which has more tokens than its model takes. */
  'beginning-left-out': { provider: string; tokens: number; contextTokens: number };
  /** The same, seen from the counts: of about so many tokens it read so many; the first `unread` messages not at all. */
  'beginning-cut': { provider: string; read: number; tokens: number; unread: number; contextTokens?: number };
  /** Prompt and answer have more tokens than the window: what came first was forgotten on the way. */
  'window-slid': { provider: string; tokens: number; contextTokens: number };
  /** So many of the oldest turns were not sent, as it was wished. */
  'turns-left-out': { turns: number };
  /** It ended because the window was full, not by a limit. */
  'window-full': { promptTokens: number; contextTokens: number };
  /** Something of the request was not taken as it was meant; `said`: why, in the words of whoever knows. */
  'not-taken': { feature: string; said?: string };
  /** The model does not think in the way it was asked to. */
  'thinking-refused': { model: string };
  /** An attempt failed; the next one, counted from 1, begins at `until`, in ms since the generation was queued. */
  retrying: { error: ErrorCause; attempt: number; waitMs: number; until: number };
  'system-prompt-moved': NoFacts;
  'model-differs': { asked: string; answered: string };
  'turn-cut': NoFacts;
  repeating: { stopped: boolean };
  /** An answer ended in a loop, and is gone on with from before it: so many characters were left out. */
  'before-loop': { characters: number };
  /** The guard of its thread ended it: it had thought so many tokens; it had cost so many USD. */
  'guard-thinking': { limit: number };
  'guard-cost': { limit: number };
  /** The first of the names. */
  'unknown-variable': { names: string[] };
  'picture-left-out': { names: string[]; more: boolean };
  /** An answer is gone on with by a question; `thinkingSent`: its unfinished thinking went along. */
  continued: { thinkingSent: boolean };
  /** The thinking was ended by hand. */
  'answer-now': { recording: boolean /** The same stream went on. */; inStream?: true };
  /** By the server's count it did not read the beginning that it was given to go on with. */
  'beginning-unread': NoFacts;
  /** The thinking was to end, and went on. */
  'thought-on': NoFacts;
  /** A sentence as an older version or another program stored it, and the code it had there. */
  said: { text: string; was?: string };
}

/** Something worth saying beside the text that is not an error. */
export type Notice = Told<NoticeFacts>;
