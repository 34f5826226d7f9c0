import assert from 'node:assert/strict';
import test from 'node:test';
import { defaultColumns, listPresets, withPartner } from '../../../components/compare/presets.ts';
import { columnLabels, settingsWords } from '../../../components/compare/settings-words.ts';
import { groupOf, modelOf, recordings } from './models.ts';

const keysOf = (columns: readonly { model: { modelKey: string } }[] | undefined) =>
  columns?.map(({ model }) => model.modelKey);
const presetsOf = (...args: Parameters<typeof listPresets>) =>
  Object.fromEntries(listPresets(...args).map((preset) => [preset.id, preset]));
const refOf = (providerId: string, modelKey: string) => ({ providerId, modelKey });

test('with no key, R1 and R1-Zero are compared as recordings, and what recordings cannot do says why', () => {
  assert.deepEqual(keysOf(defaultColumns([recordings])), ['r1', 'r1-zero']);
  const presets = presetsOf([recordings], undefined);
  assert.deepEqual(keysOf(presets['r1-and-zero']?.columns), ['r1', 'r1-zero']);
  assert.equal(presets.thinking?.columns, undefined);
  assert.match(presets.thinking?.note ?? '', /A recording thinks as it was recorded/);
  assert.equal(presets.temperatures?.columns, undefined);
  assert.match(presets.temperatures?.note ?? '', /A recording says the same at every temperature/);
});

test('a live R1-Zero goes before the recording, beside the R1 of the same provider and no distillation', () => {
  const hyper = groupOf('hyper', [
    modelOf('hyper', 'deepseek-ai/DeepSeek-R1-Distill-Qwen-14B'),
    modelOf('hyper', 'deepseek-ai/DeepSeek-R1-Zero'),
    modelOf('hyper', 'deepseek-ai/DeepSeek-R1'),
  ]);
  const other = groupOf('other', [modelOf('other', 'DeepSeek-R1')]);
  const providers = [recordings, other, hyper];
  const expected = [refOf('hyper', 'deepseek-ai/DeepSeek-R1'), refOf('hyper', 'deepseek-ai/DeepSeek-R1-Zero')];
  const { columns } = presetsOf(providers, undefined)['r1-and-zero'] ?? {};
  assert.deepEqual(
    columns?.map(({ model }) => model),
    expected,
  );
  assert.deepEqual(
    defaultColumns(providers).map(({ model }) => model),
    expected,
  );
});

test('thinking on and off takes the two offers of one model, or its word for it', () => {
  const twins = groupOf('deepseek', [
    modelOf('deepseek', 'flash#plain', { reasoning: { transport: 'none', startsInReasoning: false } }),
    modelOf('deepseek', 'flash#thinking'),
  ]);
  assert.deepEqual(keysOf(presetsOf([recordings, twins], undefined).thinking?.columns), [
    'flash#thinking',
    'flash#plain',
  ]);
  const ollama = groupOf('ollama', [modelOf('ollama', 'qwen3', { parameters: { efforts: ['off', 'on'] } })], 'local');
  assert.deepEqual(presetsOf([recordings, twins, ollama], refOf('ollama', 'qwen3')).thinking?.columns, [
    { model: refOf('ollama', 'qwen3'), sampling: { effort: 'on' } },
    { model: refOf('ollama', 'qwen3'), sampling: { effort: 'off' } },
  ]);
  const levels = groupOf('x', [modelOf('x', 'oss', { parameters: { efforts: ['low', 'high'] } })]);
  assert.equal(presetsOf([levels], undefined).thinking?.columns, undefined);
  assert.match(presetsOf([levels], undefined).thinking?.note ?? '', /No model here is known to have a switch/);
});

test('three temperatures are of the first column’s model, unless that heeds none', () => {
  const a = modelOf('p', 'a', { parameters: { refused: ['temperature'] } });
  const providers = [recordings, groupOf('p', [a, modelOf('p', 'b'), modelOf('p', 'c')])];
  const temperaturesOf = (key: string) =>
    presetsOf(providers, refOf('p', key)).temperatures?.columns?.map((c) => [c.model.modelKey, c.sampling.temperature]);
  assert.deepEqual(temperaturesOf('c'), [
    ['c', 0.2],
    ['c', 0.6],
    ['c', 1],
  ]);
  assert.equal(temperaturesOf('a')?.[0]?.[0], 'b');
});

