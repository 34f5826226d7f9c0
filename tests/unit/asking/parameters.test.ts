import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  numberFieldsFor,
  parseNumber,
  parseStops,
  stopsText,
  withParameter,
} from '../../../components/asking/parameter-fields.ts';
import { parseParameters } from '../../../components/asking/parameter-memory.ts';

const fields = Object.fromEntries(numberFieldsFor(undefined).map((field) => [field.name, field]));
const field = (name: string) => fields[name] ?? assert.fail(name);

test('a number is read as people write it', () => {
  const cases: [name: string, text: string, value: number | undefined][] = [
    ['temperature', ' 0.6 ', 0.6],
    ['temperature', '0,6', 0.6],
    ['temperature', '.5', 0.5],
    ['temperature', '2', 2],
    ['temperature', '  ', undefined],
    ['maxTokens', '32768', 32_768],
    ['maxTokens', '32,768', 32_768],
    ['maxTokens', '32 768', 32_768],
    ['seed', '0', 0],
  ];
  for (const [name, text, value] of cases) {
    const parsed = parseNumber(field(name), text);
    assert.ok(!('problem' in parsed), text);
    assert.equal(parsed.value, value, text);
  }
});

test('what the API would refuse is told at the field', () => {
  const cases: [name: string, text: string][] = [
    ['temperature', '2.1'],
    ['temperature', '-1'],
    ['temperature', 'warm'],
    ['temperature', '1e1'],
    ['temperature', '0.'.repeat(2)],
    ['topP', '1.01'],
    ['maxTokens', '0'],
    ['maxTokens', '1.5'],
    ['maxTokens', '3,5'],
    ['seed', '-1'],
    ['seed', '99999999999'],
  ];
  for (const [name, text] of cases) assert.ok('problem' in parseNumber(field(name), text), `${name} ${text}`);
});

test('stop strings come back as they were typed, whatever is in them', () => {
  const stop = fc.string({
    minLength: 1,
    maxLength: 100,
    unit: fc.constantFrom('a', '\\', 'n', '\n', '\t', ' ', '\r', 'é'),
  });
  fc.assert(
    fc.property(fc.array(stop, { maxLength: 8 }), (stops) => {
      assert.deepEqual(parseStops(stopsText(stops)), stops);
    }),
  );
});

test('stop strings are no more and no longer than the API takes', () => {
  assert.deepEqual(parseStops('\n\nEND\n\\nUser:\n'), ['END', '\nUser:']);
  assert.equal(parseStops('a\n'.repeat(20)).length, 8);
  assert.deepEqual(parseStops('x'.repeat(201)), []);
});

test('a parameter that is taken away leaves no key behind', () => {
  assert.deepEqual(withParameter({ temperature: 1, seed: 2 }, 'seed', undefined), { temperature: 1 });
  assert.deepEqual(withParameter({ temperature: 1 }, 'seed', 0), { temperature: 1, seed: 0 });
});

test('what this browser kept comes back', () => {
  const kept = { sampling: { temperature: 0.7, stop: ['END'], effort: 'low' }, systemPrompt: 'Be brief.' };
  assert.deepEqual(parseParameters(JSON.stringify(kept)), kept);
});

test('nonsense in the browser’s storage is no parameters', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const { sampling, systemPrompt } = parseParameters(text);
      assert.equal(typeof sampling, 'object');
      assert.ok(systemPrompt === undefined || typeof systemPrompt === 'string');
    }),
  );
  const wrong = { sampling: { temperature: '1', topP: null, stop: [1], effort: 3, other: 1 }, systemPrompt: 5 };
  assert.deepEqual(parseParameters(JSON.stringify(wrong)), { sampling: {} });
  assert.deepEqual(parseParameters(undefined), { sampling: {} });
});
