import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ollama } from '../../../../lib/server/protocols/ollama/index.ts';
import { openai } from '../../../../lib/server/protocols/openai/index.ts';
import type { Protocol } from '../../../../lib/server/protocols/protocol.ts';
import { describeModel } from '../../../../lib/server/providers/presets.ts';

/** The limits of the one model in a list. */
function limitsOf(protocol: Protocol, list: unknown) {
  const [listed] = protocol.parseModels(list) ?? [];
  assert.ok(listed);
  return describeModel(listed, { providerId: 'local', protocol }).limits;
}

const one = (entry: object) => limitsOf(openai, { object: 'list', data: [{ id: 'm', object: 'model', ...entry }] });

test('llama.cpp tells the window it gives, which is less than what the model could have', () => {
  // llama-server of Oct 2026, 29 Nov 2026
  const meta = { n_ctx: 288, n_ctx_train: 131_072, n_params: 607_104, size: 2_428_416, ftype: 'all F32' };
  assert.deepEqual(one({ owned_by: 'llamacpp', meta }), { contextTokens: 288, contextFrom: 'server' });
  const older = { n_ctx_train: 131_072, n_params: 607_104 };
  assert.deepEqual(one({ owned_by: 'llamacpp', meta: older }), { contextTokens: 131_072 });
});

test('other lists tell what their model could have, each under its name', () => {
  for (const name of ['max_model_len', 'context_length', 'context_window', 'max_context_length', 'max_input_tokens'])
    assert.deepEqual(one({ [name]: 4096 }), { contextTokens: 4096 }, name);
  // LM Studio tells both
  assert.deepEqual(one({ max_context_length: 131_072, loaded_context_length: 8192 }), {
    contextTokens: 8192,
    contextFrom: 'server',
  });
  for (const nothing of [{}, { max_model_len: 0 }, { context_length: '4096' }, { meta: { n_ctx: -1 } }])
    assert.deepEqual(one(nothing), {});
});

test('an Ollama that is spoken to as others are tells it in its own list', () => {
  const listed = openai.parseModels({ data: [{ id: 'tiny-r1:latest', owned_by: 'library' }] }) ?? [];
  const more = openai.more?.(listed, { baseURL: 'http://127.0.0.1:11434/v1', listPath: '/models' });
  assert.equal(more?.url, 'http://127.0.0.1:11434/api/tags');
  const tags = { models: [{ name: 'tiny-r1:latest', details: { family: 'llama', context_length: 288 } }] };
  assert.deepEqual(more.merge(tags), [{ ...listed[0], contextTokens: 288, family: 'llama' }]);
  assert.deepEqual(more.merge('nonsense'), listed);
});

test("Ollama's list tells it among the details", () => {
  const entry = { name: 'tiny-r1:latest', model: 'tiny-r1:latest', details: { family: 'llama', context_length: 288 } };
  assert.deepEqual(limitsOf(ollama, { models: [entry] }), { contextTokens: 288 });
});
