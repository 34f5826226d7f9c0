'use client';

import { useOffline } from 'next/offline';
import { useEffect, useState } from 'react';
import { connection, doubtServer, onServerBack, type ServerNow } from '../client/connection.ts';
import { Button } from '../ui/button.tsx';
import { missingParts, tryPartsAgain } from '../ui/load-part.ts';
import { useObserved } from '../ui/observable.ts';

/** Why a part of a page is missing, and what comes of what is wanted while the server is away. */
export const serverWords: Record<ServerNow, string> = {
  same: 'A part of this page could not be loaded.',
  updated: 'Thinkglass was updated: this page is of an older version.',
  away: 'Thinkglass cannot be reached. It is tried again, and what you send or open waits until it is back.',
};

/**
 * Over a page whose server is away, or of which a part could not be loaded: why, and what to do. It goes by itself when the
 * server is back.
 */
export function ServerBar() {
  const isMissing = useObserved(missingParts, ({ missing }) => missing > 0, false);
  const server = useObserved(connection, (now) => now.server, 'same');
  const isPageWaiting = useOffline();
  const [isAsked, setAsked] = useState(false);
  useEffect(() => {
    const end = onServerBack(tryPartsAgain);
    const doubt = () => void doubtServer();
    window.addEventListener('offline', doubt);
    window.addEventListener('online', doubt);
    return () => {
      end();
      window.removeEventListener('offline', doubt);
      window.removeEventListener('online', doubt);
    };
  }, []);
  useEffect(() => {
    setAsked(false);
    if (isMissing || isPageWaiting) void doubtServer().then(() => setAsked(true));
  }, [isMissing, isPageWaiting]);

  if (server !== 'away' && !(isMissing && isAsked)) return null;
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center justify-center gap-x-3 gap-y-1 bg-sunken px-4 py-2 text-base text-pretty print:hidden"
    >
      <span>{serverWords[server]}</span>
      {server !== 'away' && <Button onClick={() => window.location.reload()}>Reload</Button>}
    </div>
  );
}
