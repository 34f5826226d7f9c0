import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { keptOf, parseLineUps, parseSavedPrompts, withKept } from '../../../components/asking/kept-settings.ts';

const settings = {
  systemPrompt: 'Be brief.',
  promptTemplate: 'r1-zero-raw',
  opensThinking: true,
  guard: { thinkingTokens: 10 },
  sampling: { temperature: 0.3, seed: 7 },
};

test('how a thread asks is kept as it was, but for its guard', () => {
  const { guard: _, ...rest } = settings;
  assert.deepEqual(keptOf(settings), rest);
  const prompt = { name: 'Brief', text: 'How many?', settings: keptOf(settings) };
  assert.deepEqual(parseSavedPrompts(JSON.stringify([prompt])), [prompt]);
  const lineUp = {
    name: 'My two',
    columns: ['a', 'b'].map((key) => ({ ...rest, model: { providerId: 'p', modelKey: key } })),
  };
  assert.deepEqual(parseLineUps(JSON.stringify([lineUp])), [lineUp]);
});

test('whatever stands in the storage, what is read can be used', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (stored) => {
      for (const { name, settings: kept } of parseSavedPrompts(stored)) {
        assert.equal(typeof name, 'string');
        assert.equal(typeof kept.sampling, 'object');
      }
      for (const { columns } of parseLineUps(stored))
        assert.ok(columns.every(({ model }) => model.modelKey !== undefined));
    }),
  );
});

test('one of the same name takes the place of the former, and the oldest go first', () => {
  const named = (name: string, text = '') => ({ name, text });
  assert.deepEqual(withKept([named('a'), named('b')], named('a', 'new')), [named('b'), named('a', 'new')]);
  const many = Array.from({ length: 100 }, (_, i) => named(String(i)));
  assert.deepEqual(
    withKept(many, named('last'))
      .map(({ name }) => name)
      .slice(0, 1),
    ['1'],
  );
});
