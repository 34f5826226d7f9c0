import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { ModelInfo, ModelParameters, ParameterName, Sampling } from '../../lib/model.ts';
import { dialsOf, differsFromAdvice, findWithheld, takenSampling } from '../../lib/parameters.ts';

function modelWith(parameters: ModelParameters | undefined): ModelInfo {
  return {
    key: 'm',
    id: 'm',
    providerId: 'p',
    label: 'M',
    reasoning: { transport: 'field', startsInReasoning: 'auto' },
    history: 'strip',
    promptTemplate: 'chat',
    advice: { temperature: 0.6, topP: 0.95, systemPrompt: 'avoid' },
    limits: {},
    ...(parameters && { parameters }),
    requestExtras: {},
    recording: false,
  };
}

const all: Required<Sampling> = {
  temperature: 0.2,
  topP: 0.5,
  maxTokens: 99,
  seed: 7,
  stop: ['END'],
  effort: 'high',
  thinkingBudget: 2048,
  route: 'cheapest',
  topK: 20,
  minP: 0.05,
  repeatPenalty: 1.1,
  numCtx: 8192,
  keepAlive: -1,
};
const names = Object.keys(all) as ParameterName[];

test('a model of which nothing is known is sent everything but a budget for its thinking and a route', () => {
  const { temperature, topP, maxTokens, seed, stop, effort } = all;
  assert.deepEqual(takenSampling(modelWith(undefined), all), { temperature, topP, maxTokens, seed, stop, effort });
});

test('a dial is sent where its server understands it, by the name it has there', () => {
  const model = modelWith({ dials: { topK: 'top_k', repeatPenalty: 'repetition_penalty' } });
  const taken = takenSampling(model, all);
  assert.deepEqual([taken.topK, taken.repeatPenalty, taken.minP, taken.numCtx], [20, 1.1, undefined, undefined]);
  assert.deepEqual(dialsOf(model, taken), { top_k: 20, repetition_penalty: 1.1 });
});

test('what is refused or ignored is never sent, whatever was asked for', () => {
  const some = fc.subarray(names);
  fc.assert(
    fc.property(some, some, some, (refused, ignored, asked) => {
      const model = modelWith({ refused, ignored, efforts: ['low', 'high'], thinkingBudget: { min: 1 } });
      const sampling: Sampling = Object.fromEntries(asked.map((name) => [name, all[name]]));
      const taken = takenSampling(model, sampling);
      for (const name of [...refused, ...ignored]) assert.equal(taken[name], undefined, name);
      for (const name of Object.keys(taken) as ParameterName[]) assert.deepEqual(taken[name], sampling[name]);
    }),
  );
});

test('an effort is sent in the words of the model only, and not beside a budget', () => {
  const model = modelWith({ efforts: ['low', 'high'], thinkingBudget: { min: 1024 } });
  assert.deepEqual(takenSampling(model, { effort: 'high' }), { effort: 'high' });
  assert.deepEqual(takenSampling(model, { effort: 'extreme' }), {});
  assert.deepEqual(takenSampling(model, { effort: 'high', thinkingBudget: 2048 }), { thinkingBudget: 2048 });
});

test('why a parameter is withheld is known', () => {
  const model = modelWith({ refused: ['stop'], ignored: ['seed', 'stop'], efforts: ['high'] });
  assert.equal(findWithheld(model, 'stop'), 'refused');
  assert.equal(findWithheld(model, 'seed'), 'ignored');
  assert.equal(findWithheld(model, 'thinkingBudget'), 'no-dial');
  assert.equal(findWithheld(model, 'effort', 'low'), 'unknown-word');
  assert.equal(findWithheld(model, 'effort', 'high'), undefined);
  assert.equal(findWithheld(model, 'temperature'), undefined);
});

test('a thread differs from the advice by what is sent, not by what it holds', () => {
  const model = modelWith({ ignored: ['seed'] });
  const differs = (sampling: Sampling, systemPrompt?: string) =>
    differsFromAdvice(model, { sampling, ...(systemPrompt !== undefined && { systemPrompt }) });
  assert.equal(differs({}), false);
  assert.equal(differs({ temperature: 0.6, topP: 0.95, stop: [] }), false);
  assert.equal(differs({ seed: 3 }), false);
  assert.equal(differs({}, '  \n'), false);
  assert.equal(differs({ temperature: 0.7 }), true);
  assert.equal(differs({ maxTokens: 5 }), true);
  assert.equal(differs({ stop: ['END'] }), true);
  assert.equal(differs({}, 'Be brief.'), true);
});
