'use client';

import { storageSentence } from '../../lib/storage-trouble.ts';
import { storageNews } from '../client/storage-news.ts';
import { Alert } from '../ui/alert.tsx';
import { useObserved } from '../ui/observable.ts';

/** Said in an answer that runs while nothing can be saved. */
export function StorageNote() {
  const code = useObserved(storageNews, (news) => (news?.state === 'away' ? news.trouble.code : undefined), undefined);
  return code === undefined ? null : <Alert words={storageSentence({ code })} />;
}
