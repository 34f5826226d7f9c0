import type { ImageType } from './attachment.ts';
import type { SignedBlocks } from './opaque.ts';
import type { FinishReason, PromptProgress } from './stream-part.ts';
import type { ReportedUsage, ServerTimes } from './usage.ts';
import type { ErrorCause, GenerationError } from './errors.ts';
import type { Notice } from './notice.ts';
import type { Price } from './price.ts';
import type { PullEvent } from './pull.ts';

/** How a model's thinking arrives, and what the app may assume about it. Data on the model, never guessed from its name. */
export interface ReasoningFormat {
  /**
   * `field`: in a field of its own (either name). `inline`: between tags in the text. `hidden`: only its token count is told.
   * `none`: it does not think. A hint: both fields and the tags are read whatever this says.
   */
  transport: 'field' | 'inline' | 'hidden' | 'none';
  /** The splitter's option: `true` when the prompt template already wrote the opening tag. */
  startsInReasoning: 'auto' | boolean;
  /** Whether the answer is expected between `<answer>` tags (R1-Zero). */
  answerTags?: boolean;
  /** Tags of its own around the thinking, such as `[THINK]` and `[/THINK]`; the usual ones are understood beside them. */
  thinkTags?: [open: string, close: string];
  /** Nobody has told how it thinks, or whether at all: an answer without thinking is then no fault. */
  isAssumed?: true;
  /** It was assumed, and has been seen to think since. */
  isSeen?: true;
}

/** What of a past turn's thinking may be sent back: never, always, or it must be (tool turns of DeepSeek V4). */
export type HistoryPolicy = 'strip' | 'keep' | 'required';

/**
 * Which prompt is made of a conversation: chat messages; R1-Zero's training template as one user message; the same as the
 * text of a raw completion, as it was trained; a text written by hand, as a raw completion.
 */
export const promptTemplateIds = ['chat', 'r1-zero', 'r1-zero-raw', 'raw'] as const;
export type PromptTemplateId = (typeof promptTemplateIds)[number];

/** The vocabularies whose tokens can be counted here: DeepSeek's V3 and R1, Alibaba's Qwen 2.5 and 3 with the distills on them. */
export const vocabularyIds = ['deepseek-v3', 'qwen3'] as const;
export type VocabularyId = (typeof vocabularyIds)[number];

export interface ModelInfo {
  /** Unique within its provider; differs from `id` where one wire id is offered twice (thinking on and off). */
  key: string;
  /** What is sent as `model`. */
  id: string;
  providerId: string;
  label: string;
  reasoning: ReasoningFormat;
  history: HistoryPolicy;
  promptTemplate: PromptTemplateId;
  /** Sampling its makers advise; sent when the thread sets nothing else. */
  advice: { temperature?: number; topP?: number; maxTokens?: number; systemPrompt: 'ok' | 'avoid' };
  limits: {
    contextTokens?: number;
    /** The context is the window that its server gives it now; absent: what the model could have at most. */
    contextFrom?: 'server';
    outputTokens?: number;
  };
  /** What it makes of parameters, where that is not simply to take them. */
  parameters?: ModelParameters;
  price?: Price;
  /** Undefined when we do not have it: its tokens are estimated then. */
  vocabulary?: VocabularyId;
  /** Who may answer, where a router chooses among several; absent where there is no choice. */
  routes?: ModelRoute[];
  /** The role under which it takes a system prompt; `system` when absent. */
  systemRole?: 'developer';
  /** A question may bring pictures; absent where it takes none, or nobody knows. */
  takesImages?: true;
  /** How its server takes the beginning of an answer that it is to go on with; absent where it cannot, or nobody knows. */
  continuation?: ContinuationStyle;
  /** Where it is, at a server that loads models when they are asked; absent where that is not told. */
  memory?: ModelMemory;
  /** The server behind the gateway that offers it, by the id of its preset: that one is spoken to. */
  behind?: string;
  /** Body fields this model needs, copied as they are (`thinking`, `reasoning`, `chat_template_kwargs`). */
  requestExtras: Record<string, unknown>;
  /** All that it can be asked: such a model is offered, never chosen for somebody. */
  knows?: 'puzzles';
  /** True for a recording replayed by us; it is labelled wherever it appears. */
  recording: boolean;
  /** One line for the picker, if there is something to know. */
  note?: string;
}

/** Whether a model is in its server's memory, as last seen. `until`: epoch ms; absent for good, or where nobody tells. */
export interface ModelMemory {
  state: 'loaded' | 'loading' | 'unloaded' | 'asleep' | 'failed';
  until?: number;
}

