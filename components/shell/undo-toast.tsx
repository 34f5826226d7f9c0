'use client';

import { useSyncExternalStore } from 'react';
import { type UndoOffer, undo } from '../client/undo.ts';
import { lazyPart } from '../ui/lazy-part.tsx';

const Toast = lazyPart(() => import('./undo-offer.tsx'));

/** Says what was just done, with a way back. It stays while it is pointed at or focused. */
export function UndoToast() {
  const offer = useSyncExternalStore(undo.subscribe, undo.getOffer, () => undefined);
  return (
    // Over the foot of the sidebar, beside what was done and never over what is being written; over a phone's drawer too.
    <div
      className="pointer-events-none fixed bottom-[calc(4.5rem+env(safe-area-inset-bottom)+var(--keyboard))] left-0 z-60 w-70 px-2.5 max-lg:w-[min(20rem,100%)] print:hidden"
      role="status"
    >
      {offer && <Toast key={keyOf(offer)} offer={offer} />}
    </div>
  );
}

const keys = new WeakMap<UndoOffer, number>();
let lastKey = 0;

/** Another offer is another toast, with a time of its own. */
function keyOf(offer: UndoOffer): number {
  const known = keys.get(offer);
  if (known !== undefined) return known;
  keys.set(offer, ++lastKey);
  return lastKey;
}
