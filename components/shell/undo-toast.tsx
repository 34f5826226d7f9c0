'use client';

import { X } from 'lucide-react';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { IconButton } from '../ui/button.tsx';
import { type UndoOffer, undo } from '../client/undo.ts';

/** How long what was done can be taken back, in ms; the server waits 30 s. */
const offeredMs = 10_000;
const longestMs = 25_000;

/** Says what was just done, with a way back. It stays while it is pointed at or focused. */
export function UndoToast() {
  const offer = useSyncExternalStore(undo.subscribe, undo.getOffer, () => undefined);
  return (
    <div className="toast-place" role="status">
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

function Toast({ offer }: { offer: UndoOffer }) {
  const box = useRef<HTMLDivElement>(null);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    const began = performance.now();
    const timer = setInterval(() => {
      const age = performance.now() - began;
      if (age < offeredMs || (age < longestMs && box.current?.matches(':hover, :focus-within'))) return;
      undo.offer(undefined);
    }, 250);
    return () => clearInterval(timer);
  }, []);

  const takeBack = async () => {
    try {
      await offer.undo();
      if (undo.getOffer() === offer) undo.offer(undefined);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'That did not work.');
    }
  };
  return (
    <div ref={box} className="toast">
      <span className="toast-words">{problem ?? offer.words}</span>
      {problem === undefined && (
        <button type="button" className="toast-undo" onClick={() => void takeBack()}>
          Undo
        </button>
      )}
      <IconButton label="Dismiss" onClick={() => undo.offer(undefined)}>
        <X aria-hidden size={15} />
      </IconButton>
    </div>
  );
}
