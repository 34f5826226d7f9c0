import type { ModelRequest, ProviderAdapter, ProviderPart } from '../../model.ts';
import type { GenerationError } from '../../errors.ts';
import type { RawField, RawPiece } from '../../raw-text.ts';
import { RepetitionDetector } from '../../reasoning/repetition.ts';
import { ReasoningSplitter, type SplitterOptions } from '../../reasoning/splitter.ts';
import {
  applyStreamParts,
  emptyMessageState,
  type Finish,
  type FinishReason,
  type MessageState,
  type Notice,
  type SplitEvent,
  type StreamPart,
  textOfKind,
} from '../../stream-part.ts';
import { type Timeline, TimelineRecorder } from '../../timeline.ts';
import { withoutImages } from '../../prompts/attached.ts';
import { accountUsage, costOf, type ReportedUsage } from '../../usage.ts';
import { MessageCount } from '../tokenizer/message-count.ts';
import type { TokenCounter } from '../tokenizer/token-counter.ts';
import { withinPatience } from './patience.ts';
import { createPhaseClock } from './phase-clock.ts';

/** What a generation was told to end for, as the reason of its abort signal. */
export type AbortReason = 'stopped' | 'interrupted' | 'deleted';

/** All that is known when a generation is over; the row of the token log is made of it. */
export interface GenerationRecord {
  state: MessageState;
  finish: Finish;
  request?: { url: string; body: string };
  usageRaw?: unknown;
  /** Absent when nothing was written. */
  timeline?: Timeline;
  /**
   * True when thinking was found without an opening tag (this model's template writes it), false when it was expected so
   * and all was answer; undefined when nothing new was learnt.
   */
  startedInReasoning: boolean | undefined;
}

/** How an answer began that is gone on with. */
export interface Beginning {
  /** Its exact text, split as it was: so the splitter stands where it stood. */
  pieces: readonly RawPiece[];
  /** What goes on is the answer, though the server may take it for thinking and put it into that field. */
  asContent?: boolean;
}

/**
 * Asks a model once and turns what comes into stream parts, the one way every token passes. Never throws for anything
 * the provider does; whatever happens it resolves to a record, with all text that had arrived.
 *
 * The `finish` part is not emitted: the caller emits it once the record is safe.
 * @param now monotonic milliseconds since the generation was queued.
 */
