import type { StorageTrouble } from '../../lib/storage-trouble.ts';
import { Observable } from '../ui/observable.ts';

/** What this page knows of the server's storage; undefined while there is nothing to tell. */
export type StorageNews = { state: 'away'; trouble: StorageTrouble } | { state: 'saved' };

export const storageNews = new Observable<StorageNews | undefined>(undefined);
