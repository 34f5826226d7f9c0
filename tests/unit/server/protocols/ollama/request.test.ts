import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ModelInfo, ModelRequest } from '../../../../../lib/model.ts';
import {
  describeOllamaModel,
  findLoaded,
  parseOllamaShow,
  parseOllamaTags,
} from '../../../../../lib/server/protocols/ollama/models.ts';
import { isModelName } from '../../../../../lib/pull.ts';
import { renderOllamaCall, thinkFor, windowFor } from '../../../../../lib/server/protocols/ollama/request.ts';
import { plainModel } from '../../../../fakes/model.ts';

const model: ModelInfo = {
  ...plainModel,
  id: 'm:8b',
  providerId: 'ollama',
  label: 'm:8b',
  reasoning: { transport: 'field', startsInReasoning: 'auto' },
};
const asking = (request: Partial<ModelRequest> = {}): Omit<ModelRequest, 'signal'> => ({
  model,
  messages: [{ role: 'user', content: 'Why?' }],
  sampling: {},
  ...request,
});

describe('the window that is asked for', () => {
  test('is the default where that is enough, and else a power of two that is', () => {
    assert.equal(windowFor(4_096, {}), undefined);
    assert.equal(windowFor(4_097, {}), 8_192);
    assert.equal(windowFor(20_000, {}), 32_768);
  });

  test('is never lower than the default of the model, and not said where the default does', () => {
    assert.equal(windowFor(10_000, { defaultWindow: 16_384 }), undefined);
    assert.equal(windowFor(17_000, { defaultWindow: 16_384 }), 32_768);
  });

  test('stays what the model is loaded with, if that is enough', () => {
    assert.equal(windowFor(1_000, { loaded: { window: 65_536 } }), 65_536);
    assert.equal(windowFor(9_000, { loaded: { window: 8_192 } }), 16_384);
    assert.equal(windowFor(1_000, { loaded: { window: 2_048 }, defaultWindow: 8_192 }), undefined);
  });

  test('is left to ollama.com for what runs there', () => {
    assert.equal(windowFor(100_000, { remote: true }), undefined);
  });

  test('holds what is needed as far as the model can, and grows with it, whatever the numbers', () => {
    const facts = fc.record({
      contextTokens: fc.integer({ min: 512, max: 2 ** 20 }),
      defaultWindow: fc.option(fc.integer({ min: 512, max: 2 ** 18 }), { nil: 0 }),
      loaded: fc.option(fc.record({ window: fc.integer({ min: 512, max: 2 ** 18 }) }), { nil: false as const }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 21 }), fc.nat(100_000), facts, (needed, more, known) => {
        const effective = (tokens: number) => windowFor(tokens, known) ?? Math.max(known.defaultWindow, 4_096);
        assert.ok(effective(needed) >= Math.min(needed, known.contextTokens));
        assert.ok((windowFor(needed, known) ?? Infinity) >= Math.min(known.defaultWindow, known.contextTokens));
        if (!known.loaded) assert.ok(effective(needed + more) >= effective(needed));
      }),
    );
  });
});