export async function generate(input: {
  adapter: ProviderAdapter;
  request: ModelRequest;
  splitter: SplitterOptions;
  /** The answer's beginning, which the model goes on with. It is told at once; its tokens are not this generation's. */
  begun?: Beginning;
  now: () => number;
  emit: (parts: StreamPart[]) => void;
  /** Told each piece of the model's text exactly as it came, before what it means. */
  heard?: (field: RawField, text: string) => void;
  /** Counts what the provider does not, for a model whose vocabulary we have. */
  counter?: TokenCounter;
}): Promise<GenerationRecord> {
  const { adapter, request, now } = input;
  const { vocabulary } = request.model;
  const count = input.counter && vocabulary && new MessageCount(input.counter, vocabulary);
  const splitter = new ReasoningSplitter(input.splitter);
  const clock = createPhaseClock();
  const recorder = new TimelineRecorder();
  const repetition = new RepetitionDetector();
  let state: MessageState = emptyMessageState;
  let reported: ReportedUsage | undefined;
  let usageRaw: unknown;
  let sent: GenerationRecord['request'];
  let answeredModel: string | undefined;
  let ending: { reason: FinishReason; rawReason?: string } | undefined;
  let error: GenerationError | undefined;
  /** Why we have had enough of it before the model was done. */
  let cut: 'turn-cut' | 'repeating' | undefined;

  const emit = (parts: StreamPart[]) => {
    if (parts.length === 0) return;
    state = applyStreamParts(state, parts);
    input.emit(parts);
  };
  /** Text first, then what it changed about the phase. */
  const emitText = (events: SplitEvent[]) => {
    if (events.length === 0) return;
    const at = now();
    const phase = clock.advance(events, at);
    emit(phase ? [...events, { type: 'state', ...phase, at }] : events);
    count?.take(events, state.segments);
    recorder.take(events, at, state.segments);
    // Of an answer that is gone on with, only what is new is counted: that is no beginning of a segment.
    const seg = events.at(-1)?.seg;
    const news = seg === undefined || input.begun ? undefined : count?.newsOf(seg);
    if (seg !== undefined && news) emit([{ type: 'count', seg, ...news }]);
  };
  const notice = (code: Notice['code'], message: string) => emit([{ type: 'notice', notice: { code, message } }]);
  for (const { field, text } of input.begun?.pieces ?? []) {
    input.heard?.(field, text);
    emit(splitter.push({ [field]: text.replaceAll('\0', '\uFFFD') }));
  }
  const begun = { reasoning: textOfKind(state.segments, 'reasoning'), answer: textOfKind(state.segments, 'answer') };
  const takeText = (field: RawField, text: string) => {
    const kind = input.begun?.asContent ? 'content' : field;
    input.heard?.(kind, text);
    // No store keeps a NUL: it is shown as what will be read back.
    const events = splitter.push({ [kind]: text.replaceAll('\0', '\uFFFD') });
    emitText(events);
    // Only the splitter's completion mode discards, and then all the rest: nothing more is worth paying for.
    if (events.some((event) => event.type === 'delta' && event.kind === 'discarded')) {
      cut = 'turn-cut';
      notice(cut, 'The model began to invent a user’s turn; it was cut there.');
    } else if (repetition.push(text)) {
      if (request.completion) cut = 'repeating';
      notice('repeating', request.completion ? repeatingAndStopped : repeatingStill);
    }
  };
  const take = (part: ProviderPart) => {
    switch (part.type) {
      case 'request':
        sent = { url: part.url, body: withoutImages(part.body, request.messages) };
        return;
      case 'first-byte':
        clock.markFirstByte(now());
        return;
      case 'waiting':
        if (state.segments.length === 0) {
          const phase = part.reason === 'loading' ? 'loading' : 'queued';
          if (state.phase !== phase) emit([{ type: 'state', phase, times: clock.times(), at: now() }]);
        }
        return;
      case 'reasoning':
        takeText('reasoning', part.text);
        return;
      case 'content':
        takeText('content', part.text);
        return;
      case 'usage':
        reported = part.usage; // the last one wins: providers repeat it cumulatively
        usageRaw = part.raw;
        return;
      case 'model':
        answeredModel = part.id;
        return;
      case 'repaired':
        notice('repaired', part.message);
        return;
      case 'retry': {
        // What the attempt that failed said about itself is not about the next one.
        reported = undefined;
        usageRaw = undefined;
        answeredModel = undefined;
        const seconds = Math.round(part.waitMs / 1000);
        const message = `${part.error.message} Trying again in ${seconds} s (attempt ${part.attempt + 1}).`;
        emit([{ type: 'notice', notice: { code: 'retrying', message, until: now() + part.waitMs } }]);
        return;
      }
      case 'finish':
        ending = { reason: part.reason, ...(part.rawReason !== undefined && { rawReason: part.rawReason }) };
        return;
      case 'error':
        error = part.error;
        return;
    }
  };

  try {
    for await (const part of adapter.ask(request)) {
      if (request.signal.aborted) break;
      take(part);
      if (cut) break; // the adapter closes its connection
    }
  } catch (cause) {
    // Our own mistake, not the provider's; it is logged here because nobody above can see it.
    if (!request.signal.aborted) {
      console.error('generate: the adapter threw', cause);
      error = {
        kind: 'provider',
        message: 'Something went wrong here while reading the answer. What had arrived is kept.',
      };
    }
  }

  if (cut) {
    ending = { reason: cut === 'turn-cut' ? 'stop' : 'other' };
    error = undefined;
  }
  const aborted = request.signal.aborted && !cut ? (request.signal.reason as AbortReason) : undefined;
  if (!aborted && !error && !ending) {
    error = {
      kind: 'interrupted',
      message: 'The connection ended before the model said it was done. What had arrived is kept.',
    };
  }
  if (aborted === 'interrupted') {
    error = {
      kind: 'interrupted',
      message: 'The server stopped while this answer was being written. What had arrived is kept.',
    };
  } else if (aborted) {
    error = undefined;
  }

  emitText(splitter.end(finishForSplitter(aborted, error, ending?.reason)));
  const split = splitter.result();
  const endedAt = now(); // counting is not the model's time
  const known = {
    reported: aborted || cut ? undefined : reported,
    reasoningText: textAfter(begun.reasoning, textOfKind(state.segments, 'reasoning')),
    answerText: textAfter(begun.answer, textOfKind(state.segments, 'answer')),
  };
  let usage = accountUsage(known);
  if (usage.source !== 'reported' && count && aborted !== 'interrupted') {
    usage = accountUsage({ ...known, counted: await withinPatience(count.finish()) });
  }
  emit([{ type: 'usage', usage }]);
  if (error) emit([{ type: 'error', error }]);
  if (answeredModel !== undefined && answeredModel !== request.model.id && !request.model.recording) {
    const message = `Asked ${request.model.id}; the server says ${answeredModel} answered.`;
    notice('model-differs', message);
  }
  const cost = costOf(usage, request.model.price);
  const finish: Finish = {
    outcome: outcomeOf(aborted, error),
    reason: error ? 'error' : (ending?.reason ?? 'unknown'),
    ...(ending?.rawReason !== undefined && { rawReason: ending.rawReason }),
    complete: split.complete && !error && cut !== 'repeating',
    ...(answeredModel !== undefined && { answeredModel }),
    ...(cost !== undefined && { cost, ...(request.model.price && { pricesAsOf: request.model.price.asOf }) }),
  };
  const timeline = recorder.finish(endedAt, state.segments, usage);
  state = { ...state, times: clock.end(endedAt) };
  return {
    state,
    finish,
    ...(sent && { request: sent }),
    ...(usageRaw !== undefined && { usageRaw }),
    ...(timeline && { timeline }),
    startedInReasoning: split.flags.reclassified > 0 ? input.splitter.startsInReasoning !== true : undefined,
  };
}

const repeatingStill =
  'The model is repeating itself: the same text, over and over. Stop it if nothing new is to be expected.';
const repeatingAndStopped = 'The model was repeating itself, the same text over and over; it was stopped there.';

/** What came behind a beginning; all of it where it is not there any more as it was. */
function textAfter(beginning: string, text: string): string {
  return text.startsWith(beginning) ? text.slice(beginning.length) : text;
}

function finishForSplitter(
  aborted: AbortReason | undefined,
  error: GenerationError | undefined,
  reason?: FinishReason,
) {
  if (aborted) return 'abort';
  if (error) return 'error';
  if (reason === 'length') return 'length';
  return reason === 'stop' ? 'stop' : null;
}

function outcomeOf(aborted: AbortReason | undefined, error: GenerationError | undefined): Finish['outcome'] {
  if (error) return error.kind === 'interrupted' ? 'interrupted' : 'failed';
  return aborted ? 'stopped' : 'complete';
}
