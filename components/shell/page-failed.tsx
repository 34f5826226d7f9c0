'use client';

import { useEffect, useState } from 'react';
import { connection, doubtServer, onServerBack } from '../client/connection.ts';
import { Button } from '../ui/button.tsx';
import { useObserved } from '../ui/observable.ts';
import { PageNote } from '../ui/page-note.tsx';
import { readStored, writeStored } from '../ui/stored.ts';
import { serverWords } from './server-bar.tsx';

/** A page that fails again right after it came back is not loaded once more by itself. */
const reloadAtMostEveryMs = 30_000;
const reloadedKey = 'thinkglass:reloaded';

/**
 * What is shown when a page could not be made. When its server was away, or has a new version, it comes back by itself;
 * otherwise the reason is in the server's log under the digest.
 */
export function PageFailed({ error, onAgain }: { error: Error & { digest?: string }; onAgain: () => void }) {
  const isMissing = /chunk/i.test(`${error.name} ${error.message}`);
  const server = useObserved(connection, (now) => now.server, 'same');
  const [isAsked, setAsked] = useState(false);
  useEffect(() => {
    void doubtServer().then((now) => {
      setAsked(true);
      if (now === 'updated') reloadOnce();
    });
    return onServerBack(reloadOnce);
  }, []);
  const isTold = isAsked && (isMissing || server !== 'same');
  return (
    <PageNote role="alert" heading="This page could not be shown.">
      <p>
        Your conversations are safe on the server.{' '}
        {isTold ? serverWords[server] : 'Try once more; if it fails again, the server’s log has the reason'}
        {!isTold && (error.digest ? ` under ${error.digest}.` : '.')}
      </p>
      <div className="flex gap-2">
        <Button tone="primary" onClick={isMissing ? () => window.location.reload() : onAgain}>
          Try again
        </Button>
        <Button onClick={() => window.location.assign('/')}>New chat</Button>
      </div>
    </PageNote>
  );
}

function reloadOnce(): void {
  if (Date.now() - Number(readStored(reloadedKey, 'session') ?? 0) < reloadAtMostEveryMs) return;
  writeStored(reloadedKey, String(Date.now()), 'session');
  window.location.reload();
}
