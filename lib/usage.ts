import type { Price } from './price.ts';

/** Where a token count comes from; see docs/architecture.md, "Token counts". */
export type UsageSource = 'reported' | 'events' | 'split' | 'counted' | 'estimated';

/** All of them, the best first. */
export const usageSources = ['reported', 'events', 'split', 'counted', 'estimated'] as const satisfies UsageSource[];

/** Tokens of one generation, with the source of the split between thinking and answer. */
export interface Usage {
  /** Tokens of the request, cache hits included; undefined when the provider did not say. */
  promptTokens?: number;
  /** Part of `promptTokens` that the provider read from its cache. */
  cachedPromptTokens?: number;
  reasoningTokens: number;
  /** All that was written and is no thinking. */
  answerTokens: number;
  /** Part of `answerTokens` that no text shows: tags and the end; undefined when that is not known. */
  otherTokens?: number;
  /**
   * `reported`: the provider's own split. `events`: the stream's events, one a token. `split`: its total, shared out by us.
   * `counted`: our tokenizer. `estimated`: by events that may be tokens, or by length.
   */
  source: UsageSource;
  /** By the clock of the server that answered, where it told. */
  serverTimes?: ServerTimes;
}

/** What a server's own clock showed of one answer, in ms; what it did not tell is undefined. */
export interface ServerTimes {
  /** Loading the model. */
  loadMs?: number;
  /** Reading the prompt. */
  promptMs?: number;
  /** Tokens it read in that time: without those it had in its cache. */
  readTokens?: number;
  /** Writing, thinking and answer together. */
  writeMs?: number;
  /** Tokens it wrote in that time. */
  writtenTokens?: number;
}

/** What a provider said about tokens, as far as it said it. Fields it did not send are undefined, never 0. */
export interface ReportedUsage {
  promptTokens?: number;
  cachedPromptTokens?: number;
  outputTokens?: number;
  /** Undefined when the provider gave no split. */
  reasoningTokens?: number;
  /** The split is a gateway's own count of the text, not that of the server behind it. */
  splitIsGuess?: true;
  /** USD, as the provider itself reckons it. */
  cost?: number;
}

/**
 * Tokens a text would have, by its characters alone: about four Latin letters, one and a half CJK characters or two
 * digits to a token. Additive: the estimate of a text is the sum of the estimates of its parts, so it may be
 * counted delta by delta. Not a whole number; round for display.
 */
export function estimateTokens(text: string): number {
  let quarters = 0;
  for (let i = 0; i < text.length; i++) quarters += weightOf(text.charCodeAt(i));
  return quarters / weightsPerToken;
}

const weightsPerToken = 120;

function weightOf(unit: number): number {
  if (unit < 0x80) {
    if ((unit >= 0x61 && unit <= 0x7a) || unit === 0x20) return 26; // a-z, space: words with their space
    if (unit >= 0x41 && unit <= 0x5a) return 34;
    if (unit >= 0x30 && unit <= 0x39) return 56;
    return 60; // punctuation, line ends
  }
  if (unit < 0x0600) return 52; // accented Latin, Greek, Cyrillic
  if (unit < 0x2e80) return 70;
  return 80; // CJK, Hangul, halves of surrogate pairs
}

/** Tokens of the two texts of a message, by our own tokenizer with the model's vocabulary. */
export interface CountedTokens {
  reasoning: number;
  answer: number;
}

/** The events in which a text came, by what became of it. */
export interface CountedEvents {
  reasoning: number;
  answer: number;
  /** Neither: tags, and what was discarded. */
  other: number;
  /** None of them holds more than a token, as far as their text tells. */
  isFine: boolean;
}

/**
 * So many tokens have no event of their own at most, where each other one has: the opening and the closing tag with
 * their line breaks, and the end.
 */
const mostWithoutEvent = 6;
/** Fewer events than this say little about how many tokens each of them holds. */
const fewestEvents = 4;

/** Whether a server that counted `written` tokens sent one event a token; undefined where there are too few to tell. */
export function areTokens(events: CountedEvents, written: number): boolean | undefined {
  const all = events.reasoning + events.answer + events.other;
  if (all < fewestEvents) return undefined;
  return events.isFine && written >= all && written - all <= Math.min(mostWithoutEvent, all);
}

/**
 * The tokens of a finished generation, from what the provider reported as far as it did.
 * A reported split is believed where it can be true; a total is split by the stream's events where they are its tokens, else
 * shared out in the proportion of our counts; where nothing was reported, events or our counts stand. Estimates by length
 * take the place of counts where the vocabulary is not known.
 */
