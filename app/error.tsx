'use client';

import { Button } from '../components/ui/button.tsx';
import { PageNote } from '../components/ui/page-note.tsx';

/** What is shown when a page could not be made. The reason is in the server's log under the digest. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <title>Something went wrong · Thinkglass</title>
      <PageNote role="alert" heading="This page could not be shown.">
        <p>
          Your conversations are safe on the server. Try once more; if it fails again, the server’s log has the reason
          {error.digest ? ` under ${error.digest}` : ''}.
        </p>
        <div className="flex gap-2">
          <Button tone="primary" onClick={reset}>
            Try again
          </Button>
          <Button onClick={() => window.location.assign('/')}>New chat</Button>
        </div>
      </PageNote>
    </main>
  );
}
