import { Observable } from '../ui/observable.ts';

/** Something that was just done and can be taken back. */
export interface UndoOffer {
  words: string;
  undo: () => Promise<void>;
}

const offered = new Observable<UndoOffer | undefined>(undefined);

/** The one offer the page makes at a time: a newer one takes its place. */
export const undo = { offer: offered.set, getOffer: offered.get, subscribe: offered.subscribe };
