import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { createFakeProvider } from '../fakes/provider.ts';
import { useRoutes } from '../fakes/routes.ts';

const provider = await createFakeProvider();
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL });
after(() => provider.close());

test('a stream says every five seconds that it lives, whether the model is silent or talks without a pause', async () => {
  const client = newClient();
  const beatsOf = async (modelKey: string) => {
    const asked = await client.askNew({ providerId: 'custom', modelKey }, 'Are you there?');
    const began = performance.now();
    let beats = 0;
    for await (const event of client.events(asked.conversationId, asked.cursor)) {
      if (event.event === 'heartbeat') beats++;
      if (beats === 1) break;
    }
    const seconds = (performance.now() - began) / 1000;
    await client.request('POST', `/api/generations/${asked.answerId}/stop`);
    return { beats, early: seconds < 4.9 };
  };
  const results = await Promise.all([beatsOf('gated'), beatsOf('never-ends')]);
  assert.deepEqual(results, [
    { beats: 1, early: false },
    { beats: 1, early: false },
  ]);
});