/** One way through a router: a provider, or a rule by which it chooses one. */
export interface ModelRoute {
  /** What is put behind the model's id, after a colon. */
  id: string;
  label: string;
  /** A rule, not a provider: what it costs depends on whom it chooses. */
  isPolicy?: true;
  price?: Price;
  contextTokens?: number;
}

/** How a provider is doing, as last seen. */
export type ProviderStatus =
  | { state: 'ready'; models: number }
  | { state: 'needs-key'; envKey: string }
  /**
   * It cannot answer at once: it loads its model, has put it away until the next question, wants another key, or was not
   * reached. Its models are those it last had. `since`: epoch ms of the first look that found it so.
   */
  | { state: UnreadyState; reason: ErrorCause; since: number }
  | { state: 'gone'; reason: ErrorCause };

export type UnreadyState = 'loading' | 'asleep' | 'locked' | 'unreachable';

export interface ProviderInfo {
  id: string;
  label: string;
  kind: 'hosted' | 'local' | 'custom' | 'inside' | 'replay';
  status: ProviderStatus;
  /** It can be asked how likely each token of an answer was. */
  tellsLikelihoods?: true;
}

/** A provider with its models, as the picker shows it. */
export interface ProviderModels {
  provider: ProviderInfo;
  models: ModelInfo[];
}

/** Names one model of one provider. */
export interface ModelRef {
  providerId: string;
  modelKey: string;
}

export interface Sampling {
  temperature?: number;
  topP?: number;
  maxTokens?: number;
  seed?: number;
  stop?: string[];
  /** The provider's own word for it (low, medium, high, max). */
  effort?: string;
  /** Tokens it may think; instead of an effort. */
  thinkingBudget?: number;
  /** The id of one of the model's routes. */
  route?: string;
  topK?: number;
  minP?: number;
  repeatPenalty?: number;
  /** The window a local server gives the model, in tokens. */
  numCtx?: number;
  /** How long the server keeps the model in memory afterwards, in seconds; -1: for good. */
  keepAlive?: number;
}

export type ParameterName = keyof Sampling;

/** Parameters that only some servers understand, each under a name of its own. */
export type DialName = 'topK' | 'minP' | 'repeatPenalty' | 'numCtx' | 'keepAlive';

/** What a model, at its provider, makes of the parameters of a request. */
export interface ModelParameters {
  /** Accepted, and then nothing is done with them. */
  ignored?: ParameterName[];
  /** A request that has one of them is refused. */
  refused?: ParameterName[];
  /** Its words for how hard to think, least first; absent where no such dial is known. */
  efforts?: string[];
  /** Its thinking can be held to a number of tokens, this many at least. */
  thinkingBudget?: {
    min: number;
    /** Names under which it is sent, instead of the protocol's; a dot goes into an object. */
    fields?: string[];
    /** Its server takes it only if it was started for that (vLLM's `--reasoning-config`). */
    needsSetup?: true;
  };
  /** Dials it understands, each by the name it has for it; the others are not sent. */
  dials?: Partial<Record<DialName, string>>;
}

/** A chat message as a provider takes it. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
  /** Past thinking, only where the history policy sends it. */
  reasoning?: string;
  /** The answer cut as its provider gave it, with what it wants back; only where the history policy sends thinking. */
  signed?: SignedBlocks;
  /** Pictures that come with a question. */
  images?: ChatImage[];
}

export interface ChatImage {
  mediaType: ImageType;
  /** Base64. */
  data: string;
}

/** The ways in which servers take the beginning of an answer; lib/continuation.ts tells what each can do. */
export type ContinuationStyle =
  | 'assistant-prefix'
  | 'final-message'
  | 'after-prompt'
  | 'last-message'
  | 'thought-in-field'
  | 'thinking-and-content'
  | 'rendered'
  | 'recording';

/** The beginning of an answer, which the model is to go on with. */
export interface AnswerPrefix {
  reasoning: string;
  /** Whether the thinking is over, even if nothing of the answer is there yet. */
  thoughtOver: boolean;
  answer: string;
  /** All of it as the model wrote it, tags included; absent where some came in a field of its own, without them. */
  exact?: string;
}

/** The text a base model is to continue, byte for byte, and where it is to stop. */
export interface CompletionPrompt {
  prompt: string;
  /** All stop strings that are sent; those of the sampling are among them. */
  stop: string[];
  /** The text ends in the beginning of the answer. */
  goesOn?: true;
  /** Those that the text names, where a server takes any. */
  images?: ChatImage[];
}