test('a model alone is set beside another that thinks; the only one, beside itself under R1-Zero’s prompt', () => {
  const plain = modelOf('p', 'plain', { reasoning: { transport: 'none', startsInReasoning: false } });
  const providers = [recordings, groupOf('p', [plain, modelOf('p', 'a'), modelOf('p', 'b')])];
  assert.deepEqual(keysOf(defaultColumns(providers, refOf('p', 'b'))), ['b', 'a']);
  const lonely = [recordings, groupOf('p', [modelOf('p', 'a')])];
  assert.deepEqual(withPartner([{ model: refOf('p', 'a'), sampling: {} }], lonely), [
    { model: refOf('p', 'a'), sampling: {} },
    { model: refOf('p', 'a'), sampling: {}, promptTemplate: 'r1-zero' },
  ]);
});

test('where nothing can be asked there are still two columns', () => {
  assert.deepEqual(keysOf(defaultColumns([])), ['', '']);
});

test('a column says how it asks where that is not simply as advised', () => {
  const model = modelOf('p', 'a', { parameters: { ignored: ['topP'] } });
  const settings = { model: refOf('p', 'a'), sampling: { temperature: 0.6, topP: 0.5, effort: 'off' } };
  assert.deepEqual(settingsWords(settings, model), ['temperature 0.6', 'thinking off']);
  assert.deepEqual(
    settingsWords({ model: refOf('p', 'a'), sampling: {}, promptTemplate: 'r1-zero-raw', systemPrompt: 'x' }, model),
    ['R1-Zero raw', 'system prompt'],
  );
  assert.deepEqual(settingsWords({ model: refOf('p', 'a'), sampling: {} }, model), []);
});

test('columns of one model are told apart by how they ask, or counted', () => {
  const model = modelOf('p', 'a');
  const column = (temperature?: number) => ({
    settings: { model: refOf('p', 'a'), sampling: { ...(temperature !== undefined && { temperature }) } },
    model,
  });
  assert.deepEqual(columnLabels([column(0.2), column(1)]), [
    { label: 'a', detail: 'temperature 0.2' },
    { label: 'a', detail: 'temperature 1' },
  ]);
  assert.deepEqual(columnLabels([column(), column()]), [
    { label: 'a', detail: '1' },
    { label: 'a', detail: '2' },
  ]);
  assert.deepEqual(columnLabels([column()]), [{ label: 'a', detail: '' }]);
});

test('columns whose models have one name at two servers say which server it is', () => {
  const column = (provider: string) => ({
    settings: { model: refOf(provider, 'a'), sampling: {} },
    model: modelOf(provider, 'a'),
    provider: provider.toUpperCase(),
  });
  assert.deepEqual(columnLabels([column('p'), column('q')]), [
    { label: 'a', detail: 'P' },
    { label: 'a', detail: 'Q' },
  ]);
});

test("the models inside are a comparison of their own, and are nobody else's partner, default or R1", () => {
  const insideOf = (id: string) => ({ ...modelOf('inside', id), knows: 'puzzles' as const });
  const inside = groupOf('inside', ['tiny-zero', 'tiny-r1', 'tiny-base'].map(insideOf));
  const live = groupOf('live', [modelOf('live', 'gpt')]);
  assert.deepEqual(keysOf(presetsOf([recordings, inside], undefined).inside?.columns), ['tiny-zero', 'tiny-r1']);
  assert.equal(presetsOf([recordings], undefined).inside, undefined);
  assert.deepEqual(keysOf(defaultColumns([inside, recordings])), ['r1', 'r1-zero']);
  assert.equal(presetsOf([inside, live], undefined)['r1-and-zero']?.columns, undefined);
  const ref = (providerId: string, modelKey: string) => ({ model: refOf(providerId, modelKey), sampling: {} });
  assert.equal(withPartner([ref('live', 'gpt')], [inside, live])[1]?.promptTemplate, 'r1-zero');
  assert.deepEqual(keysOf(withPartner([ref('inside', 'tiny-zero')], [live, inside])), ['tiny-zero', 'tiny-r1']);
});
