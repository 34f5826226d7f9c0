import type { AttachedContent } from './attachment.ts';
import type { Generation, Message, ThreadSettings } from './conversation.ts';
import type { ErrorCause, GenerationError } from './errors.ts';
import type { RawPiece } from './raw-text.ts';
import type { Finish, Segment } from './stream-part.ts';
import type { Timeline } from './timeline.ts';

/** What a file of ours says it is; docs/export.md documents it. */
export const exportFormat = 'thinkglass';
export const exportVersion = 1;

/** Programs whose exports can be read, besides our own. */
export const foreignOrigins = [
  'chatgpt',
  'open-webui',
  'deepseek',
  'librechat',
  'lobehub',
  'claude',
  'chat-ui',
] as const;
export type ForeignOrigin = (typeof foreignOrigins)[number];

/** A file of conversations, all that is known of them. */
export interface ExportFile {
  format: typeof exportFormat;
  version: typeof exportVersion;
  /** Epoch ms. */
  exportedAt: number;
  conversations: ExportedConversation[];
}

/** A conversation as it is taken away, and as it is brought in: with all branches of all threads. */
export interface ExportedConversation {
  id: string;
  title: string;
  /** Epoch ms; so are all that end in `At`. */
  createdAt: number;
  updatedAt: number;
  /** Absent: it is not. */
  pinnedAt?: number;
  archivedAt?: number;
  /** Who made its title; absent: a person, so that nothing replaces it. */
  titleSource?: 'question' | 'model';
  /** In their order on the screen. */
  threads: ExportedThread[];
  /** In the order they were stored: a message comes after its parent. */
  messages: ExportedMessage[];
}

export interface ExportedThread {
  id: string;
  settings: ThreadSettings;
  /** The last message of the branch that was looked at last; absent: the newest one. */
  leafId?: string;
}

/** An answer has a generation, a question has none. */
export interface ExportedMessage extends Omit<Message, 'generation' | 'attachments'> {
  /** What was attached to a question, with what is in it: a text, or a picture in base64. */
  attachments?: Omit<AttachedContent, 'size'>[];
  generation?: ExportedGeneration;
}

/** A row of the token log; its id is the message's. It has ended: one that ran is taken away as interrupted. */
export interface ExportedGeneration extends Omit<Generation, 'id' | 'state' | 'phase' | 'error' | 'finish'> {
  finish: Finish;
  /** Without what could be run to mend it, which belongs to the machine it happened on. */
  error?: ErrorCause & Pick<GenerationError, 'kind' | 'detail' | 'status' | 'retryAfterSeconds'>;
  /** How its tokens came. */
  timeline?: Timeline;
  /** What the provider said about tokens, as it said it. */
  usageRaw?: unknown;
  /** What was sent. The address is without user, password, query and fragment; there are no headers, so no key. */
  request?: { url: string; body: string };
  /** The model's exact text; absent where it is not known. */
  raw?: RawPiece[];
  /** How it was filed before somebody filed it otherwise. */
  filedBefore?: Segment[];
  /** The program that it came from, when that was not this one. */
  origin?: ForeignOrigin;
}
