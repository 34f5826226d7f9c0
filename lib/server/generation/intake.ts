import { setTimeout as delay } from 'node:timers/promises';
import { cutInOf } from '../../continuation.ts';
import { causeOf, type GenerationError } from '../../errors.ts';
import { type Guard, isGuarded } from '../../guard.ts';
import type { ModelRequest, ProviderPart, TokenLikelihood, Waiting } from '../../model.ts';
import { withoutImages } from '../../prompts/attachments.ts';
import type { Notice } from '../../notice.ts';
import type { RawField, RawPiece } from '../../raw-text.ts';
import { RepetitionDetector } from '../../reasoning/repetition.ts';
import { ReasoningSplitter, type SplitterDelta, type SplitterOptions } from '@thinkglass/splitter';
import {
  applyStreamParts,
  emptyMessageState,
  type FinishReason,
  type MessageState,
  type SplitEvent,
  type StreamPart,
  textOfKind,
} from '../../stream-part.ts';
import { type Timeline, TimelineRecorder } from '../../timeline.ts';
import { type CountedEvents, estimateTokens, type ReportedUsage, type ServerTimes, type Usage } from '../../usage.ts';
import { MessageCount } from '../tokenizer/message-count.ts';
import type { TokenCounter } from '../tokenizer/token-counter.ts';
import { EchoRemover } from './echo.ts';
import type { Cut, Ending } from './ending.ts';
import { EventCount } from './event-count.ts';
import { GuardWatch } from './guard-watch.ts';
import { type BegunAnswer, judgeBeginning } from './judge-beginning.ts';
import { createPhaseClock } from './phase-clock.ts';
import { WholeCharacters } from './whole-characters.ts';

/** How sure a text's tokens were: the sum of their log-probabilities, and how many they are. */
export interface Likelihood {
  sum: number;
  tokens: number;
}

/** How an answer began that is gone on with. */
export interface Beginning {
  /** Its exact text, split as it was: so the splitter stands where it stood. */
  pieces: readonly RawPiece[];
  /** What goes on is the answer, though the server may take it for thinking and put it into that field. */
  asContent?: boolean;
  /** What its end is judged by, besides what comes. */
  judged?: Pick<BegunAnswer, 'claim' | 'prompt' | 'givenTokens'>;
}

export interface IntakeOptions {
  request: ModelRequest;
  splitter: SplitterOptions;
  /** The answer's beginning, which the model goes on with. It is told at once; its tokens are not this generation's. */
  begun?: Beginning;
  /** Monotonic milliseconds since the generation was queued. */
  now: () => number;
  emit: (parts: StreamPart[]) => void;
  /** Told each piece of the model's text exactly as it came, before what it means. */
  heard?: (field: RawField, text: string) => void;
  /** Told how the thinking can be ended while it streams; of each attempt anew. */
  onSteerable?: (endThinking: () => Promise<boolean>) => void;
  /** Where it is to end by itself. */
  guard?: Guard;
  /** Counts what the provider does not, for a model whose vocabulary we have. */
  counter?: TokenCounter;
}

/** How much of the prompt is read is not told more often than this, in ms. */
const readEveryMs = 200;
/** How long thinking may still be on its way that was ended, in ms; and how often more of it may come after that. */
const onItsWayMs = 100;
const mostGrowth = 5;

/** What is told when an answer was asked for in the middle of the thinking, and the same stream brings it. */
export const thinkingEndedInStream: Notice = { code: 'answer-now', facts: { recording: false, inStream: true } };

type Mark = Extract<ProviderPart, { type: 'opaque' }>;

