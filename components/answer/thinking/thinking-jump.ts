import { useSyncExternalStore } from 'react';

/** A place of a thought that somebody asked to see, such as a re-think that a badge counts or a hit of a search. */
export interface ThoughtJump {
  /** UTF-16 offset into the thought. */
  at: number;
}

const asked = new Map<string, ThoughtJump>();
const listeners = new Set<() => void>();

/** Opens the thinking of an answer and brings a place of it into view; also of one that is drawn only later. */
export function jumpToThought(answerId: string, at: number): void {
  asked.set(answerId, { at });
  tell();
}

/** What was asked for of an answer's thought and is not done yet. */
export function useThoughtJump(answerId: string): ThoughtJump | undefined {
  return useSyncExternalStore(
    subscribe,
    () => asked.get(answerId),
    () => undefined,
  );
}

/** It is in view. */
export function endThoughtJump(answerId: string): void {
  if (asked.delete(answerId)) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}
