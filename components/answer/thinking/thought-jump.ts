import { Observable, useObserved } from '../../ui/observable.ts';

/** A place of a thought that somebody asked to see, such as a re-think that a badge counts or a hit of a search. */
export interface ThoughtJump {
  /** UTF-16 offset into the thought. */
  at: number;
}

const asked = new Observable<ReadonlyMap<string, ThoughtJump>>(new Map());

/** Opens the thinking of an answer and brings a place of it into view; also of one that is drawn only later. */
export function jumpToThought(answerId: string, at: number): void {
  asked.set(new Map(asked.get()).set(answerId, { at }));
}

/** What was asked for of an answer's thought and is not done yet. */
export function useThoughtJump(answerId: string): ThoughtJump | undefined {
  return useObserved(asked, (jumps) => jumps.get(answerId), undefined);
}

/** It is in view, unless another has been asked for meanwhile. */
export function endThoughtJump(answerId: string, jump: ThoughtJump): void {
  const left = new Map(asked.get());
  if (left.get(answerId) !== jump) return;
  left.delete(answerId);
  asked.set(left);
}
