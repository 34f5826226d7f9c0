import { Observable, useObserved } from '../ui/observable.ts';
import { readStored, writeStored } from '../ui/stored.ts';

/** What a conversation's row, and the page's title, tell of its answers. */
export type ThoughtMark =
  | { state: 'running'; doing: 'waiting' | 'thinking' | 'answering'; tokens: number }
  /** It ended where nobody looked. */
  | { state: 'unseen'; words: string; failed: boolean };

/** By conversation; set anew when one changes. */
export const thoughtMarks = new Observable<ReadonlyMap<string, ThoughtMark>>(new Map());

/** How often there was something to look at; 0: nothing is watched. */
const news = new Observable(0);

/** Where the tabs of this browser keep, for each other and for later, that something runs, and what ended unseen. */
export const runningKey = 'thinkglass:running';
export const unseenKey = 'thinkglass:unseen';

/** What was just asked is with the server at the latest after so many ms. */
const takenWithinMs = 10_000;
let expectedUntil = 0;

/** Something has begun to run here, or has ended: whoever watches is to look. */
export function tellThoughts(isRunning: boolean): void {
  if (isRunning) {
    expectedUntil = performance.now() + takenWithinMs;
    if (readStored(runningKey) === undefined) writeStored(runningKey, '{}');
  }
  look();
}

/** Whether something was just asked here, of which the server may not know yet. */
export function isExpecting(): boolean {
  return performance.now() < expectedUntil;
}

function look(): void {
  news.set(news.get() + 1);
}

/** Grows with each reason to look; the watch is needed from the first on. */
export function useThoughtNews(): number {
  return useObserved(news, (count) => count, 0);
}

/** Hears of what other tabs have to look at, and of what an earlier visit has left; returns what ends it. */
export function hearOfThoughts(): () => void {
  if (readStored(runningKey) ?? readStored(unseenKey)) look();
  const onStorage = ({ key, oldValue, newValue }: StorageEvent) => {
    // Each tab that watches writes when it last looked: that alone is no news.
    if (key === unseenKey || (key === runningKey && (oldValue === null || newValue === null))) look();
  };
  window.addEventListener('storage', onStorage);
  return () => window.removeEventListener('storage', onStorage);
}

export function useThoughtMark(conversationId: string): ThoughtMark | undefined {
  return useObserved(thoughtMarks, (marks) => marks.get(conversationId), undefined);
}
