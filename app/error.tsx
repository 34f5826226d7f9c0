'use client';

import { PageFailed } from '../components/shell/page-failed.tsx';

/** In the place of a page that could not be made; the frame around it stands. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <title>Something went wrong · Thinkglass</title>
      <PageFailed error={error} onAgain={reset} />
    </main>
  );
}
