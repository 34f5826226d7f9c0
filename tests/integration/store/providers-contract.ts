import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AppError } from '../../../lib/errors.ts';
import { createId } from '../../../lib/ids.ts';
import type { ModelOverride } from '../../../lib/provider.ts';
import type { OwnProvider } from '../../../lib/server/store/own-providers.ts';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import type { Databases } from './contract.ts';
import { noon } from './samples.ts';

/** What every engine promises about a person's providers and what they say about models; run on real ones. */
export function providersContract(engine: string, start: () => Promise<Databases>): void {
  describe(`providers in the store on ${engine}`, () => {
    let databases: Databases;
    let store: Store;
    before(async () => {
      databases = await start();
      store = await openStore(await databases.create());
    });
    after(async () => {
      await store?.close();
      await databases?.stop();
    });

    const bare = (): OwnProvider => ({ id: createId(), label: 'Box', baseURL: 'http://box:8000/v1', createdAt: noon });
    const full = (): OwnProvider => ({
      ...bare(),
      presetId: 'deepseek',
      key: { sealed: 'v1.abc', end: 'wxyz', origin: 'https://api.example' },
      listed: [{ id: 'r1', contextTokens: 4096 }],
    });
    const override: ModelOverride = { history: 'keep', price: null, advice: { systemPrompt: 'ok', temperature: 1 } };

    test('a provider reads back as it was made, with much or with little', async () => {
      const ownerId = createId();
      const [first, second] = [full(), { ...bare(), createdAt: noon + 1 }];
      for (const provider of [second, first]) {
        assert.deepEqual(await store.providers.create(ownerId, provider), { created: true });
        assert.deepEqual(await store.providers.find(ownerId, provider.id), provider);
      }
      assert.deepEqual(await store.providers.list(ownerId), [first, second]);
    });

    test('making it again makes nothing, and an id of somebody else is refused', async () => {
      const ownerId = createId();
      const provider = full();
      await store.providers.create(ownerId, provider);
      assert.deepEqual(await store.providers.create(ownerId, { ...provider, label: 'Other' }), { created: false });
      assert.equal((await store.providers.find(ownerId, provider.id))?.label, 'Box');
      await assert.rejects(
        store.providers.create(createId(), provider),
        (error) => error instanceof AppError && error.code === 'conflict',
      );
    });

    test("a stranger's provider is like none", async () => {
      const [ownerId, stranger] = [createId(), createId()];
      const provider = full();
      await store.providers.create(ownerId, provider);
      assert.equal(await store.providers.find(stranger, provider.id), undefined);
      assert.equal(await store.providers.update(stranger, provider.id, { label: 'Mine' }), undefined);
      assert.equal(await store.providers.delete(stranger, provider.id), false);
      await store.providers.saveListedModels(stranger, provider.id, { baseURL: provider.baseURL, models: [] });
      assert.deepEqual(await store.providers.list(stranger), []);
      assert.deepEqual(await store.providers.find(ownerId, provider.id), provider);
    });

    test('a change changes what it names and leaves the rest', async () => {
      const ownerId = createId();
      const provider = full();
      await store.providers.create(ownerId, provider);
      const renamed = await store.providers.update(ownerId, provider.id, { label: 'New' });
      assert.deepEqual(renamed, { ...provider, label: 'New' });
      const { key: _key, ...keyless } = renamed ?? assert.fail('it is gone');
      assert.deepEqual(await store.providers.update(ownerId, provider.id, { key: null }), keyless);
      assert.deepEqual(await store.providers.find(ownerId, provider.id), keyless);
    });

    test('another base URL forgets the list, and a list that comes late from the old one is not kept', async () => {
      const ownerId = createId();
      const provider = full();
      await store.providers.create(ownerId, provider);
      const baseURL = 'https://other.example/v1';
      await store.providers.update(ownerId, provider.id, { baseURL });
      await store.providers.saveListedModels(ownerId, provider.id, {
        baseURL: provider.baseURL,
        models: [{ id: 'late' }],
      });
      assert.equal((await store.providers.find(ownerId, provider.id))?.listed, undefined);
      await store.providers.saveListedModels(ownerId, provider.id, { baseURL, models: [{ id: 'new' }] });
      assert.deepEqual((await store.providers.find(ownerId, provider.id))?.listed, [{ id: 'new' }]);
    });

    test('deleting takes what was said about its models along, and nothing else', async () => {
      const ownerId = createId();
      const [gone, kept] = [full(), bare()];
      for (const provider of [gone, kept]) {
        await store.providers.create(ownerId, provider);
        await store.modelOverrides.put(ownerId, [{ providerId: provider.id, modelKey: 'm', override }]);
      }
      assert.equal(await store.providers.delete(ownerId, gone.id), true);
      assert.equal(await store.providers.delete(ownerId, gone.id), false);
      assert.deepEqual(await store.providers.list(ownerId), [kept]);
      assert.deepEqual(await store.modelOverrides.list(ownerId), [{ providerId: kept.id, modelKey: 'm', override }]);
    });

    test('what is said about a model is replaced, forgotten, and each person’s own', async () => {
      const [ownerId, other] = [createId(), createId()];
      const place = { providerId: 'deepseek', modelKey: 'a#b' };
      await store.modelOverrides.put(ownerId, [{ ...place, override }]);
      await store.modelOverrides.put(ownerId, [
        { ...place, override: { added: true } },
        { ...place, modelKey: 'z', override },
      ]);
      assert.deepEqual(await store.modelOverrides.list(ownerId), [
        { ...place, override: { added: true } },
        { ...place, modelKey: 'z', override },
      ]);
      await store.modelOverrides.put(other, [{ ...place, override: null }]);
      assert.equal((await store.modelOverrides.list(ownerId)).length, 2);
      await store.modelOverrides.put(ownerId, [{ ...place, override: null }]);
      assert.deepEqual(await store.modelOverrides.list(ownerId), [{ ...place, modelKey: 'z', override }]);
    });
  });
}
