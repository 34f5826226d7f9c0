'use client';

import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { type UndoOffer, undo } from '../client/undo.ts';

/** How long what was done can be taken back, in ms; the server waits 30 s. */
const offeredMs = 10_000;
const longestMs = 25_000;

/** What was just done, with a way back, until its time is over; while it is pointed at or focused, a while longer. */
export default function UndoOfferToast({ offer }: { offer: UndoOffer }) {
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
  const press =
    'flex-none rounded-md py-1.5 hover:bg-current/14 focus-visible:outline-current pointer-coarse:min-h-10 pointer-coarse:min-w-10';
  return (
    <div
      ref={box}
      className="pointer-events-auto flex items-center gap-2 rounded-lg border border-paper/18 bg-inverse py-1.5 pr-1.5 pl-3.5 text-sm text-inverse-ink shadow-large transition-[opacity,translate] duration-200 starting:translate-y-2 starting:opacity-0"
    >
      <span className="line-clamp-2 min-w-0 flex-1 wrap-anywhere">{problem ?? offer.words}</span>
      {problem === undefined && (
        <button
          type="button"
          className={`${press} px-2.5 font-semibold text-inverse-accent`}
          onClick={() => void takeBack()}
        >
          Undo
        </button>
      )}
      <button
        type="button"
        className={`${press} grid place-items-center px-2 opacity-75`}
        aria-label="Dismiss"
        title="Dismiss"
        onClick={() => undo.offer(undefined)}
      >
        <X aria-hidden size={15} />
      </button>
    </div>
  );
}
