import { type Fence, firstVisible, LineContext } from './line-context.ts';
import { MarkFilter, type Marks } from './mark-filter.ts';
import { type Place, SegmentLog } from './segment-log.ts';
import type { PartKind, SplitEvent } from './split-event.ts';
import { TagLexer, type TagSpelling, type Token } from './tag-lexer.ts';

export type { Marks } from './mark-filter.ts';
export type { PartKind, SplitEvent } from './split-event.ts';

export interface SplitterOptions {
  /** `true`: the prompt ends in an opening tag. `false`: thinking is off. `auto` (default): unknown. */
  startsInReasoning?: 'auto' | boolean;
  /** Default `<think>` and `</think>`. `<name>` is read as markup (any letter case, attributes), anything else as it stands. */
  thinkTags?: Array<[open: string, close: string]>;
  /** Default `<answer>` and `</answer>`; false: these are ordinary text. */
  answerTags?: [open: string, close: string] | false;
  /** Where an opening tag counts: default at the start of a line; `anywhere` for servers that glue it to text. */
  openers?: 'line-start' | 'anywhere';
  /** For raw completions: labels of turns, so that an invented user turn can be put aside. Default false. */
  completion?: boolean | { user: string[]; assistant: string[] };
  /** Control tokens that are no text. Default: what the common templates end a turn with, at the end only. */
  marks?: Marks;
}

/** Why the stream ended; null when nobody said. */
export type Finish = 'stop' | 'length' | 'abort' | 'error' | null;

/** A piece of the stream; when both are given, `reasoning` came first. */
export interface SplitterDelta {
  content?: string | null;
  /** From the server's own field for thinking, whatever it calls it. */
  reasoning?: string | null;
}

export interface SplitResult {
  /** Without the empty ones, in order. */
  segments: Array<[PartKind, string]>;
  /** The segments of a kind, joined with a blank line; so too `answer` and `discarded`. */
  reasoning: string;
  answer: string;
  discarded: string;
  /** Whether the text came to its own end; false as long as the stream runs. */
  complete: boolean;
  flags: {
    /** Number of `reclassify` events. In mode `auto`, more than 0 says: pass `startsInReasoning: true` next time. */
    reclassified: number;
    /** An answer was found inside the thinking only at the end. */
    rescued: boolean;
    /** An invented user turn was put aside. */
    cut: boolean;
    /** The server sent the same thinking twice, as a field and inline. */
    deduped: boolean;
  };
}

type State = 'reasoning' | 'answer' | 'discarded';

/** A closer of which the text behind it decides whether it is a tag or a mention. */
interface Waiting {
  /** `stray`: nothing was open. `quoted`: in an open code span of the thinking. `field`: in the server's own field. */
  why: 'stray' | 'quoted' | 'field';
  raw: string;
  /** Whitespace that followed. */
  after: string;
  /** Whether it stood at the start of a line. */
  atLineStart: boolean;
  /** Whether it stood in an inline code span. */
  inSpan: boolean;
}

const DEFAULT_THINK_TAGS: Array<[string, string]> = [['<think>', '</think>']];
const DEFAULT_ANSWER_TAGS: [string, string] = ['<answer>', '</answer>'];
const DEFAULT_LABELS = { user: ['User:', 'Human:'], assistant: ['Assistant:'] };

/**
 * Splits the output of a reasoning model into thinking and answer while it streams.
 *
 * What is said depends on the text, the options and the finish reason only, never on how the stream was cut.
 * Cost is linear in the text; what was emitted is not read again but by a rescue at the end. The rules are those of
 * spec.md, and comments name them: A1 to A12 and R1 to R10 are its section 7, § another section.
 */
export class ReasoningSplitter {
  readonly #mode: 'auto' | boolean;
  readonly #openAnywhere: boolean;
  readonly #log = new SegmentLog();
  #finish: Finish | undefined;