/** What the adapter of a provider is asked. */
export interface ModelRequest {
  model: ModelInfo;
  messages: ChatMessage[];
  /** A raw completion: exactly this text goes to `/completions`, and `messages` is empty. */
  completion?: CompletionPrompt;
  /** A chat: goes behind the messages, in the way of the model's `continuation`. */
  prefix?: AnswerPrefix;
  sampling: Sampling;
  /** With each token how likely it was, and so many of the likeliest in its place; told by the models inside alone. */
  logprobs?: number;
  /** Nobody reads along: a model that runs here need not keep a readable pace. */
  unpaced?: true;
  /** Aborting closes the upstream connection at once. */
  signal: AbortSignal;
  /**
   * Takes a part the moment it comes. An adapter may tell any of its parts here instead of yielding them, in their order:
   * a token that goes through no iterator is told with half as many promises.
   */
  hear?: (part: ProviderPart) => void;
}

/**
 * What a model is waited for with: the server says that it loads it, or has us in a queue; it has taken the question and says
 * nothing (`in-line`), or has not said anything yet (`first-token`); or it tells how much of the prompt it has read.
 */
export type Waiting =
  | { reason: 'loading' | 'queued' | 'first-token' | 'in-line' }
  | { reason: 'reading'; progress: PromptProgress };

/** How likely a token was, as the natural logarithm of its probability, and what else was likely in its place. */
export interface TokenLikelihood {
  text: string;
  logprob: number;
  /** Likeliest first. */
  top: readonly { text: string; logprob: number }[];
}

/** A text, and what its model was asked for it, as that went over the wire. */
export interface AskedText {
  body: string;
  text: string;
}

/** What is known of a text beside it. */
interface TextFacts {
  /** The lengths of the events that it came in, in UTF-16 units; absent where it came in one. */
  events?: readonly number[];
  /** What its server's clock and count showed with it, in the server's words; absent where it does not tell so soon. */
  timings?: Readonly<Record<string, unknown>>;
  /** Of each of its tokens, where that was asked for; the token that ends a text is among them. */
  logprobs?: readonly TokenLikelihood[];
}

/** What the adapter of a provider yields: theirs, converted to ours, before the splitter. */
export type ProviderPart =
  /** The exact body that was sent (no headers, so no key); first of all parts, once per attempt. */
  | { type: 'request'; url: string; body: string }
  /** The response's first byte has arrived. */
  | { type: 'first-byte' }
  /** What is known of the time before the first word. */
  | ({ type: 'waiting' } & Waiting)
  | ({ type: 'reasoning'; text: string } & TextFacts)
  | ({ type: 'content'; text: string } & TextFacts)
  /** What the provider wants back with the text that has just come, which is `text`. */
  | { type: 'opaque'; kind: 'reasoning' | 'answer'; text: string; protocol: string; data: unknown }
  | { type: 'usage'; usage: ReportedUsage; raw: unknown; times?: ServerTimes }
  /** The model that says it answers. */
  | { type: 'model'; id: string }
  /** While it streams, its thinking can be ended by a word to the server; false: the server did not take it. */
  | { type: 'steerable'; endThinking: () => Promise<boolean> }
  /** Something that a reader should know, such as what was mended or left out on the way. */
  | { type: 'notice'; notice: Notice }
  /** An attempt failed before its first token and another follows after `waitMs`. */
  | { type: 'retry'; error: GenerationError; attempt: number; waitMs: number }
  /** At most one of `finish` and `error` ends the iteration; an aborted one just ends. */
  | { type: 'finish'; reason: FinishReason; rawReason?: string }
  | { type: 'error'; error: GenerationError };

/** A request as it goes over the wire. */
export interface Sent {
  url: string;
  body: string;
}

/** A provider that can be asked. Its iteration never throws for what the provider did: that is an `error` part. */
export interface ProviderAdapter {
  ask(request: ModelRequest): AsyncIterable<ProviderPart>;
  /** What asking would send, without sending it: no headers, so no key. Absent where nothing would be sent. */
  preview?(request: Omit<ModelRequest, 'signal'>): Sent | Promise<Sent>;
  /**
   * How likely each token of a text of this model was where it stands, with the likeliest in its place. Absent where its
   * server cannot be asked that. @throws AppError where the text cannot be read so
   */
  findLikelihoods?(model: ModelInfo, asked: AskedText, signal: AbortSignal): Promise<TokenLikelihood[]>;
  /**
   * In which way this model's server takes the beginning of an answer, as it says itself; what is known of it when absent.
   * It may have to load the model.
   */
  findContinuation?(model: ModelInfo): Promise<ContinuationStyle | undefined>;
  /**
   * Has the server fetch a model it does not have; absent where it cannot. Aborting cancels; what has come is kept by the
   * server for the next time.
   */
  pull?(model: string, signal: AbortSignal): AsyncIterable<PullEvent>;
  /**
   * Has the server load a model into its memory, or put it away; absent where it cannot be told. Resolves with what went
   * wrong, never throws.
   */
  setLoaded?(model: ModelInfo, isLoaded: boolean, signal: AbortSignal): Promise<GenerationError | undefined>;
}
