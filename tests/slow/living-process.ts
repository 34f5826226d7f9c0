/**
 * A server process as far as its liveness goes: it keeps a lease, ends what dead ones left, and writes an answer of its own.
 * Says what happens, one JSON line each. Arguments: the store's options and its times, as JSON.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createInstance, Liveness, type LivenessTimes } from '../../lib/server/liveness.ts';
import { openStore, type StoreOptions } from '../../lib/server/store/store.ts';
import { StoreHealth } from '../../lib/server/store/store-health.ts';
import { createSample } from '../integration/store/samples.ts';

export type Said =
  | { is: 'running'; ownerId: string; answerId: string; clock: number }
  /** It has renewed and looked; `knows`: for a whole lease it has been able to. */
  | { is: 'looked'; knows: boolean }
  | { is: 'ended elsewhere' };

const [options = '', times = ''] = process.argv.slice(2);
const store = await openStore(JSON.parse(options) as StoreOptions);
const instance = createInstance(store.describe().kind, 'a secret');
const health = new StoreHealth({ log: () => undefined });
const liveness = new Liveness(store, { instance, health, times: JSON.parse(times) as LivenessTimes });
await liveness.start();
const { ownerId, answerId } = await createSample(store, { generation: { instanceId: instance.id } });
say({ is: 'running', ownerId, answerId, clock: Date.now() });
await liveness.tend(async ({ contactAt }) => say({ is: 'looked', knows: contactAt !== undefined }));
for (let seq = 0; ; ) {
  const parts = [{ type: 'delta' as const, seg: 0, kind: 'reasoning' as const, text: `Thought ${seq}. ` }];
  const taken = await store.checkpoints
    .append([{ generationId: answerId, seq, parts }], instance.id)
    .catch(() => undefined);
  if (taken?.ended.length) say({ is: 'ended elsewhere' });
  if (taken) seq += 1;
  await delay(400);
}

function say(line: Said): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