  readonly #marks: MarkFilter;
  readonly #contentLexer: TagLexer;
  readonly #contentSink = {
    text: (piece: string) => this.#readText(piece),
    token: (token: Token) => this.#readToken(token),
  };
  readonly #context = new LineContext();
  #sawContent = false;
  /** Nothing visible and no tag so far, on either channel. */
  #untouched = true;
  #spokeLast: 'content' | 'reasoning' | null = null;

  #state: State;
  /** Reasoning was entered by the option, and no opener seen yet. */
  #implied: boolean;
  /** Some reasoning is known to exist or to be over. */
  #seen: boolean;
  #inAnswer = false;
  /** Reasoning closers still expected although reasoning was already left. */
  #debt = 0;
  /** Number of segments when reasoning was last left. */
  #mark = 0;
  /** The pairs that the open reasoning block may be closed by. */
  #blockPairs: readonly number[] = [0];
  /** Segments of the open reasoning block, and the last of them. */
  #blockSegments = 0;
  #blockLast = -1;
  /** A stray (A12) or quoted (R2) closer. */
  #waiting: Waiting | null = null;

  /** The last answer opener left as text since reasoning or the answer block changed (A5, R9, A11). */
  #literalAnswer: Place | null = null;
  /** The last answer pair left as text: the candidate of the tail rescue (§10.2). */
  #literalPair: { open: Place; close: Place } | null = null;

  readonly #fieldLexer: TagLexer;
  readonly #fieldSink = {
    text: (piece: string) => this.#readFieldText(piece),
    token: (token: Token) => this.#readFieldToken(token),
  };
  readonly #fieldContext = new LineContext();
  readonly #fieldSegments: number[] = [];
  /** Units in the field's segments joined with blank lines. */
  #fieldLength = 0;
  #fieldWaiting: Waiting | null = null;
  /** The first closer left as text, outside code, in the field's last segment (§10.4). */
  #fieldLeak: Place | null = null;

  #rescued = false;
  #cut = false;
  #deduped = false;

  constructor(options: SplitterOptions = {}) {
    this.#mode = options.startsInReasoning ?? 'auto';
    this.#openAnywhere = options.openers === 'anywhere';
    this.#state = this.#mode === true ? 'reasoning' : 'answer';
    this.#implied = this.#mode === true;
    this.#seen = this.#mode === true;
    const think = thinkSpellings(options);
    this.#marks = new MarkFilter(options.marks);
    this.#contentLexer = new TagLexer([...think, ...answerSpellings(options), ...labelSpellings(options)]);
    this.#fieldLexer = new TagLexer(think);
  }

  /**
   * Reads on; a string is content. Returns what it decided, possibly nothing.
   * @throws after `end`.
   */
  push(delta: string | SplitterDelta): SplitEvent[] {
    if (this.#finish !== undefined) throw new Error('The splitter has ended; a new stream needs a new one.');
    const { content, reasoning } = typeof delta === 'string' ? { content: delta, reasoning: null } : delta;
    if (reasoning) {
      this.#readContent(this.#marks.flush());
      this.#fieldLexer.feed(reasoning, this.#fieldSink);
    }
    if (content) this.#readContent(this.#marks.push(this.#withoutByteOrderMark(content)));
    return this.#log.takeEvents();
  }

  /** Decides what was left open. The second call and later ones return nothing. */
  end(finish: Finish = null): SplitEvent[] {
    if (this.#finish !== undefined) return [];
    this.#finish = finish;
    this.#readContent(this.#marks.end());
    this.#releaseHeld();
    if (this.#state !== 'discarded') this.#rescueTail();
    this.#answerWithoutThinking(finish);
    this.#rescueFromField();
    return this.#log.takeEvents();
  }

  /** All that was decided so far. */
  result(): SplitResult {
    const segments = this.#log.list();
    const textOf = (kind: PartKind) => joinSegments(segments.filter((s) => s[0] === kind).map((s) => s[1]));
    return {
      segments,
      reasoning: textOf('reasoning'),
      answer: textOf('answer'),
      discarded: textOf('discarded'),
      complete: this.#finish !== undefined && this.#isComplete(this.#finish),
      flags: {
        reclassified: this.#log.reclassified,
        rescued: this.#rescued,
        cut: this.#cut,
        deduped: this.#deduped,
      },
    };
  }

  // ---- the content channel ----

  #withoutByteOrderMark(chunk: string): string {
    const isFirst = !this.#sawContent;
    this.#sawContent = true;
    return isFirst && chunk.startsWith('\ufeff') ? chunk.slice(1) : chunk;
  }

  #readContent(text: string): void {
    if (text !== '') this.#contentLexer.feed(text, this.#contentSink);
  }

  #readText(piece: string): void {
    if (this.#waiting?.why === 'quoted') this.#settleQuoted(piece);
    const stray = this.#waiting;
    const visible = stray ? firstVisible(piece) : 0;
    if (stray) stray.after += visible < 0 ? piece : piece.slice(0, visible);
    if (visible < 0) return;
    if (stray) this.#settleStray(stray.atLineStart && stray.after.includes('\n'));
    this.#write(piece.slice(visible));
  }

  #readToken(token: Token): void {
    if (this.#waiting?.why === 'quoted') this.#settleQuoted(token.raw);
    if (token.tag.role === 'assistant') this.#readAssistantLabel(token);
    else if (token.tag.role === 'user') this.#readUserMarker(token);
    else this.#readTag(token);
  }

  #readTag(token: Token): void {
    if (this.#waiting) this.#settleStray(true);
    if (this.#state === 'discarded') this.#write(token.raw);
    else if (this.#state === 'reasoning') this.#tagInReasoning(token);
    else if (this.#context.fence) this.#tagInFence(token, this.#context.fence);
    else if (this.#context.isInSpan) this.#write(token.raw);
    else this.#tagInAnswer(token);
  }

  /** §8. Also right after a prompt that ends in an opener: it is a label all the same. */
  #readAssistantLabel(token: Token): void {
    if (this.#untouched) this.#recognise();
    else this.#readText(token.raw);
  }

  /** §8. */
  #readUserMarker(token: Token): void {
    if (this.#waiting?.after.includes('\n')) this.#settleStray(true);
    if (!this.#waiting && this.#endsTurn()) this.#discardRest();
    this.#readText(token.raw);
  }

  #discardRest(): void {
    this.#rescueTail();
    this.#log.closeSegment(this.#log.content);
    this.#state = 'discarded';
    this.#cut = true;
  }

  #endsTurn(): boolean {
    const { fence, isStructural } = this.#context;
    return this.#state === 'answer' && !fence && isStructural && this.#log.answerLength > 0;
  }

  #tagInFence(token: Token, fence: Fence): void {
    const { role } = token.tag;
    const { atLineStart } = this.#context;
    if (role === 'think-close' && atLineStart && this.#debt > 0) {
      this.#payDebt();
    } else if (role === 'answer-close' && atLineStart && this.#inAnswer && fence.openAnswers === 0) {
      this.#leaveAnswerBlock();
      this.#context.fence = null;
    } else {
      this.#write(token.raw);
      if (role === 'answer-open' && !token.selfClosing) fence.openAnswers++;
      if (role === 'answer-close' && fence.openAnswers > 0) fence.openAnswers--;
    }
  }

  #tagInAnswer(token: Token): void {
    const { role } = token.tag;
    if (role === 'think-open') this.#thinkOpenerInAnswer(token);
    else if (role === 'answer-open') this.#answerOpenerInAnswer(token);
    else if (role === 'think-close') this.#thinkCloserInAnswer(token);
    else this.#answerCloserInAnswer(token);
  }

  /** A1, A2. */
  #thinkOpenerInAnswer(token: Token): void {
    const counts = this.#openAnywhere || this.#context.isStructural;
    if (counts && token.selfClosing) {
      this.#recognise();
      this.#seen = true;
    } else if (counts) {
      this.#openReasoning(token);
    } else {
      this.#write(token.raw);
      if (!token.selfClosing) this.#context.literalOpeners.think++;
    }
  }

  /** A3, A4, A5. */
  #answerOpenerInAnswer(token: Token): void {
    if (token.selfClosing) {
      this.#write(token.raw);
    } else if (this.#openAnywhere || this.#context.isStructural) {
      this.#openAnswerBlock();
    } else {
      this.#writeAnswerOpener(token);
      this.#context.literalOpeners.answer++;
    }
  }

  /** A4. */
  #openAnswerBlock(): void {
    this.#recognise();
    if (this.#mode === 'auto' && !this.#seen) {
      // The R1-Zero protocol without its think tags: what came before was the thinking.
      if (this.#log.answerLength > 0) {
        this.#reclassifyFrom(0);
        this.#debt++;
        this.#mark = this.#log.count;
      }
      this.#seen = true;
    }
    this.#inAnswer = true;
    this.#literalAnswer = null;
  }

  /** A6, A7, A8, A12. */
  #thinkCloserInAnswer(token: Token): void {
    if (this.#context.literalOpeners.think > 0) {
      this.#write(token.raw);
      this.#context.literalOpeners.think--;
    } else if (this.#debt > 0) {
      this.#payDebt();
    } else if (this.#mode === 'auto' && !this.#seen) {
      // The opener was part of the prompt: all so far was thinking.
      this.#recognise();
      this.#reclassifyFrom(0);
      this.#leaveReasoning();
    } else {
      this.#readStray(token);
    }
  }

  /** A9, A10, A11, A12. */
  #answerCloserInAnswer(token: Token): void {
    if (this.#context.literalOpeners.answer > 0) {
      this.#writeAnswerCloser(token);
      this.#context.literalOpeners.answer--;
    } else if (this.#inAnswer) {
      this.#leaveAnswerBlock();
    } else if (this.#literalAnswer) {
      this.#writeAnswerCloser(token);
    } else {
      this.#readStray(token);
    }
  }

  /** A12. */
  #readStray(token: Token): void {
    if (this.#context.onlyBlanksSinceTag) this.#recognise();
    else this.#waiting = waitingCloser('stray', token, this.#context);
  }

  #settleStray(isTag: boolean): void {
    const stray = this.#waiting;
    if (!stray) return;
    this.#waiting = null;
    if (isTag) this.#recognise();
    else this.#write(stray.raw);
    if (stray.after) this.#write(stray.after);
  }

  #tagInReasoning(token: Token): void {
    const { role } = token.tag;
    if (role === 'think-close') this.#thinkCloserInReasoning(token);
    else if (role === 'think-open') this.#thinkOpenerInReasoning(token);
    else if (role === 'answer-open') this.#answerOpenerInReasoning(token);
    else this.#writeAnswerCloser(token); // R10
  }

  /** R1, R2, R3. Fences count for nothing here: an unfinished code block of the thinking must not hide the answer. */
  #thinkCloserInReasoning(token: Token): void {
    if (!this.#implied && !this.#isOfBlock(token)) this.#write(token.raw);
    else if (this.#context.isInSpan) this.#waiting = waitingCloser('quoted', token, this.#context);
    else this.#closeReasoning();
  }

  /** R2: the next character decides. */
  #settleQuoted(next: string): void {
    const quoted = this.#waiting;
    if (!quoted) return;
    this.#waiting = null;
    if (next.startsWith('`')) this.#write(quoted.raw);
    else this.#closeReasoning();
  }

  /** R4 to R7. */
  #thinkOpenerInReasoning(token: Token): void {
    if (token.selfClosing) {
      if (this.#context.isStructural && !this.#context.isInSpan) this.#recognise();
      else this.#write(token.raw);
    } else if (this.#blockSegments === 0) {
      this.#recognise();
      this.#implied = false;
      this.#blockPairs = token.tag.pairs;
    } else if (this.#isOfBlock(token) && this.#context.atLineStart) {
      this.#recognise();
      this.#debt++;
      this.#implied = false;
    } else {
      this.#write(token.raw);
    }
  }

  /** R8, R9. */
  #answerOpenerInReasoning(token: Token): void {
    if (token.selfClosing) {
      this.#write(token.raw);
    } else if (this.#context.isStructural) {
      // The closer is missing; should it come later, what leaked until then goes back (A7).
      this.#closeReasoning();
      this.#debt++;
      this.#inAnswer = true;
    } else if (this.#context.isInSpan) {
      this.#write(token.raw);
    } else {
      this.#writeAnswerOpener(token);
    }
  }

  #isOfBlock(token: Token): boolean {
    return token.tag.pairs.some((pair) => this.#blockPairs.includes(pair));
  }

  // ---- what rules do ----

  /** A tag is removed: both neighbours are trimmed, and a new segment and a new line begin behind it. */
  #recognise(): void {
    this.#context.beginAfterTag();
    this.#log.closeSegment(this.#log.content);
    this.#untouched = false;
  }

  #openReasoning(token: Token): void {
    this.#recognise();
    this.#state = 'reasoning';
    this.#seen = true;
    this.#blockPairs = token.tag.pairs;
    this.#blockSegments = 0;
  }

  #closeReasoning(): void {
    this.#recognise();
    this.#leaveReasoning();
    this.#dropDuplicate();
  }

  #leaveReasoning(): void {
    this.#state = 'answer';
    this.#seen = true;
    this.#implied = false;
    this.#mark = this.#log.count;
    this.#context.fence = null;
    this.#literalAnswer = null;
  }

  #leaveAnswerBlock(): void {
    this.#recognise();
    this.#inAnswer = false;
    this.#literalAnswer = null;
  }

  /** A7: the closer that was still owed. What seemed to be answer since reasoning was left is reasoning. */
  #payDebt(): void {
    this.#recognise();
    this.#debt--;
    this.#reclassifyFrom(this.#mark);
    this.#inAnswer = false;
    this.#leaveReasoning();
  }

  #reclassifyFrom(first: number): void {
    this.#log.reclassify(first, 'answer', 'reasoning');
  }

  /** §9.4. Texts are compared only when they are equally long, so all comparisons together are linear. */
  #dropDuplicate(): void {
    if (this.#blockSegments !== 1 || this.#log.lengthOf(this.#blockLast) !== this.#fieldLength) return;
    const field = joinSegments(this.#fieldSegments.map((seg) => this.#log.textOf(seg)));
    if (this.#log.textOf(this.#blockLast) !== field) return;
    this.#log.retract(this.#blockLast, 0);
    this.#deduped = true;
  }

  /** Text of the content channel, tags left as text included. */
  #write(piece: string): void {
    this.#context.advance(piece, this.#state === 'answer');
    const opened = this.#log.count;
    if (this.#log.append(this.#log.content, this.#state, piece) === 0) return;
    this.#untouched = false;
    this.#spokeLast = 'content';
    if (this.#fieldWaiting) this.#dropFieldCloser();
    if (this.#state === 'reasoning') {
      this.#blockSegments += this.#log.count - opened;
      this.#blockLast = this.#log.content.segment;
    }
  }

  #writeAnswerOpener(token: Token): void {
    this.#write(token.raw);
    this.#literalAnswer = this.#log.placeOfLast(this.#log.content, token.raw);
  }

  #writeAnswerCloser(token: Token): void {
    this.#write(token.raw);
    const open = this.#literalAnswer;
    const close = this.#log.placeOfLast(this.#log.content, token.raw);
    if (open && close) this.#literalPair = { open, close };
  }

  // ---- the server's own field for reasoning (§9) ----

  #readFieldText(piece: string): void {
    if (this.#fieldWaiting && firstVisible(piece) < 0) {
      this.#fieldWaiting.after += piece;
      return;
    }
    if (this.#fieldWaiting) this.#writeFieldCloser(this.#fieldWaiting);
    this.#writeField(piece);
  }

  #writeFieldCloser(closer: Waiting): void {
    this.#fieldWaiting = null;
    this.#writeField(closer.raw);
    if (!closer.inSpan) this.#fieldLeak ??= this.#log.placeOfLast(this.#log.reasoning, closer.raw);
    this.#writeField(closer.after);
  }

  #readFieldToken(token: Token): void {
    if (token.tag.role === 'think-close') {
      // Of two in a row only the last can still be a mention, so that never more than one is held.
      if (this.#fieldWaiting) this.#dropFieldCloser();
      this.#fieldWaiting = waitingCloser('field', token, this.#fieldContext);
    } else if (this.#fieldSegments.length === 0) {
      this.#dropFieldCloser();
    } else {
      this.#readFieldText(token.raw);
    }
  }

  /** Unlike in content the segment goes on behind it, if the channel does. */
  #dropFieldCloser(): void {
    const after = this.#fieldWaiting?.after ?? '';
    this.#fieldWaiting = null;
    this.#fieldContext.beginAfterTag();
    this.#writeField(after);
  }

  #writeField(piece: string): void {
    if (piece === '') return;
    this.#fieldContext.advance(piece, false);
    const opened = this.#log.count;
    const written = this.#log.append(this.#log.reasoning, 'reasoning', piece);
    if (written === 0) return;
    this.#fieldLength += written;
    if (this.#log.count > opened) this.#beginFieldSegment();
    this.#untouched = false;
    this.#spokeLast = 'reasoning';
  }

  #beginFieldSegment(): void {
    this.#fieldLeak = null;
    this.#fieldSegments.push(this.#log.reasoning.segment);
    if (this.#fieldSegments.length > 1) this.#fieldLength += SEGMENT_SEPARATOR.length;
    this.#seen = true;
    // The server splits, so its content is answer although the prompt ended in an opener.
    if (this.#state === 'reasoning' && this.#implied && this.#blockSegments === 0) this.#leaveReasoning();
  }

  // ---- the end (§10) ----

  /** §10.1. The channel that spoke last goes first, so that what it held joins its segment. */
  #releaseHeld(): void {
    const releaseContent = () => this.#contentLexer.end(this.#contentSink);
    const releaseField = () => this.#fieldLexer.end(this.#fieldSink);
    const inOrder = this.#spokeLast === 'content' ? [releaseContent, releaseField] : [releaseField, releaseContent];
    for (const release of inOrder) release();
    if (this.#waiting?.why === 'quoted') this.#settleQuoted('');
    if (this.#waiting) this.#settleStray(true);
  }

  /** §10.2: an answer block at the very end that was taken for a mention is the answer after all. */
  #rescueTail(): void {
    const pair = this.#literalPair;
    const last = this.#log.count - 1;
    if (!pair || pair.open.segment !== last || pair.close.segment !== last) return;
    const text = this.#log.textOf(last);
    const inside = text.slice(pair.open.end, pair.close.start);
    if (pair.close.end < text.length || firstVisible(inside) < 0) return;
    this.#log.retract(last, pair.open.start);
    if (this.#mode === 'auto' && !this.#seen) this.#reclassifyFrom(last);
    this.#appendAnswer(inside);
    this.#state = 'answer';
    this.#inAnswer = false;
  }

  /** §10.3: told that it starts in reasoning, but the model skipped it. */
  #answerWithoutThinking(finish: Finish): void {
    if (this.#state !== 'reasoning' || !this.#implied || finish !== 'stop') return;
    if (this.#log.answerLength > 0 || this.#fieldSegments.length > 0) return;
    this.#log.reclassify(0, 'reasoning', 'answer');
    this.#state = 'answer';
  }

  /** §10.4: the server put the answer into its field for reasoning, behind the closer. */
  #rescueFromField(): void {
    const leak = this.#fieldLeak;
    if (!leak || leak.segment !== this.#log.count - 1 || this.#log.answerLength > 0) return;
    const rest = this.#log.textOf(leak.segment).slice(leak.end);
    this.#log.retract(leak.segment, leak.start);
    this.#appendAnswer(rest);
  }

  #appendAnswer(text: string): void {
    this.#log.closeSegment(this.#log.content);
    this.#log.append(this.#log.content, 'answer', text);
    this.#rescued = true;
  }

  /** §10.5. */
  #isComplete(finish: Finish): boolean {
    if (this.#state === 'discarded') return true;
    if (finish === 'length' || finish === 'abort' || finish === 'error') return false;
    if (this.#state === 'reasoning') return false;
    if (this.#inAnswer && finish !== 'stop') return false;
    return this.#log.answerLength > 0 || this.#spokeLast !== 'reasoning';
  }
}

const SEGMENT_SEPARATOR = '\n\n';

function joinSegments(texts: string[]): string {
  return texts.join(SEGMENT_SEPARATOR);
}

function waitingCloser(why: Waiting['why'], token: Token, context: LineContext): Waiting {
  return { why, raw: token.raw, after: '', atLineStart: context.atLineStart, inSpan: context.isInSpan };
}

function thinkSpellings({ thinkTags = DEFAULT_THINK_TAGS }: SplitterOptions): TagSpelling[] {
  return thinkTags.flatMap(([open, close], pair): TagSpelling[] => [
    { role: 'think-open', spelling: open, pair },
    { role: 'think-close', spelling: close, pair },
  ]);
}

function answerSpellings({ answerTags = DEFAULT_ANSWER_TAGS }: SplitterOptions): TagSpelling[] {
  if (!answerTags) return [];
  const [open, close] = answerTags;
  return [
    { role: 'answer-open', spelling: open, pair: 0 },
    { role: 'answer-close', spelling: close, pair: 0 },
  ];
}

function labelSpellings({ completion = false }: SplitterOptions): TagSpelling[] {
  if (!completion) return [];
  const { user, assistant } = completion === true ? DEFAULT_LABELS : completion;
  return [
    ...user.map((spelling): TagSpelling => ({ role: 'user', spelling, pair: 0 })),
    ...assistant.map((spelling): TagSpelling => ({ role: 'assistant', spelling, pair: 0 })),
  ];
}
