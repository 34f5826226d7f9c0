import type { Message } from '../../lib/conversation.ts';
import { messageStateOf } from '../../lib/conversation.ts';
import {
  applyStreamParts,
  type MessageState,
  mergeStreamParts,
  type PartKind,
  type Phase,
  type StreamPart,
  textOfKind,
} from '../../lib/stream-part.ts';
import { tokensSoFar } from '../../lib/live-tokens.ts';
import { estimateTokens } from '../../lib/usage.ts';
import { Observable } from '../ui/observable.ts';

/** What the screen knows of an answer: its message, its tokens so far, and where it stands in time. */
export interface GenerationView {
  state: MessageState;
  /** From the usage when it is known, estimated until then; whole numbers. */
  reasoningTokens: number;
  answerTokens: number;
  /** When it was queued, on this page's clock (`performance.now()`). Means nothing once it is done. */
  originAt: number;
  /** When its text last grew, on the same clock. */
  grewAt: number;
}

/** The view of an answer as it came out of the store. */
export function viewOfMessage(message: Message): GenerationView {
  const stored = messageStateOf(message);
  const state = { ...stored, phase: phaseOf(stored) };
  return {
    state,
    reasoningTokens: state.usage?.reasoningTokens ?? estimateOf(state, 'reasoning'),
    answerTokens: state.usage?.answerTokens ?? estimateOf(state, 'answer'),
    originAt: 0,
    grewAt: 0,
  };
}

function estimateOf(state: MessageState, kind: PartKind): number {
  return Math.round(estimateTokens(textOfKind(state.segments, kind)));
}

/**
 * One running answer as an external store: only what subscribes to it is drawn again when it grows.
 * Applying parts costs their own length, however long the message already is.
 */
export class GenerationStore {
  readonly #view: Observable<GenerationView>;
  /** Tokens of each segment, counted as far as the server has and estimated from there on; sums are kept because a segment may change its kind. */
  #estimates: number[];
  /** Estimated tokens that were there before it began: it goes on with another answer. */
  readonly #begun: Record<'reasoning' | 'answer', number>;
  readonly subscribe: Observable<GenerationView>['subscribe'];
  readonly getView: () => GenerationView;

  /** @param begun the answer it goes on with, whose text is the beginning of its own. */
  constructor(message: Message, begun?: Message) {
    const tokensOf = (kind: PartKind) => (begun ? estimateTokens(textOfKind(begun.parts, kind)) : 0);
    this.#begun = { reasoning: tokensOf('reasoning'), answer: tokensOf('answer') };
    const state = messageStateOf(message);
    this.#estimates = state.segments.map((segment) => estimateTokens(segment.text));
    const now = performance.now();
    const age = message.generation ? Math.max(0, Date.now() - message.generation.queuedAt) : 0;
    const view = this.#viewOf({ ...state, phase: phaseOf(state) }, { originAt: now - age, grewAt: now });
    this.#view = new Observable(view);
    this.subscribe = this.#view.subscribe;
    this.getView = this.#view.get;
  }

  /** Replaces everything by what the server has. `at`: ms since it was queued, by the server's clock. */
  replace(state: MessageState, at: number): void {
    const now = performance.now();
    const grew = textLength(state) !== textLength(this.getView().state);
    this.#estimates = state.segments.map((_, seg) => tokensSoFar(state, seg));
    this.#view.set(this.#viewOf(state, { originAt: now - at, grewAt: grew ? now : this.getView().grewAt }));
  }

  /** Takes a message that was read again while nothing told how it grows, if it says more than is here. */
  takeText(message: Message): void {
    const { state: before, originAt } = this.getView();
    const read = messageStateOf(message);
    if (textLength(read) <= textLength(before)) return;
    const state = { ...read, phase: phaseOf(read), ...(before.counts && { counts: before.counts }) };
    this.#estimates = state.segments.map((_, seg) => tokensSoFar(state, seg));
    this.#view.set(this.#viewOf(state, { originAt, grewAt: performance.now() }));
  }

  /** Applies parts in their order and draws once. @throws when a part before them was lost. */
  apply(parts: readonly StreamPart[]): void {
    const now = performance.now();
    const merged = mergeStreamParts(parts);
    const state = applyStreamParts(this.getView().state, merged);
    let { originAt, grewAt } = this.getView();
    const recounted = new Set<number>();
    for (const part of merged) {
      if (part.type === 'delta') {
        this.#estimates[part.seg] = (this.#estimates[part.seg] ?? 0) + estimateTokens(part.text);
        grewAt = now;
      } else if (part.type === 'retract') {
        recounted.add(part.seg);
      } else if (part.type === 'count') {
        recounted.add(part.seg);
      } else if (part.type === 'state') {
        originAt = now - part.at;
      }
    }
    for (const seg of recounted) this.#estimates[seg] = tokensSoFar(state, seg);
    this.#view.set(this.#viewOf(state, { originAt, grewAt }));
  }

  #viewOf(state: MessageState, clock: Pick<GenerationView, 'originAt' | 'grewAt'>): GenerationView {
    return {
      state,
      reasoningTokens: state.usage?.reasoningTokens ?? this.#estimateOf(state, 'reasoning'),
      answerTokens: state.usage?.answerTokens ?? this.#estimateOf(state, 'answer'),
      ...clock,
    };
  }

  #estimateOf(state: MessageState, kind: 'reasoning' | 'answer'): number {
    let sum = -this.#begun[kind];
    state.segments.forEach((segment, i) => {
      if (segment.kind === kind) sum += this.#estimates[i] ?? 0;
    });
    return Math.max(0, Math.round(sum));
  }
}

/** The phase of a message read in the middle of its run, when no `state` part has told it yet. */
function phaseOf(state: MessageState): Phase {
  if (state.phase !== 'queued') return state.phase;
  const last = state.segments.findLast((segment) => segment.text !== '');
  if (!last) return 'queued';
  return last.kind === 'reasoning' ? 'thinking' : 'answering';
}

function textLength(state: MessageState): number {
  return state.segments.reduce((sum, segment) => sum + segment.text.length, 0);
}
