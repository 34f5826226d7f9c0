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

/**
 * Where the tabs of this browser keep, for each other and for later, that something runs, what ended unseen, and what was seen
 * to its end: each round by its name.
 */
export const runningKey = 'thinkglass:running';
export const unseenKey = 'thinkglass:unseen';
export const seenKey = 'thinkglass:seen';

/** What tabs tell each other, and a later page, while something runs. */
export interface Watched {
  /** When the server was last asked, by its clock. */
  at?: number;
  /** When somebody asked something in one of the tabs, by this machine's clock. */
  askedAt?: number;
}

/** What was just asked is with the server at the latest after so many ms. */
const takenWithinMs = 10_000;

/** Something has begun to run here, or has ended: whoever watches is to look. */
export function tellThoughts(isRunning: boolean): void {
  if (isRunning) writeWatched({ ...readWatched(), askedAt: Date.now() });
  look();
}

/** Whether something was just asked, in whichever tab, of which the server may not know yet. */
export function isExpecting(): boolean {
  const age = Date.now() - (readWatched().askedAt ?? Number.NEGATIVE_INFINITY);
  return age >= 0 && age < takenWithinMs;
}

export function readWatched(): Watched {
  return readJson<Watched>(runningKey) ?? {};
}

export function writeWatched(watched: Watched): void {
  writeStored(runningKey, JSON.stringify(watched));
}

/** What was written there; undefined where there is nothing of it. */
export function readJson<T>(key: string): T | undefined {
  try {
    return JSON.parse(readStored(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
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
