/** Fills a small disk with conversations until the store refuses, and reports as JSON. Argument: where the disk is. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppError } from '../../../lib/errors.ts';
import { createId } from '../../../lib/ids.ts';
import { openStore } from '../../../lib/server/store/store.ts';
import { createSample } from './samples.ts';

export interface DiskFullReport {
  refusal: { code: string; message: string };
  /** Conversations whose writing was acknowledged, and how many of them are there in the end. */
  acknowledged: number;
  found: number;
  goesOn: boolean;
}

const [disk = ''] = process.argv.slice(2);
const ballast = join(disk, 'ballast');
writeFileSync(ballast, Buffer.alloc(200_000));
const ownerId = createId();
const text = 'word '.repeat(1_000);
const kept: string[] = [];
const first = await openStore({ kind: 'sqlite', path: join(disk, 'store.db') });
let refusal: DiskFullReport['refusal'] | undefined;
while (!refusal) {
  try {
    kept.push((await createSample(first, { ownerId, text })).conversationId);
  } catch (error) {
    const { code, message } = error as AppError;
    refusal = { code, message };
  }
}
rmSync(ballast);
kept.push((await createSample(first, { ownerId, text: 'There is room.' })).conversationId);
await first.close();

const again = await openStore({ kind: 'sqlite', path: join(disk, 'store.db') });
let found = 0;
for (const id of kept) found += (await again.conversations.find(ownerId, id))?.messages.length === 2 ? 1 : 0;
await again.close();
const report: DiskFullReport = { refusal, acknowledged: kept.length, found, goesOn: true };
process.stdout.write(JSON.stringify(report));
