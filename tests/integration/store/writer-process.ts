/**
 * A process that writes and says what was acknowledged, one JSON line each: started by tests that kill it, or run two at once.
 * Arguments: the store's options as JSON, the owner, how many conversations to write.
 */
import { openStore, type StoreOptions } from '../../../lib/server/store/store.ts';
import { createSample, fullResult } from './samples.ts';

const [options = '', ownerId = '', count = ''] = process.argv.slice(2);
const store = await openStore(JSON.parse(options) as StoreOptions);
for (let i = 0; i < Number(count); i++) {
  const text = `Question ${i}`;
  const { conversationId, answerId } = await createSample(store, {
    ownerId,
    text,
    generation: { instanceId: 'child' },
  });
  say({ conversationId, text });
  const checkpointed = `Thought ${i}`;
  await store.checkpoints.append([
    { generationId: answerId, seq: 0, parts: [{ type: 'delta', seg: 0, kind: 'reasoning', text: checkpointed }] },
  ]);
  say({ conversationId, text, checkpointed });
  if (i % 2 === 0) continue;
  await store.generations.finish(answerId, fullResult);
  say({ conversationId, text, finished: true });
}
await store.close();

export interface Acknowledged {
  conversationId: string;
  text: string;
  checkpointed?: string;
  finished?: true;
}

function say(line: Acknowledged): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
