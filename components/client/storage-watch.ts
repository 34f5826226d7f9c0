import type { StorageTrouble } from '../../lib/storage-trouble.ts';
import { storageNews } from './storage-news.ts';

/** How often it is looked whether an outage is over: its end is not told where nothing runs any more. */
const lookEveryMs = 3_000;
/** So long it is said that all is saved. */
const saidMs = 10_000;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Takes what an event stream says of the storage: a trouble, or (empty) that it is over. */
export function takeStorageNews(told: Partial<StorageTrouble>): void {
  const { code, since } = told;
  if (code === undefined || since === undefined) takeEnd();
  else {
    storageNews.set({ state: 'away', trouble: { code, since } });
    lookLater();
  }
}

function takeEnd(): void {
  clearTimeout(timer);
  if (storageNews.get()?.state !== 'away') return;
  storageNews.set({ state: 'saved' });
  timer = setTimeout(() => storageNews.set(undefined), saidMs);
}

function lookLater(): void {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const answer = await fetch('/api/health', { cache: 'no-store' }).catch(() => undefined);
    if (storageNews.get()?.state !== 'away') return;
    if (answer?.ok) takeEnd();
    else lookLater();
  }, lookEveryMs);
}
