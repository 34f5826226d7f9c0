import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { createId } from '../../../lib/ids.ts';
import type { ProviderDetail } from '../../../lib/provider.ts';
import { createFakeProvider } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const inside = await createFakeProvider();
const operators = await createFakeProvider();
after(() => Promise.all([inside.close(), operators.close()]));
const { newClient } = useRoutes({ THINKGLASS_OPEN: '1', CUSTOM_BASE_URL: operators.baseURL });

test('on a server that others can reach, nobody adds an address behind it', async () => {
  const client = newClient();
  const bases = [
    inside.baseURL,
    inside.baseURL.replace('http:', 'https:'),
    'http://93.184.215.14/v1',
    'https://10.0.0.1/v1',
  ];
  for (const baseURL of bases) {
    const response = await client.request('POST', '/api/providers', { id: createId(), label: 'x', baseURL });
    assert.equal(response.status, 400, baseURL);
    assert.match(await response.text(), /others can reach this server/);
  }
  assert.equal(inside.requests.length, 0);
});

test("the operator's own server is trusted there as it was given, and where it is stays unsaid", async () => {
  const client = newClient();
  const { providers } = await client.json<{ providers: ProviderDetail[] }>('GET', '/api/providers');
  const custom = providers.find(({ id }) => id === 'custom');
  assert.equal(custom?.check?.reachable, true);
  assert.equal(custom?.baseURL, undefined);
  assert.ok(!JSON.stringify(providers).includes(operators.origin));
});
