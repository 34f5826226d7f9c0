'use client';

import { useEffect, useState } from 'react';

/** The page's clock (`performance.now()`), drawn again each second while `ticking`; undefined before the first tick. */
export function useClock(ticking: boolean): number | undefined {
  const [now, setNow] = useState<number | undefined>();

  useEffect(() => {
    if (!ticking) return;
    const tick = () => setNow(performance.now());
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [ticking]);

  return ticking ? now : undefined;
}
