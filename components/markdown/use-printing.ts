'use client';

import { useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';
import { Observable } from '../ui/observable.ts';
import { drawWaitingNow } from './formula-store.ts';

/** One for the page: what is drawn only because it is printed knows of it from its beginning. */
const printing = new Observable(false);
let watching = false;

/** Whether the page is being printed. What is drawn for that is in the page before the browser takes its picture. */
export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, printing.get, () => false);
}

function subscribe(listener: () => void): () => void {
  watch();
  return printing.subscribe(listener);
}

function watch(): void {
  if (watching) return;
  watching = true;
  const media = window.matchMedia('print');
  const begin = () => {
    if (printing.get()) return;
    flushSync(() => printing.set(true));
    flushSync(drawWaitingNow);
  };
  const end = () => printing.set(false);
  window.addEventListener('beforeprint', begin);
  window.addEventListener('afterprint', end);
  media.addEventListener('change', () => (media.matches ? begin() : end()));
}
