import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListedModel } from '../../../../lib/provider.ts';
import { getProtocol } from '../../../../lib/server/protocols/index.ts';
import {
  convertPresetModels,
  describeListedModel,
  describeModel,
  providerPresets,
} from '../../../../lib/server/providers/presets.ts';

const vocabularyOf = (id: string) => describeListedModel({ id }, 'local').vocabulary;

test("a model's vocabulary is told by its name where that is certain", () => {
  const expected = {
    'deepseek-ai/DeepSeek-R1': 'deepseek-v3',
    'deepseek-ai/DeepSeek-R1-Zero': 'deepseek-v3',
    'deepseek-ai/DeepSeek-R1-0528': 'deepseek-v3',
    'deepseek-r1:671b': 'deepseek-v3',
    'DeepSeek-V3.1': 'deepseek-v3',
    'deepseek-ai/DeepSeek-R1-Distill-Qwen-32B': 'qwen3',
    'deepseek-ai/DeepSeek-R1-0528-Qwen3-8B': 'qwen3',
    'deepseek-r1:14b': 'qwen3',
    'Qwen/QwQ-32B': 'qwen3',
    'qwen3:8b': 'qwen3',
    'Qwen/Qwen3-30B-A3B-Thinking-2507': 'qwen3',
    'qwen2.5:7b': 'qwen3',
  };
  for (const [id, vocabulary] of Object.entries(expected)) assert.equal(vocabularyOf(id), vocabulary, id);
});

test('where it is not, none is said', () => {
  const unknown = [
    'deepseek-ai/DeepSeek-R1-Distill-Llama-70B',
    'deepseek-r1:8b', // two models had this name
    'deepseek-r1:70b',
    'deepseek-reasoner', // an alias of whatever is newest
    'deepseek-v4-flash',
    'qwen3.5:35b', // another vocabulary
    'gpt-oss:20b',
    'llama3.3',
    'my-model',
  ];
  for (const id of unknown) assert.equal(vocabularyOf(id), undefined, id);
});

test('the models of the known providers have it too', () => {
  const all = providerPresets.flatMap((preset) => convertPresetModels(preset));
  assert.ok(all.some(({ vocabulary }) => vocabulary === 'deepseek-v3'));
  for (const { id, vocabulary } of all) {
    if (/v4|gpt|llama|glm|kimi|claude|gemini/i.test(id)) assert.equal(vocabulary, undefined, id);
  }
});

const listedAs = (listed: ListedModel) =>
  describeModel(listed, { providerId: 'local', protocol: getProtocol(undefined) }).vocabulary;

test('a name that anybody may have given is not enough where servers are known for it: the weights must say the same', () => {
  for (const id of ['r1', 'tiny-r1', 'local/r1']) assert.equal(listedAs({ id }), undefined, id);
  for (const by of [{ ownedBy: 'llamacpp' }, { ownedBy: 'library' }, { ownedBy: 'openai' }, { looksLike: 'litellm' }]) {
    for (const id of ['deepseek-r1:671b', 'DeepSeek-R1', 'models/deepseek-r1.gguf', 'me/tiny-qwen3'])
      assert.equal(listedAs({ id, ...by }), undefined, id);
    assert.equal(listedAs({ id: 'deepseek-ai/DeepSeek-R1', ...by }), 'deepseek-v3');
    assert.equal(listedAs({ id: 'alias', upstream: 'Qwen/Qwen3-8B', ...by }), 'qwen3');
  }
  assert.equal(listedAs({ id: 'qwen3:8b', family: 'qwen3' }), 'qwen3');
  assert.equal(listedAs({ id: 'deepseek-r1:671b', family: 'deepseek2' }), 'deepseek-v3');
  assert.equal(listedAs({ id: 'deepseek-r1:1.5b', family: 'gemma3' }), undefined);
  assert.equal(listedAs({ id: 'tiny-r1', family: 'deepseek2' }), undefined, 'an r1 of its own may have any vocabulary');
  const file = { id: 'DeepSeek-R1-Q4_K_M.gguf', ownedBy: 'llamacpp' };
  assert.equal(listedAs({ ...file, vocabularySize: 129_280 }), 'deepseek-v3');
  assert.equal(listedAs({ ...file, vocabularySize: 64 }), undefined);
  assert.equal(listedAs({ id: 'deepseek-ai/DeepSeek-R1', vocabularySize: 64 }), undefined);
});