export function accountUsage(input: {
  reported: ReportedUsage | undefined;
  reasoningText: string;
  answerText: string;
  /** Undefined when they could not be counted. */
  counted?: CountedTokens | undefined;
  events?: CountedEvents | undefined;
  /** An earlier answer of this model showed that an event is a token. */
  eventsAreTokens?: boolean;
}): Usage {
  const { reported, events } = input;
  const prompt = {
    ...(reported?.promptTokens !== undefined && { promptTokens: reported.promptTokens }),
    ...(reported?.cachedPromptTokens !== undefined && { cachedPromptTokens: reported.cachedPromptTokens }),
  };
  // An output of 0 beside visible text means "not counted", not "none".
  const isSilentZero = reported?.outputTokens === 0 && input.reasoningText + input.answerText !== '';
  const output = isSilentZero ? undefined : reported?.outputTokens;
  if (output === undefined) return { ...prompt, ...withoutTotal(input) };
  if (reported && isSplitBelieved(reported, output, input)) {
    const { reasoningTokens = 0 } = reported;
    // Where a provider's output leaves the thinking out, the sum would be negative: then its total is the answer.
    const answerTokens = reasoningTokens <= output ? output - reasoningTokens : output;
    return { ...prompt, reasoningTokens, answerTokens, source: 'reported' };
  }
  if (events && input.reasoningText !== '' && areTokens(events, output)) {
    const { reasoning: reasoningTokens, answer } = events;
    const answerTokens = output - reasoningTokens;
    return { ...prompt, reasoningTokens, answerTokens, otherTokens: answerTokens - answer, source: 'events' };
  }
  return { ...prompt, ...sharedOut(input, output) };
}

type AccountInput = Parameters<typeof accountUsage>[0];

/** A reported 0 beside visible thinking is not believed, nor a guess, nor what the events or a visible answer deny. */
function isSplitBelieved(
  { reasoningTokens, splitIsGuess }: ReportedUsage,
  output: number,
  { reasoningText, answerText, events }: AccountInput,
): boolean {
  if (reasoningTokens === undefined || splitIsGuess) return false;
  // Where each token came as an event, thinking that was seen has about as many as it had events.
  const isOtherwise = events && Math.abs(events.reasoning - reasoningTokens) > mostWithoutEvent;
  if (isOtherwise && reasoningText !== '' && areTokens(events, output)) return false;
  if (reasoningTokens >= output && output > 0 && answerText.trim() !== '' && reasoningText.trim() !== '') return false;
  return reasoningTokens > 0 || reasoningText === '';
}

function withoutTotal({
  reasoningText,
  answerText,
  counted,
  events,
  eventsAreTokens,
}: AccountInput): Pick<Usage, 'reasoningTokens' | 'answerTokens' | 'otherTokens' | 'source'> {
  if (events?.isFine && (eventsAreTokens || (!counted && enough(events)))) {
    const { reasoning, answer, other } = events;
    const source = eventsAreTokens ? 'events' : 'estimated';
    return {
      reasoningTokens: reasoning,
      answerTokens: answer + other,
      ...(eventsAreTokens && { otherTokens: other }),
      source,
    };
  }
  return {
    reasoningTokens: Math.round(counted?.reasoning ?? estimateTokens(reasoningText)),
    answerTokens: Math.round(counted?.answer ?? estimateTokens(answerText)),
    source: counted && reasoningText + answerText !== '' ? 'counted' : 'estimated',
  };
}

const enough = ({ reasoning, answer, other }: CountedEvents) => reasoning + answer + other >= fewestEvents;

/** A total of which nobody told the parts. */
function sharedOut(
  { reported, reasoningText, answerText, counted, events }: AccountInput,
  output: number,
): Pick<Usage, 'reasoningTokens' | 'answerTokens' | 'source'> {
  const reasoning = counted?.reasoning ?? estimateTokens(reasoningText);
  const answer = counted?.answer ?? estimateTokens(answerText);
  if (reasoningText === '') {
    const unseen = output - unseenBeyond(answer, events);
    const isHidden = (reported?.splitIsGuess && reported.reasoningTokens) || (events && enough(events) && unseen > 0);
    if (!isHidden) return { reasoningTokens: 0, answerTokens: output, source: 'reported' };
    const answerTokens = Math.min(output, Math.round(answer));
    return { reasoningTokens: output - answerTokens, answerTokens, source: 'split' };
  }
  const share = reasoning + answer > 0 ? reasoning / (reasoning + answer) : 0;
  const reasoningTokens = Math.round(output * share);
  return { reasoningTokens, answerTokens: output - reasoningTokens, source: 'split' };
}

/** More tokens than this are no answer that has so many by estimate, and came in these events, each about a token. */
function unseenBeyond(answer: number, events: CountedEvents | undefined): number {
  return 2 * Math.max(answer, events?.isFine ? events.answer + events.other : Number.POSITIVE_INFINITY) + 16;
}

/** USD for a generation, or undefined when the price or the tokens are not known. */
export function costOf(usage: Usage, price: Price | undefined): number | undefined {
  if (!price || price.upTo || usage.promptTokens === undefined || usage.source === 'estimated') return undefined;
  const cached = price.cachedInput === undefined ? 0 : (usage.cachedPromptTokens ?? 0);
  const input = Math.max(0, usage.promptTokens - cached) * price.input + cached * (price.cachedInput ?? 0);
  const output = (usage.reasoningTokens + usage.answerTokens) * price.output;
  return (input + output) / 1_000_000;
}