describe('what is sent', () => {
  test('is the parameters in the options, under the names of Ollama', () => {
    const sampling = { temperature: 0.6, topP: 0.95, seed: 7, stop: ['END'], maxTokens: 100 };
    const { body, path } = renderOllamaCall(asking({ sampling }), {}, true);
    assert.equal(path, '/api/chat');
    assert.deepEqual(body, {
      model: 'm:8b',
      messages: [{ role: 'user', content: 'Why?' }],
      stream: true,
      think: true,
      options: { temperature: 0.6, top_p: 0.95, num_predict: 100, seed: 7, stop: ['END'] },
    });
  });

  test('has past thinking under its name, only where the policy kept it', () => {
    const messages: ModelRequest['messages'] = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b', reasoning: 'because' },
      { role: 'user', content: 'c' },
    ];
    const { body } = renderOllamaCall(asking({ messages }), {}, undefined);
    assert.deepEqual((body.messages as unknown[])[1], { role: 'assistant', content: 'b', thinking: 'because' });
  });

  test('grows its window with the conversation', () => {
    const windowAt = (length: number) => {
      const messages = [{ role: 'user' as const, content: 'word '.repeat(length) }];
      const { body } = renderOllamaCall(asking({ messages }), { contextTokens: 131_072 }, true);
      return (body.options as { num_ctx?: number } | undefined)?.num_ctx;
    };
    assert.deepEqual(
      [windowAt(1), windowAt(10_000), windowAt(40_000), windowAt(200_000)],
      [16_384, 32_768, 65_536, 131_072],
    );
  });

  test('says when the conversation alone is longer than the model can take', () => {
    const messages = [{ role: 'user' as const, content: 'word '.repeat(10_000) }];
    assert.equal(renderOllamaCall(asking({ messages }), { contextTokens: 4_096 }, true).overflow?.contextTokens, 4_096);
    assert.equal(renderOllamaCall(asking(), { contextTokens: 4_096 }, true).overflow, undefined);
  });

  test("takes the model's own fields and options over ours", () => {
    const extras = { keep_alive: '1h', options: { num_ctx: 2_048, top_k: 40 } };
    const { body } = renderOllamaCall(asking({ model: { ...model, requestExtras: extras } }), {}, true);
    assert.equal(body.keep_alive, '1h');
    assert.deepEqual(body.options, { num_ctx: 2_048, top_k: 40 });
  });

  test('is the bare text for a raw completion', () => {
    const { body, path } = renderOllamaCall(
      asking({ messages: [], completion: { prompt: 'Once', stop: ['User:'] } }),
      {},
      true,
    );
    assert.equal(path, '/api/generate');
    assert.equal(body.prompt, 'Once');
    assert.equal(body.raw, true);
    assert.equal('think' in body || 'messages' in body, false);
    assert.deepEqual((body.options as { stop: string[] }).stop, ['User:']);
  });

  test('tells whether the model has to be loaded for it', () => {
    const loads = (facts: Parameters<typeof renderOllamaCall>[1]) => renderOllamaCall(asking(), facts, true).loads;
    assert.equal(loads({}), undefined);
    assert.equal(loads({ loaded: false }), true);
    assert.equal(loads({ loaded: { window: 16_384 } }), false);
    assert.equal(loads({ loaded: { window: 4_096 } }), true);
    assert.equal(loads({ loaded: false, remote: true }), false);
  });
});

describe('the switch for thinking', () => {
  const leveled: ModelInfo = { ...model, requestExtras: { think: 'medium' } };
  const silent: ModelInfo = { ...model, reasoning: { transport: 'none', startsInReasoning: 'auto' } };
  const cases: [
    words: string,
    of: ModelInfo,
    effort: string | undefined,
    facts: Parameters<typeof thinkFor>[2],
    think: unknown,
  ][] = [
    ['is on for a model that can', silent, undefined, { thinks: true }, true],
    ['is not touched for one that cannot', model, 'high', { thinks: false }, undefined],
    ['follows the data where nothing is known', model, undefined, {}, true],
    ['follows the data where nothing is known, too', silent, undefined, {}, undefined],
    ['is off for the effort none', model, 'none', { thinks: true }, false],
    ['is on for any other effort', model, 'high', { thinks: true }, true],
    ['is a level where the data names one', leveled, undefined, { thinks: true }, 'medium'],
    ['takes the level asked for', leveled, 'high', { thinks: true }, 'high'],
    ['cannot be off for a model of levels', leveled, 'none', { thinks: true }, 'low'],
    ['is what Ollama lists', model, 'high', { thinkValues: ['low', 'high'] }, 'high'],
    ['is the default where the wish is not listed', model, undefined, { thinkValues: ['low', 'high'] }, undefined],
    ['takes the nearest word', model, 'xhigh', { thinkValues: [true, 'low', 'max'] }, 'max'],
    ['is as little as can be for the effort none', model, 'none', { thinkValues: ['low', 'high'] }, 'low'],
    ['is off where that is listed', model, 'off', { thinkValues: [false, true] }, false],
    ['is on where levels are not listed', model, 'high', { thinkValues: [false, true] }, true],
    ['is nothing where Ollama lists only off', model, 'high', { thinkValues: [false] }, undefined],
    ["can be the model's own data", { ...silent, requestExtras: { think: false } }, undefined, {}, false],
  ];
  for (const [words, of, effort, facts, think] of cases) {
    test(`${words} (${effort}, ${JSON.stringify(facts)})`, () => assert.equal(thinkFor(of, effort, facts), think));
  }
});

