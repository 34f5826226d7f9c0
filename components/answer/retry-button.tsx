'use client';

import { RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { formatClock } from '../../lib/quantity-words.ts';

/** Asks again. Where the provider asked for patience it counts down first; it never asks by itself. `until`: epoch ms. */
export function RetryButton({ until, onRetry }: { until: number | undefined; onRetry: () => void }) {
  const left = useTimeLeft(until);
  return (
    <Button disabled={left > 0} onClick={onRetry}>
      <RotateCcw aria-hidden size={14} />
      <span className="tabular-nums">{left > 0 ? `Retry in ${formatClock(left + 999)}` : 'Retry'}</span>
    </Button>
  );
}

/** Ms until then, drawn again as they pass; 0 once it is over, and before the page has woken up. */
function useTimeLeft(until: number | undefined): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (until === undefined) return;
    const tick = () => {
      const now = Math.max(0, until - Date.now());
      setLeft(now);
      if (now === 0) clearInterval(timer);
    };
    const timer = setInterval(tick, 250);
    tick();
    return () => clearInterval(timer);
  }, [until]);
  return left;
}
