'use client';

import { storageSentence } from '../../lib/storage-trouble.ts';
import type { StorageNews } from '../client/storage-news.ts';

/** Over every page while nothing can be saved, and for a moment when that is over. */
export default function StorageBanner({ news }: { news: StorageNews }) {
  if (news.state === 'away') {
    return (
      <p role="alert" className="bg-danger-soft px-4 py-2 text-center text-base text-danger print:hidden">
        {storageSentence(news.trouble)}
      </p>
    );
  }
  return (
    <p role="status" className="bg-sunken px-4 py-2 text-center text-base text-ink-muted print:hidden">
      Everything is saved again.
    </p>
  );
}
