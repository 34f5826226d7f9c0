import { growText } from '@thinkglass/splitter/grow-text';
import type { PartKind, SplitEvent } from '@thinkglass/splitter';
import type { GenerationError } from './errors.ts';
import type { Notice } from './notice.ts';
import type { Health } from './health.ts';
import { type Opaque, type OpaqueMark, withMark } from './opaque.ts';
import type { Usage } from './usage.ts';

export type { PartKind, SplitEvent } from '@thinkglass/splitter';

/**
 * Where a running generation is. `loading`: the server is loading the model; `in-line`: it has taken the question and says no
 * more; `first-token`: it has said nothing for a while; `reading`: it reads the prompt;
 * `saving`: over, and not yet on the disk.
 */
export type Phase = WaitingPhase | 'thinking' | 'answering' | 'saving' | 'done';

/** Before the first word. */
export type WaitingPhase = 'queued' | 'loading' | 'in-line' | 'first-token' | 'reading';

export function isWaiting(phase: Phase): phase is WaitingPhase {
  return !['thinking', 'answering', 'saving', 'done'].includes(phase);
}

/** Tokens of the prompt: those the server has read, and all. */
export interface PromptProgress {
  read: number;
  total: number;
}

/** How a generation ended. */
export type Outcome = 'complete' | 'stopped' | 'interrupted' | 'failed';

/** Why the model stopped, in one vocabulary; `unknown` when it never said. */
export type FinishReason = 'stop' | 'length' | 'filtered' | 'error' | 'other' | 'unknown';

/** When each phase began and ended, in ms from the moment the generation was queued, by a monotonic clock. */
export interface PhaseTimes {
  /** First byte of the response's body. */
  firstByte?: number;
  /** First visible character of thinking. */
  reasoningStart?: number;
  /** Thinking was over: the answer began, or the generation ended while thinking. */
  reasoningEnd?: number;
  /** First visible character of the answer. */
  answerStart?: number;
  /** Nothing more comes. */
  end?: number;
}

/** How a generation ended, with all that is known then. */
export interface Finish {
  outcome: Outcome;
  reason: FinishReason;
  /** The provider's own word, if it gave one. */
  rawReason?: string;
  /** False when the text stops in the middle of a thought or an answer. */
  complete: boolean;
  /** The model that says it answered; providers alias. */
  answeredModel?: string;
  /** In USD, when the model has a price and the tokens are known. */
  cost?: number;
  /** The month or day of the prices it was reckoned with; `reported` where the provider itself told what it cost. */
  pricesAsOf?: string;
}

/** The one vocabulary from splitter to store to screen. */
export type StreamPart =
  | SplitEvent
  /** What the provider gave with the end of a segment, for itself. */
  | { type: 'opaque'; seg: number; protocol: string; mark: OpaqueMark }
  /** `at`: ms since the generation was queued. */
  | { type: 'state'; phase: Phase; times: PhaseTimes; at: number; progress?: PromptProgress }
  /** While it is written: the first `length` UTF-16 units of a segment are so many tokens, by the model's vocabulary. */
  | ({ type: 'count'; seg: number } & SegmentCount)
  | { type: 'usage'; usage: Usage }
  | { type: 'notice'; notice: Notice }
  | { type: 'error'; error: GenerationError }
  | { type: 'finish'; finish: Finish; times: PhaseTimes; health?: Health };

/** One stretch of a message's text. */
export interface Segment {
  kind: PartKind;
  text: string;
  /** Goes back to the provider where its protocol wants it. */
  opaque?: Opaque;
}

/** How many tokens the beginning of a segment has. */
export interface SegmentCount {
  tokens: number;
  length: number;
}

/** What a message is after some parts: the same on the server, in the store and on the screen. */
export interface MessageState {
  /** Indexed by `seg`; may hold empty texts after a retract. */
  segments: readonly Segment[];
  phase: Phase;
  times: PhaseTimes;
  /** While the prompt is read. */
  progress?: PromptProgress;
  /** What has been counted while it is written, by segment. */
  counts?: Readonly<Record<number, SegmentCount>>;
  usage?: Usage;
  notices: readonly Notice[];
  error?: GenerationError;
  finish?: Finish;
  health?: Health;
}

export const emptyMessageState: MessageState = { segments: [], phase: 'queued', times: {}, notices: [] };

/**
 * The one reducer: a message after one more part. Pure; cost is the number of segments, not of characters.
 * @throws when a part names a segment that no delta has created: a part was lost on the way.
 */
export function applyStreamPart(state: MessageState, part: StreamPart): MessageState {
  return applyStreamParts(state, [part]);
}

/** The same for several parts in their order; the segments are copied once, however many the parts are. */
export function applyStreamParts(state: MessageState, parts: readonly StreamPart[]): MessageState {
  let next = state;
  let segments: Segment[] | undefined;
  for (const part of parts) {
    if (part.type === 'delta' || part.type === 'reclassify' || part.type === 'retract' || part.type === 'opaque') {
      segments ??= state.segments.slice();
      segments[part.seg] = segmentAfter(segments, part);
    } else {
      next = factsAfter(next, part);
    }
  }
  return segments ? { ...next, segments } : next;
}

type SegmentPart = SplitEvent | Extract<StreamPart, { type: 'opaque' }>;

function segmentAfter(segments: readonly Segment[], part: SegmentPart): Segment {
  const before = segments[part.seg];
  if (part.type === 'delta') {
    if (before) return withText(before, growText(before.text, part.text));
    if (part.seg !== segments.length) throw new Error(`A delta skips to segment ${part.seg}.`);
    return { kind: part.kind, text: part.text };
  }
  if (!before) throw new Error(`Segment ${part.seg} does not exist.`);
  if (part.type === 'reclassify') return withText({ ...before, kind: part.kind }, before.text);
  if (part.type === 'opaque') return { ...before, opaque: withMark(before.opaque, part.protocol, part.mark) };
  return withText(before, before.text.slice(0, part.length));
}

function withText({ kind, opaque }: Segment, text: string): Segment {
  return opaque ? { kind, text, opaque } : { kind, text };
}

function factsAfter(state: MessageState, part: Exclude<StreamPart, SegmentPart>): MessageState {
  switch (part.type) {
    case 'state': {
      const { progress: _, ...rest } = state;
      return { ...rest, phase: part.phase, times: part.times, ...(part.progress && { progress: part.progress }) };
    }
    case 'count':
      return { ...state, counts: { ...state.counts, [part.seg]: { tokens: part.tokens, length: part.length } } };
    case 'usage':
      return { ...state, usage: part.usage };
    case 'notice':
      return { ...state, notices: [...state.notices, part.notice] };
    case 'error':
      return { ...state, error: part.error };
    case 'finish':
      return {
        ...state,
        phase: 'done',
        finish: part.finish,
        times: part.times,
        ...(part.health && { health: part.health }),
      };
  }
}

/** The texts of one kind, joined with a blank line as the splitter's specification joins them. */
export function textOfKind(segments: readonly Segment[], kind: PartKind): string {
  return segments
    .filter((s) => s.kind === kind && s.text !== '')
    .map((s) => s.text)
    .join('\n\n');
}

/**
 * Merges neighbours that can be said in one: deltas of the same segment that follow each other.
 * Applying the result gives the same message as applying the input.
 */
export function mergeStreamParts(parts: readonly StreamPart[]): StreamPart[] {
  const merged: StreamPart[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (part.type === 'delta' && last?.type === 'delta' && last.seg === part.seg) {
      merged[merged.length - 1] = { ...last, text: growText(last.text, part.text) };
    } else {
      merged.push(part);
    }
  }
  return merged;
}
