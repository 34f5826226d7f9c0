import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { createFakeProvider } from '../fakes/provider.ts';
import { useRoutes } from '../fakes/routes.ts';

const provider = await createFakeProvider();
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL, DRAIN_MS: '600000' });
after(() => provider.close());

test('a server that ends takes nothing new, and what runs comes to its own end', async () => {
  const client = newClient();
  const probe = async (name: 'live' | 'ready') => {
    const response = await client.request('GET', `/api/health/${name}`);
    assert.equal(response.headers.get('set-cookie'), null);
    return [response.status, await response.json()];
  };
  assert.deepEqual(await probe('live'), [200, { status: 'ok' }]);
  assert.deepEqual(await probe('ready'), [200, { status: 'ok' }]);

  const asked = await client.askNew({ providerId: 'custom', modelKey: 'gated' }, 'Have you time to think?');
  const { getRuntime } = await import('../../lib/server/runtime.ts');
  const runtime = await getRuntime();
  let hasEnded = false;
  const drained = runtime.drain().then(() => {
    hasEnded = true;
  });
  assert.deepEqual(await probe('ready'), [503, { status: 'not ok', because: ['draining'] }]);
  assert.deepEqual(await probe('live'), [200, { status: 'ok' }]);
  await assert.rejects(client.askNew({ providerId: 'custom', modelKey: 'plain' }, 'And this?'), /stopping/);

  const following = client.follow(asked.conversationId, asked.cursor);
  assert.equal(hasEnded, false);
  for (let gate = 0; gate < 4; gate++) await provider.releaseNext(); // of its answer
  await Promise.all([drained, following]);
  assert.equal((await client.generation(asked.answerId)).state, 'complete');
});