describe('what Ollama says about itself', () => {
  test('is read from its lists', () => {
    assert.deepEqual(
      parseOllamaTags({
        models: [
          { name: 'a:1b', capabilities: ['completion'], details: { parameter_size: '1B', quantization_level: 'Q4_0' } },
          { model: 'e', capabilities: ['embedding'] },
          { name: 'nomic-embed-text' },
          { name: 'old' },
          { name: 'far', remote_host: 'https://example.test' },
          { name: '' },
          7,
        ],
      }),
      [
        { id: 'a:1b', capabilities: ['completion'], parameterSize: '1B', quantization: 'Q4_0', remote: false },
        { id: 'old', remote: false },
        { id: 'far', remote: true },
      ],
    );
    assert.deepEqual(parseOllamaTags({ models: null }), []);
    for (const value of [{}, [], 'x', null, { data: [] }]) assert.equal(parseOllamaTags(value), undefined);
  });

  test('is read from what it shows of a model', () => {
    assert.deepEqual(
      parseOllamaShow({
        model_info: { 'qwen3.context_length': 40_960 },
        parameters: 'stop "<|x|>"\nnum_ctx                        8192\ntemperature 0.6',
        capabilities: ['completion', 'thinking'],
        thinking: { values: ['low', true, 7, 'no word at all'] },
      }),
      { contextTokens: 40_960, defaultWindow: 8_192, thinks: true, thinkValues: ['low', true] },
    );
    for (const value of [undefined, null, 'x', {}, { model_info: { 'a.context_length': -1 } }]) {
      assert.deepEqual(parseOllamaShow(value), {});
    }
  });

  test('is read from what is loaded, with or without the tag that is meant when there is none', () => {
    const ps = { models: [{ model: 'm:latest', context_length: 8_192 }] };
    assert.deepEqual(findLoaded(ps, 'm'), { window: 8_192 });
    assert.deepEqual(findLoaded({ models: [{ name: 'm' }] }, 'm'), {});
    assert.equal(findLoaded(ps, 'n'), false);
    assert.equal(findLoaded({ models: null }, 'm'), false);
    assert.equal(findLoaded(undefined, 'm'), undefined);
  });
});

describe('a name to be pulled', () => {
  test('is one that Ollama could know', () => {
    for (const name of ['r1', 'deepseek-r1:8b', 'library/r1:latest', 'hf.co/some-one/Model_1-GGUF:Q4_K_M', 'a--b']) {
      assert.ok(isModelName(name), name);
    }
  });

  test('is nothing that a shell or a path could take for something else', () => {
    const names = [
      '',
      ' r1',
      'r1 ',
      'a b',
      '-rf',
      '../x',
      'a/../b',
      'a//b',
      'http://x/y',
      'a;b',
      '$(x)',
      'a\nb',
      '/a',
      'a/',
      'a:',
      'é',
    ];
    for (const name of [...names, 'x'.repeat(201)]) assert.equal(isModelName(name), false, name);
  });

  test('is judged at once, whatever it is', () => {
    assert.equal(isModelName(`${'a-'.repeat(99)}!`), false);
    assert.equal(isModelName(`${'_'.repeat(199)}`), false);
  });
});

test('dials go among the options, and how long it stays in memory beside them', () => {
  const model = describeOllamaModel(
    { id: 'qwen3:8b', capabilities: ['completion', 'thinking'], remote: false },
    { ...plainModel, id: 'qwen3:8b' },
  );
  const sampling = { topK: 20, minP: 0.05, repeatPenalty: 1.1, numCtx: 8192, keepAlive: -1 };
  const { body } = renderOllamaCall({ model, messages: [], sampling }, {}, undefined);
  assert.deepEqual(body.options, { top_k: 20, min_p: 0.05, repeat_penalty: 1.1, num_ctx: 8192 });
  assert.equal(body.keep_alive, -1);
});
