import { statfs } from 'node:fs/promises';
import type { Config } from './config.ts';
import type { Runs } from './generation/run.ts';
import type { StoreHealth } from './store/store-health.ts';

/** What keeps a server from taking new work: it is ending; its store takes no writes; its disk is nearly full. */
export type ReadinessTrouble = 'draining' | 'store' | 'disk';

/** A lease is renewed every 2 s; without a write for so long the store cannot be counted on. */
const silentTooLongMs = 10_000;
/** Of a disk with a SQLite file: less than this may be gone within one answer. */
const leastFreeBytes = 64 * 1024 * 1024;

/** @param server.silentMs how long ago the store last took a write. */
export async function findTroubles(server: {
  config: Pick<Config, 'dataFolder' | 'store'>;
  runs: Pick<Runs, 'isClosed'>;
  storeHealth: Pick<StoreHealth, 'trouble'>;
  silentMs: number;
}): Promise<ReadinessTrouble[]> {
  const { config, runs, storeHealth, silentMs } = server;
  return [
    ...(runs.isClosed ? (['draining'] as const) : []),
    ...(storeHealth.trouble !== undefined || silentMs > silentTooLongMs ? (['store'] as const) : []),
    ...(config.store.kind === 'sqlite' && (await isFull(config.dataFolder)) ? (['disk'] as const) : []),
  ];
}

async function isFull(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize < leastFreeBytes;
  } catch {
    return false; // a file system that does not say; a write that fails will
  }
}
