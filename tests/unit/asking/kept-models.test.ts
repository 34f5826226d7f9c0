import assert from 'node:assert/strict';
import test from 'node:test';
import { keptSections, parseKept } from '../../../components/asking/kept-models.ts';
import type { ModelInfo, ProviderModels } from '../../../lib/model.ts';

const server = (id: string, keys: readonly string[], state: 'ready' | 'needs-key' = 'ready') =>
  ({
    provider: { id, label: id, kind: 'hosted', status: { state } },
    models: keys.map((key) => ({ providerId: id, key, label: key }) as ModelInfo),
  }) as unknown as ProviderModels;

test('what stands in a browser’s storage is read as what it can be', () => {
  assert.deepEqual(parseKept(undefined), []);
  assert.deepEqual(parseKept('router/vendor/model:free\nnonsense\n'), ['router/vendor/model:free']);
});

test('favourites stand on top, those that can be asked, in the order they were made', () => {
  const providers = [server('router', ['a/b', 'c']), server('away', ['d'], 'needs-key')];
  const [favourites, ...rest] = keptSections(providers, ['router/c', 'away/d', 'gone/x', 'router/a/b']);
  assert.equal(favourites?.title, 'Favourites');
  assert.deepEqual(
    favourites?.models.map(({ key }) => key),
    ['c', 'a/b'],
  );
  assert.deepEqual(rest, []);
  assert.deepEqual(keptSections(providers, []), []);
});
