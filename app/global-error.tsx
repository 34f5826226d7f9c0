'use client';

import './globals.css';
import { PageFailed } from '../components/shell/page-failed.tsx';

/** In the place of everything, when the frame itself could not be made. */
export default function AppError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <main className="flex h-dvh flex-col overflow-y-auto">
          <title>Something went wrong · Thinkglass</title>
          <PageFailed error={error} onAgain={reset} />
        </main>
      </body>
    </html>
  );
}
