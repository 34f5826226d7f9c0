import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { addressOf, parseColumns } from '../../../components/compare/address.ts';
import { promptTemplateIds } from '../../../lib/model.ts';
import { groupOf, modelOf, recordings } from './models.ts';

const box = groupOf('ollama', [modelOf('ollama', 'deepseek-r1:8b'), modelOf('ollama', 'a,b%2C,c')], 'local');
const hosted = groupOf('together', [modelOf('together', 'deepseek-ai/DeepSeek-R1'), modelOf('together', 'r1')]);
const away = {
  provider: {
    ...hosted.provider,
    id: 'away',
    status: { state: 'unreachable', reason: { code: 'said', facts: { text: 'off' } }, since: 0 } as const,
  },
  models: [modelOf('away', 'r1'), modelOf('away', 'only-there')],
};
const providers = [away, recordings, box, hosted];

const paramsOf = (address: string) => Object.fromEntries(new URL(address, 'http://here').searchParams);

test('models are named with their provider, or by their bare id in any case', () => {
  const columns = parseColumns(
    { models: 'replay:r1-zero,ollama:deepseek-r1:8b,deepseek-r1:8b,DEEPSEEK-AI/deepseek-r1' },
    providers,
  );
  assert.deepEqual(
    columns.map(({ model }) => model),
    [
      { providerId: 'replay', modelKey: 'r1-zero' },
      { providerId: 'ollama', modelKey: 'deepseek-r1:8b' },
      { providerId: 'ollama', modelKey: 'deepseek-r1:8b' },
      { providerId: 'together', modelKey: 'deepseek-ai/DeepSeek-R1' },
    ],
  );
});

test('of several models with one name, one that can be asked is taken', () => {
  assert.equal(parseColumns({ models: 'r1' }, [away, hosted])[0]?.model.providerId, 'together');
  assert.equal(parseColumns({ models: 'only-there' }, [away, hosted])[0]?.model.providerId, 'away');
});

test('a model that nobody offers keeps its column', () => {
  assert.deepEqual(parseColumns({ models: 'gone-model' }, providers), [
    { model: { providerId: '', modelKey: 'gone-model' }, sampling: {} },
  ]);
});

test('no models, no columns; more than six, six', () => {
  assert.deepEqual(parseColumns({}, providers), []);
  assert.deepEqual(parseColumns({ models: ' , ' }, providers), []);
  assert.equal(parseColumns({ models: Array(9).fill('r1').join(',') }, providers).length, 6);
});

test('template, temperature and effort belong to the column of their place; nonsense is left out', () => {
  const columns = parseColumns(
    { models: 'r1,r1,r1', template: 'r1-zero-raw,,odd', temperature: ',0,hot', effort: 'HIGH,high' },
    [hosted],
  );
  const model = { providerId: 'together', modelKey: 'r1' };
  assert.deepEqual(columns, [
    { model, promptTemplate: 'r1-zero-raw', sampling: {} },
    { model, sampling: { temperature: 0, effort: 'high' } },
    { model, sampling: {} },
  ]);
});

test('an address reads like what it says', () => {
  const columns = parseColumns({ models: 'replay:r1,together:deepseek-ai/DeepSeek-R1' }, providers);
  assert.equal(
    addressOf(columns, 'What is 6 × 7?'),
    '/compare?models=replay:r1,together:deepseek-ai/DeepSeek-R1&prompt=What%20is%206%20%C3%97%207%3F',
  );
  assert.equal(addressOf([], ''), '/compare');
});

test('a question too long for an address is left out of it', () => {
  assert.equal(addressOf([], 'x'.repeat(5000)), '/compare');
});

test('what an address was made of comes back out of it', () => {
  const models = providers.flatMap((group) => group.models);
  const column = fc.record(
    {
      model: fc.constantFrom(...models).map(({ providerId, key }) => ({ providerId, modelKey: key })),
      promptTemplate: fc.constantFrom(...promptTemplateIds),
      sampling: fc.record(
        {
          temperature: fc.integer({ min: 0, max: 20 }).map((n) => n / 10),
          effort: fc.constantFrom('low', 'off', 'high'),
        },
        { requiredKeys: [], noNullPrototype: true },
      ),
    },
    { requiredKeys: ['model', 'sampling'], noNullPrototype: true },
  );
  const prompt = fc
    .string({ unit: 'binary', maxLength: 40 })
    .filter((text) => text.trim() !== '' && text.isWellFormed());
  fc.assert(
    fc.property(fc.array(column, { minLength: 1, maxLength: 6 }), prompt, (columns, question) => {
      const params = paramsOf(addressOf(columns, question));
      assert.deepEqual(parseColumns(params, providers), columns);
      assert.equal(params.prompt, question);
    }),
  );
});
