import { useSyncExternalStore } from 'react';
import type { RefileResult, RefileWish } from '../../lib/reasoning/refile.ts';

/** What is open beside an answer, and what was last done about how it is filed. Lives as long as the page. */
export interface Aside {
  dialog?: 'raw' | 'filing';
  /** How its tokens came, over time. */
  timeline?: true;
  note?: FilingNote;
  /** Why the last thing could not be done. */
  problem?: string;
}

export type FilingNote =
  | { state: 'filed'; kind: RefileWish['kind']; result: RefileResult; remembered?: Remembered }
  | { state: 'filed-back'; remembered?: Remembered };

/** What was said about the model; `before` is what had been said until then, as the API takes it. */
export interface Remembered {
  providerId: string;
  modelKey: string;
  startsInReasoning: boolean;
  before: unknown;
}

const asides = new Map<string, Aside>();
const listeners = new Set<() => void>();
const nothing: Aside = {};

/** Changes what stands beside an answer; undefined takes it away. */
export function setAside(messageId: string, change: { [K in keyof Aside]: Aside[K] | undefined }): void {
  const { dialog, timeline, note, problem } = { ...asides.get(messageId), ...change };
  const aside = {
    ...(dialog && { dialog }),
    ...(timeline && { timeline }),
    ...(note && { note }),
    ...(problem && { problem }),
  };
  if (Object.keys(aside).length > 0) asides.set(messageId, aside);
  else asides.delete(messageId);
  for (const listener of listeners) listener();
}

/** What stands beside an answer now. */
export function asideOf(messageId: string): Aside {
  return asides.get(messageId) ?? nothing;
}

export function useAside(messageId: string): Aside {
  return useSyncExternalStore(
    subscribe,
    () => asideOf(messageId),
    () => nothing,
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
