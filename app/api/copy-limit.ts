import { RateLimit } from '../../lib/server/rate-limit.ts';

/** A short request that copies a long conversation fills the disk faster than anything that is typed. */
const copies = new RateLimit({ words: 'Too many copies were made.', windowMs: 60_000, each: 60, all: 600 });

/** @throws AppError `too_many_requests` when one person makes copies faster than anybody reads them. */
export async function admitCopies(viewerId: string, threads: readonly { copy?: unknown }[]): Promise<void> {
  for (const thread of threads) if (thread.copy) await copies.take(viewerId);
}
