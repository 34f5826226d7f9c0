'use client';

import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { drawWaitingNow } from './formula-store.ts';

/** Whether the page is being printed. What is drawn for that is in the page before the browser takes its picture. */
export function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const media = window.matchMedia('print');
    const begin = () => {
      flushSync(() => setPrinting(true));
      flushSync(drawWaitingNow);
    };
    const end = () => setPrinting(false);
    const change = () => (media.matches ? begin() : end());
    window.addEventListener('beforeprint', begin);
    window.addEventListener('afterprint', end);
    media.addEventListener('change', change);
    return () => {
      window.removeEventListener('beforeprint', begin);
      window.removeEventListener('afterprint', end);
      media.removeEventListener('change', change);
    };
  }, []);
  return printing;
}