/** Turns what a provider says of one answer into stream parts, and keeps what else it says until the end. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #splitter: ReasoningSplitter;
  readonly #characters = new WholeCharacters();
  readonly #clock = createPhaseClock();
  readonly #recorder = new TimelineRecorder();
  readonly #repetition = new RepetitionDetector();
  readonly #count: MessageCount | undefined;
  readonly #events = new EventCount();
  readonly #guard: GuardWatch | undefined;
  #state: MessageState = emptyMessageState;
  /** Marks that came before any text. */
  readonly #early: Mark[] = [];
  /** When it was last told how much of the prompt is read. */
  #readAt = Number.NEGATIVE_INFINITY;
  /** The texts of the beginning, by kind. */
  #begun: Record<'reasoning' | 'answer', string> = { reasoning: '', answer: '' };
  /** Where there is a beginning: what of it is said again. */
  #echo: EchoRemover | undefined;
  #isOver = false;

  /** What the provider reported, and as it said it; of the attempt that is under way. */
  reported: ReportedUsage | undefined;
  usageRaw: unknown;
  serverTimes: ServerTimes | undefined;
  likelihood: Likelihood | undefined;
  /** What its server told with the last of the text. */
  timings: Readonly<Record<string, unknown>> | undefined;
  answeredModel: string | undefined;
  /** The request as it was sent. */
  sent: { url: string; body: string } | undefined;
  /** What was seen of the end. */
  said: { reason: FinishReason; rawReason?: string } | undefined;
  error: GenerationError | undefined;
  cut: Cut | undefined;

  constructor(options: IntakeOptions) {
    const { vocabulary } = options.request.model;
    this.#options = options;
    this.#splitter = new ReasoningSplitter(options.splitter);
    this.#guard = guardOf(options);
    this.#count = options.counter && vocabulary ? new MessageCount(options.counter, vocabulary) : undefined;
  }

  /** Tells the beginning, where there is one. To be called first. */
  begin(): void {
    const { begun, heard } = this.#options;
    for (const { field, text } of begun?.pieces ?? []) {
      heard?.(field, text);
      this.#events.begin(field, text);
      this.#emit(this.#split(this.#characters.push(field, text)));
    }
    this.#begun = { reasoning: this.#textOf('reasoning'), answer: this.#textOf('answer') };
    if (begun) this.#echo = new EchoRemover({ pieces: begun.pieces, ...this.#begun });
    this.#guard?.begin(this.#state.segments);
  }

  get state(): MessageState {
    return this.#state;
  }

  get count(): MessageCount | undefined {
    return this.#count;
  }

  /** The events in which it came, once `endText` has been called; undefined where they cannot be told apart. */
  countedEvents(): CountedEvents | undefined {
    return this.#events.finish(this.#state.segments);
  }

  /** The model's own text of a kind, without the beginning that it went on with. */
  newTextOf(kind: 'reasoning' | 'answer'): string {
    const text = this.#textOf(kind);
    const beginning = this.#begun[kind];
    // All of it where the beginning is not there any more as it was.
    return text.startsWith(beginning) ? text.slice(beginning.length) : text;
  }

  take(part: ProviderPart): void {
    const { request, now } = this.#options;
    switch (part.type) {
      case 'request':
        this.sent = { url: part.url, body: withoutImages(part.body, request.messages) };
        return;
      case 'first-byte':
        this.#clock.markFirstByte(now());
        return;
      case 'waiting':
        this.#takeWaiting(part);
        return;
      case 'reasoning':
      case 'content':
        if (part.timings) this.timings = part.timings;
        if (part.logprobs) this.likelihood = addLikelihood(this.likelihood, part.logprobs);
        this.#takeText(part.type, part.text, part.events);
        return;
      case 'opaque':
        this.#takeMark(part);
        return;
      case 'usage':
        this.reported = part.usage; // the last one wins: providers repeat it cumulatively
        this.usageRaw = part.raw;
        this.serverTimes = part.times;
        return;
      case 'model':
        this.answeredModel = part.id;
        return;
      case 'steerable':
        this.#options.onSteerable?.(async () => {
          const isEnded = (await part.endThinking()) && (await this.#seesAnswer());
          if (isEnded && !this.#isOver) this.#notice(thinkingEndedInStream);
          return isEnded;
        });
        return;
      case 'notice':
        this.#notice(part.notice);
        return;
      case 'retry':
        this.#takeRetry(part);
        return;
      case 'finish':
        this.said = { reason: part.reason, ...(part.rawReason !== undefined && { rawReason: part.rawReason }) };
        return;
      case 'error':
        this.error = part.error;
        return;
    }
  }

  /** Lets the splitter tell what it still holds. */
  endText(ending: Ending): { complete: boolean; reclassified: boolean } {
    const isBroken = ending.forSplitter === 'abort' || ending.forSplitter === 'error';
    for (const { field, text } of this.#echo?.end(isBroken) ?? []) this.#takeNews(field, text);
    const held = this.#split(this.#characters.end());
    this.#emitText([...held, ...this.#splitter.end(ending.forSplitter)]);
    const { complete, flags } = this.#splitter.result();
    return { complete, reclassified: flags.reclassified > 0 };
  }

  /** The last of its parts, with the tokens; answers with how they came. */
  end(endedAt: number, usage: Usage | undefined, error: GenerationError | undefined): Timeline | undefined {
    this.#isOver = true;
    if (usage) this.#emit([{ type: 'usage', usage }]);
    this.#judgeBeginning(error);
    if (error) this.#emit([{ type: 'error', error }]);
    const { model } = this.#options.request;
    if (this.answeredModel !== undefined && !isSameModel(model.id, this.answeredModel) && !model.recording) {
      this.#notice({ code: 'model-differs', facts: { asked: model.id, answered: this.answeredModel } });
    }
    const timeline = usage && this.#recorder.finish(endedAt, this.#state.segments, usage);
    this.#state = { ...this.#state, times: this.#clock.end(endedAt) };
    return timeline;
  }

  /** What was claimed of a beginning is told when the server's count is there; nothing of one that was never heard. */
  #judgeBeginning(error: GenerationError | undefined): void {
    const { judged } = this.#options.begun ?? {};
    if (!judged || error) return;
    const thoughtOn = this.newTextOf('reasoning').trim() !== '';
    for (const notice of judgeBeginning({ ...judged, promptTokens: this.reported?.promptTokens, thoughtOn })) {
      this.#notice(notice);
    }
  }

  /**
   * Whether the answer comes, after a server said that it ended the thinking: some say so and go on. What was on its way
   * is not held against them, nor is silence.
   */
  async #seesAnswer(): Promise<boolean> {
    await delay(onItsWayMs);
    const isAnswering = () => cutInOf(this.#state.segments) === 'answer';
    let length = this.#textOf('reasoning').length;
    for (let grown = 0; !this.#isOver && grown < mostGrowth; ) {
      if (isAnswering()) return true;
      await delay(onItsWayMs);
      const now = this.#textOf('reasoning').length;
      if (now > length) grown++;
      length = now;
    }
    return isAnswering();
  }

  #takeWaiting(waiting: Waiting): void {
    const { segments, phase, progress } = this.#state;
    const at = this.#options.now();
    if (segments.length > 0) return;
    const state = { type: 'state', phase: waiting.reason, times: this.#clock.times(), at } as const;
    if (waiting.reason !== 'reading') {
      if (phase !== waiting.reason) this.#emit([state]);
    } else if (progress?.read !== waiting.progress.read && at - this.#readAt >= readEveryMs) {
      this.#readAt = at;
      this.#emit([{ ...state, progress: waiting.progress }]);
    }
  }

  #takeText(field: RawField, text: string, lengths: readonly number[] | undefined): void {
    if (!this.#echo) return this.#takeNews(field, text, lengths);
    const news = this.#echo.push(this.#options.begun?.asContent ? 'content' : field, text);
    for (const piece of news) this.#takeNews(piece.field, piece.text, lengths);
  }

  #takeNews(field: RawField, text: string, lengths?: readonly number[]): void {
    this.#options.heard?.(field, text);
    this.#events.take(field, text, lengths);
    const events = this.#split(this.#characters.push(field, text));
    this.#emitText(events);
    if (this.#early.length > 0 && this.#state.segments.length > 0) {
      for (const mark of this.#early.splice(0)) this.#setMark(mark, { seg: 0, at: 0 });
    }
    // Only the splitter's completion mode discards, and then all the rest: nothing more is worth paying for.
    if (events.some((event) => event.type === 'delta' && event.kind === 'discarded')) {
      this.cut = 'turn-cut';
      this.#notice({ code: 'turn-cut', facts: {} });
    } else if (this.#repetition.push(text)) {
      const { completion } = this.#options.request;
      if (completion) this.cut = 'repeating';
      this.#notice({ code: 'repeating', facts: { stopped: completion !== undefined } });
    }
  }

  /** Sets a mark where the text stands now. */
  #takeMark(mark: Mark): void {
    this.#emitText(this.#split(this.#characters.end()));
    const { segments } = this.#state;
    const seg = segments.length - 1;
    if (seg < 0) this.#early.push(mark);
    else this.#setMark(mark, { seg, at: segments[seg]?.text.length ?? 0 });
  }

  #setMark({ kind, protocol, text, data }: Mark, { seg, at }: { seg: number; at: number }): void {
    this.#emit([{ type: 'opaque', seg, protocol, mark: { at, kind, text, data } }]);
  }

  /** What the attempt that failed said about itself is not about the next one. */
  #takeRetry({ error, attempt, waitMs }: Extract<ProviderPart, { type: 'retry' }>): void {
    this.reported = undefined;
    this.usageRaw = undefined;
    this.serverTimes = undefined;
    this.likelihood = undefined;
    this.answeredModel = undefined;
    const until = this.#options.now() + waitMs;
    this.#notice({ code: 'retrying', facts: { error: causeOf(error), attempt: attempt + 1, waitMs, until } });
  }

  #notice(notice: Notice): void {
    this.#emit([{ type: 'notice', notice }]);
  }

  #emit(parts: StreamPart[]): void {
    if (parts.length === 0) return;
    this.#state = applyStreamParts(this.#state, parts);
    this.#options.emit(parts);
  }

  /** Text first, then what it changed about the phase. */
  #emitText(events: SplitEvent[]): void {
    if (events.length === 0) return;
    const at = this.#options.now();
    const phase = this.#clock.advance(events, at);
    this.#emit(phase ? [...events, { type: 'state', ...phase, at }] : events);
    this.#count?.take(events, this.#state.segments);
    this.#recorder.take(events, at, this.#state.segments);
    // Of an answer that is gone on with, only what is new is counted: that is no beginning of a segment.
    const seg = events.at(-1)?.seg;
    const news = seg === undefined || this.#options.begun ? undefined : this.#count?.newsOf(seg);
    if (seg !== undefined && news) this.#emit([{ type: 'count', seg, ...news }]);
    const reached =
      this.cut === undefined && !this.#isOver ? this.#guard?.take(events, this.#state.segments, news) : undefined;
    if (!reached) return;
    this.cut = 'guard';
    this.#notice(reached);
  }

  #split(texts: readonly RawPiece[]): SplitEvent[] {
    const [only] = texts;
    if (only && texts.length === 1) return this.#splitter.push(deltaOf(only));
    return texts.flatMap((piece) => this.#splitter.push(deltaOf(piece)));
  }

  #textOf(kind: 'reasoning' | 'answer'): string {
    return textOfKind(this.#state.segments, kind);
  }
}

/** Both names by hand: a computed one costs more than the splitting of a token. */
function deltaOf({ field, text }: RawPiece): SplitterDelta {
  return field === 'content' ? { content: text } : { reasoning: text };
}

function addLikelihood(
  { sum, tokens }: Likelihood = { sum: 0, tokens: 0 },
  news: readonly TokenLikelihood[],
): Likelihood {
  return { sum: news.reduce((total, { logprob }) => total + logprob, sum), tokens: tokens + news.length };
}

function guardOf({ guard, request }: IntakeOptions): GuardWatch | undefined {
  if (!isGuarded(guard)) return undefined;
  const { messages, completion, model } = request;
  const sent = [completion?.prompt ?? '', ...messages.map(({ content }) => content)];
  const promptTokens = sent.reduce((sum, text) => sum + estimateTokens(text), 0);
  return new GuardWatch({ guard, price: model.price, promptTokens });
}

/** Whether two ids name one model: servers add the revision they serve, or the tag that is meant without one. */
function isSameModel(asked: string, answered: string): boolean {
  const bare = (id: string) => id.replace(/@[\w./-]+$/, '').replace(/:latest$/, '');
  return bare(asked) === bare(answered);
}
