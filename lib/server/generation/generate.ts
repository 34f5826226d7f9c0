import { convertTimes, convertTimings } from '../../convert-usage.ts';
import type { ProviderAdapter, ProviderPart } from '../../model.ts';
import { billedByProvider, type Price } from '../../price.ts';
import type { Finish, MessageState } from '../../stream-part.ts';
import type { Timeline } from '../../timeline.ts';
import {
  accountUsage,
  areTokens,
  type CountedEvents,
  costOf,
  type ReportedUsage,
  type ServerTimes,
  type Usage,
} from '../../usage.ts';
import { type AbortReason, type Ending, endingOf } from './ending.ts';
import { Intake, type IntakeOptions, type Likelihood } from './intake.ts';
import { nobodyReads } from '../calls/upstream-fetch.ts';
import { withinEndWait } from './end-wait.ts';

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
  /** Whether an event of its stream was a token, by its server's total; undefined when that told nothing. */
  eventsAreTokens?: boolean;
  /** Absent where nobody told how likely its tokens were. */
  likelihood?: Likelihood;
}

/**
 * Asks a model once and turns what comes into stream parts, the one way every token passes. Never throws for anything
 * the provider does; whatever happens it resolves to a record, with all text that had arrived.
 *
 * The `finish` part is not emitted: the caller emits it once the record is safe.
 */
export async function generate(
  input: IntakeOptions & {
    adapter: ProviderAdapter;
    /** An event of its stream is a token, as an earlier answer of the model has shown. */
    eventsAreTokens?: boolean;
  },
): Promise<GenerationRecord> {
  const { request, splitter, now } = input;
  const intake = new Intake(input);
  intake.begin();
  await listen(intake, input);

  const aborted = request.signal.aborted ? (request.signal.reason as AbortReason) : undefined;
  const { cut, error, said, sent, answeredModel, usageRaw } = intake;
  const ending = endingOf({ aborted, cut, error, said });
  const { complete, reclassified } = intake.endText(ending);
  const endedAt = now(); // counting is not the model's time
  const {
    usage: counted,
    eventsAreTokens,
    timesSoFar,
  } = await accountFor(intake, ending, {
    aborted,
    eventsAreTokens: input.eventsAreTokens ?? false,
  });
  const serverTimes = intake.serverTimes ?? timesSoFar;
  const usage = counted && serverTimes ? { ...counted, serverTimes } : counted;
  const timeline = intake.end(endedAt, usage, ending.error);
  return {
    state: intake.state,
    finish: {
      outcome: ending.outcome,
      reason: ending.reason,
      ...(ending.rawReason !== undefined && { rawReason: ending.rawReason }),
      complete: complete && ending.mayBeComplete,
      ...(answeredModel !== undefined && { answeredModel }),
      ...costFor(intake, usage, request.model.price),
    },
    ...(sent && { request: sent }),
    ...(usageRaw !== undefined && { usageRaw }),
    ...(timeline && { timeline }),
    ...(eventsAreTokens !== undefined && { eventsAreTokens }),
    ...(intake.likelihood && { likelihood: intake.likelihood }),
    startedInReasoning: reclassified ? splitter.startsInReasoning !== true : undefined,
  };
}

/** A bill of the provider's own goes before what we reckon. */
function costFor(
  { reported }: Intake,
  usage: Usage | undefined,
  price: Price | undefined,
): Pick<Finish, 'cost' | 'pricesAsOf'> {
  if (reported?.cost !== undefined) return { cost: reported.cost, pricesAsOf: billedByProvider };
  const cost = usage && costOf(usage, price);
  return cost === undefined ? {} : { cost, ...(price && { pricesAsOf: price.asOf }) };
}

/** Takes what the provider sends, to its end, to ours, or until we have had enough of it. */
async function listen(intake: Intake, { adapter, request }: Parameters<typeof generate>[0]): Promise<void> {
  const call = new AbortController();
  const onAbort = () => call.abort(request.signal.reason);
  let mistake: { cause: unknown } | undefined;
  const hear = (part: ProviderPart) => {
    if (call.signal.aborted) return;
    try {
      intake.take(part);
    } catch (cause) {
      mistake = { cause };
    }
    if (mistake || intake.cut) call.abort(nobodyReads); // the adapter closes its connection
  };
  if (request.signal.aborted) onAbort();
  request.signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const part of adapter.ask({ ...request, signal: call.signal, hear })) {
      hear(part);
      if (call.signal.aborted) break;
    }
    if (mistake) throw mistake.cause;
  } catch (cause) {
    if (request.signal.aborted) return;
    // Our own mistake, not the provider's; it is logged here because nobody above can see it.
    console.error('generate: the adapter threw', cause);
    intake.error = { kind: 'provider', code: 'reading-failed', facts: {} };
  } finally {
    request.signal.removeEventListener('abort', onAbort);
  }
}

/**
 * Its tokens: as the provider reported them, else by the stream's events, else counted, else estimated; undefined where
 * nothing came and nobody said a number. A server that stops does not wait for a count.
 */
async function accountFor(
  intake: Intake,
  ending: Ending,
  { aborted, eventsAreTokens }: { aborted: AbortReason | undefined; eventsAreTokens: boolean },
): Promise<{ usage: Usage | undefined; eventsAreTokens?: boolean; timesSoFar?: ServerTimes | undefined }> {
  const events = intake.countedEvents();
  const soFar = ending.isCountFinal ? undefined : toldSoFar(intake, events);
  const known = {
    reported: ending.isCountFinal ? intake.reported : soFar,
    reasoningText: intake.newTextOf('reasoning'),
    answerText: intake.newTextOf('answer'),
    events,
    eventsAreTokens,
  };
  const isWordless = known.reasoningText + known.answerText === '' && !known.events;
  if (isWordless && ending.outcome !== 'complete' && !known.reported) return { usage: undefined };
  const written = known.reported?.outputTokens;
  const areSo = written !== undefined && known.events ? areTokens(known.events, written) : undefined;
  const shown = {
    ...(areSo !== undefined && { eventsAreTokens: areSo }),
    ...(soFar && intake.timings && { timesSoFar: convertTimes(intake.timings) }),
  };
  const usage = accountUsage(known);
  const { count } = intake;
  const isCounted = usage.source === 'reported' || usage.source === 'events';
  if (isCounted || !count || (aborted === 'interrupted' && !intake.cut)) return { usage, ...shown };
  return { usage: accountUsage({ ...known, counted: await withinEndWait(count.finish()) }), ...shown };
}

/** What a server told with the text of an answer that was cut here, if it is about all that came. */
function toldSoFar({ timings }: Intake, events: CountedEvents | undefined): ReportedUsage | undefined {
  const told = timings && convertTimings(timings);
  if (!events || told?.outputTokens === undefined) return undefined;
  return areTokens(events, told.outputTokens) ? told : undefined;
}
