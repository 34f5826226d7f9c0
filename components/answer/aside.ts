import type { RefileResult, RefileWish } from '../../lib/reasoning/refile.ts';
import { Observable, useObserved } from '../ui/observable.ts';

/** What is open beside an answer, and what was last done about how it is filed. Lives as long as the page. */
export interface Aside {
  dialog?: 'raw' | 'refile' | 'sent';
  /** How its tokens came, over time. */
  timeline?: true;
  note?: RefileNote;
  /** Why the last thing could not be done. */
  problem?: string;
}

export type RefileNote =
  | { state: 'filed'; kind: RefileWish['kind']; result: RefileResult; remembered?: Remembered }
  | { state: 'filed-back'; remembered?: Remembered };

/** What was said about the model; `before` is what had been said until then, as the API takes it. */
export interface Remembered {
  providerId: string;
  modelKey: string;
  startsInReasoning: boolean;
  before: unknown;
}

const asides = new Observable<ReadonlyMap<string, Aside>>(new Map());
const nothing: Aside = {};

/** Changes what stands beside an answer; undefined takes it away. */
export function setAside(messageId: string, change: { [K in keyof Aside]: Aside[K] | undefined }): void {
  const { dialog, timeline, note, problem } = { ...asideOf(messageId), ...change };
  const aside = {
    ...(dialog && { dialog }),
    ...(timeline && { timeline }),
    ...(note && { note }),
    ...(problem && { problem }),
  };
  const others = new Map(asides.get());
  if (Object.keys(aside).length > 0) others.set(messageId, aside);
  else others.delete(messageId);
  asides.set(others);
}

/** What stands beside an answer now. */
export function asideOf(messageId: string): Aside {
  return asides.get().get(messageId) ?? nothing;
}

export function useAside(messageId: string): Aside {
  return useObserved(asides, () => asideOf(messageId), nothing);
}
