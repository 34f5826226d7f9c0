import assert from 'node:assert/strict';
import { noticeSentence } from '../../../lib/sentences.ts';
import test, { after } from 'node:test';
import { createFakeProvider } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const provider = await createFakeProvider();
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL });
after(() => provider.close());

test('an attempt that failed is told while the next is waited for, with when that begins', async () => {
  const client = newClient();
  const asked = await client.askNew({ providerId: 'custom', modelKey: 'rate-limited-once' }, 'Once more?');
  const state = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
  assert.equal(state?.finish?.outcome, 'complete');
  const notices = state.notices.filter((one) => one.code === 'retrying');
  assert.equal(notices.length, 1);
  const [notice] = notices;
  assert.match(notice ? noticeSentence(notice) : '', /too many requests\..* Trying again in 0 s \(attempt 2\)\.$/);
  // Retry-After was 0: the next attempt began at once, and its thinking came later.
  assert.ok(notice && notice.facts.until <= (state.times.reasoningStart ?? 0));
  assert.deepEqual((await client.generation(asked.answerId)).notices, state.notices);
});
