import type { Attachment } from './attachment.ts';
import type { Guard } from './guard.ts';
import type { HistoryPolicy, ModelRef, PromptTemplateId, Sampling } from './model.ts';
import type { Finish, MessageState, Phase, PhaseTimes, Segment } from './stream-part.ts';
import type { GenerationError } from './errors.ts';
import type { Notice } from './notice.ts';
import type { Health } from './health.ts';
import type { Usage } from './usage.ts';

/** What a person opens, names and deletes; it holds one or more threads. */
export interface Conversation {
  id: string;
  title: string;
  /** Epoch ms. */
  createdAt: number;
  /** Epoch ms of the last question. */
  updatedAt: number;
  /** More than one make it a comparison. */
  threadCount: number;
  /** Epoch ms; absent: it is not. */
  pinnedAt?: number;
  archivedAt?: number;
  /** Told in lists; absent where nothing was answered, and where it is not asked for. */
  answered?: Answered;
}

/** Who answered in a conversation and what the thinking took, by which its like can be told from it. */
export interface Answered {
  /** Labels of its models, the one that was asked last first. */
  models: readonly string[];
  /** Of all its answers; absent where none is counted. */
  thinkingTokens?: number;
}

/** What is told of a conversation by its answers: models by the moment they were asked last, tokens added up. */
export function answeredOf(
  answers: readonly { model: string; askedAt: number; thinkingTokens?: number | undefined }[],
): Answered | undefined {
  if (answers.length === 0) return undefined;
  const askedAt = new Map<string, number>();
  for (const { model, askedAt: at } of answers) askedAt.set(model, Math.max(at, askedAt.get(model) ?? 0));
  const models = [...askedAt].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([model]) => model);
  const counted = answers.flatMap(({ thinkingTokens }) => thinkingTokens ?? []);
  return { models, ...(counted.length > 0 && { thinkingTokens: counted.reduce((sum, tokens) => sum + tokens, 0) }) };
}

/** A comparison has at most this many columns. */
export const maxThreads = 6;

/** The settings of one column. */
export interface ThreadSettings {
  model: ModelRef;
  systemPrompt?: string;
  /** Undefined: the model's own. */
  promptTemplate?: PromptTemplateId;
  /** For the template `raw`: the text written by hand, with variables such as `{{question}}`. */
  rawPrompt?: string;
  /** For the template `r1-zero-raw`: the prompt ends `Assistant: <think>`, not `Assistant:`. */
  opensThinking?: boolean;
  /** What of past thinking is sent back; undefined: as the model has it. A model that requires it back gets it anyway. */
  history?: Exclude<HistoryPolicy, 'required'>;
  /** Only so many of the latest turns go with a question; undefined: all. */
  recentTurns?: number;
  /** Where each answer ends by itself. */
  guard?: Guard;
  sampling: Sampling;
}

/** One column of a conversation: one model with its settings and its own tree of messages. */
export interface Thread {
  id: string;
  conversationId: string;
  /** Place among the conversation's threads, from 0. */
  position: number;
  settings: ThreadSettings;
  /** The last message of the branch that was looked at last; absent: the newest one. */
  leafId?: string;
}

/** A thread with the messages in it. */
export interface ThreadDetail extends Thread {
  messages: Message[];
}

/**
 * Where a new thread takes its messages from: the path from the root of a thread to one of its messages, as far as it is
 * answered to the end.
 */
export interface PathCopy {
  threadId: string;
  leafId: string;
}

/** A node of a thread's tree. An answer's generation has the id of the answer. */
export interface Message {
  id: string;
  threadId: string;
  /** The node before it; null for a thread's first question. */
  parentId: string | null;
  role: 'user' | 'assistant';
  parts: Segment[];
  createdAt: number;
  /** What was attached to a question. */
  attachments?: Attachment[];
  generation?: Generation;
}

export type GenerationState = 'running' | Finish['outcome'];

/** One call of a model, as logged. Its id is the id of the answer it makes. */
export interface Generation {
  id: string;
  state: GenerationState;
  /** While it runs: where it is. */
  phase?: Phase;
  /** The model asked for. `modelId` is what went over the wire. */
  providerId: string;
  modelKey: string;
  modelId: string;
  /** Label of provider and model when it was asked, so that a removed provider still has a name. */
  providerLabel: string;
  modelLabel: string;
  recording: boolean;
  sampling: Sampling;
  /** Epoch ms when it was queued. */
  queuedAt: number;
  times: PhaseTimes;
  usage?: Usage;
  notices: Notice[];
  error?: GenerationError;
  finish?: Finish;
  /** Measured when it ended; absent while it runs, and for one that the server's end cut off. */
  health?: Health;
  /** The answer, to the same question, that this one goes on with: its text is the beginning of this one's, its tokens are not. */
  continues?: string;
  /** The generation whose answer this is a copy of; its tokens were spent there, not here. */
  copiedFrom?: string;
}

/** A conversation with all that is in it. */
export interface ConversationDetail extends Conversation {
  threads: Thread[];
  messages: Message[];
  /** Where the event stream stands: hand it to `/events?after=` to get exactly what is not in here yet. Undefined when nothing runs. */
  cursor?: string;
  /** Its beginning is left out: the first messages have parents that are not here. */
  cut?: true;
}

/** The state the reducer starts from when a message comes out of the store. */
export function messageStateOf(message: Pick<Message, 'parts' | 'generation'>): MessageState {
  const generation = message.generation;
  return {
    segments: message.parts,
    phase: generation?.state === 'running' ? (generation.phase ?? 'queued') : 'done',
    times: generation?.times ?? {},
    notices: generation?.notices ?? [],
    ...(generation?.usage && { usage: generation.usage }),
    ...(generation?.error && { error: generation.error }),
    ...(generation?.finish && { finish: generation.finish }),
    ...(generation?.health && { health: generation.health }),
  };
}

/** Whether a text has a character that can be seen: not only blanks, controls, joiners and turns of direction. */
export function isVisible(text: string): boolean {
  return /[^\p{Cc}\p{Cf}\p{Z}]/u.test(text);
}

/** A title made of a question: its first line, cut at a word, at most 60 characters. */
export function titleOfQuestion(question: string): string {
  const line = question.trim().replace(/\s+/g, ' ');
  const characters = Array.from(line);
  if (!isVisible(line)) return 'New chat';
  if (characters.length <= 60) return line;
  const cut = characters.slice(0, 60).join('');
  const atWord = cut.replace(/\s+\S*$/u, '');
  return `${atWord.length >= 30 ? atWord : cut}…`;
}
