import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { askOf, firstDraft, parseDraft, readStops, writeStops } from '../../../components/raw/draft.ts';

const model = { providerId: 'p', modelKey: 'm' };

test('stop strings come back from their field as they went in', () => {
  const stop = fc.string({ minLength: 1 }).filter((text) => !/[\u2028\u2029]/.test(text));
  fc.assert(fc.property(fc.array(stop), (stops) => assert.deepEqual(readStops(writeStops(stops)), stops)));
  assert.deepEqual(readStops('\\nUser:\n\n### \n'), ['\nUser:', '### ']);
});

test('a prompt with a place for the question is the template, and the question what is asked', () => {
  const { settings, text } = askOf({ ...firstDraft, template: 'Q: {{question}}', question: 'Why?', stop: 'Q:' }, model);
  assert.equal(text, 'Why?');
  assert.deepEqual(settings, {
    model,
    promptTemplate: 'raw',
    rawPrompt: 'Q: {{question}}',
    sampling: { stop: ['Q:'] },
  });
});

test('a prompt without one is itself what is asked, byte for byte', () => {
  const template = ' Once {{upon}} a time\n';
  const { settings, text } = askOf({ ...firstDraft, template, stop: '' }, model);
  assert.equal(text, template);
  assert.equal(settings.rawPrompt, '{{question}}');
});

test('a number that is none is not sent', () => {
  const sampling = (maxTokens: string, temperature: string) =>
    askOf({ ...firstDraft, stop: '', maxTokens, temperature }, model).settings.sampling;
  assert.deepEqual(sampling('100', '0'), { maxTokens: 100, temperature: 0 });
  assert.deepEqual(sampling('', ' '), {});
  assert.deepEqual(sampling('1.5', 'hot'), {});
  assert.deepEqual(sampling('-3', '9'), { temperature: 2 });
});

test('a kept draft is read again, and anything else is not', () => {
  const draft = { ...firstDraft, template: 'x', temperature: '0.6' };
  assert.deepEqual(parseDraft(JSON.stringify(draft)), draft);
  assert.deepEqual(parseDraft('{"template":"x","other":1,"stop":2}'), { ...firstDraft, template: 'x' });
  for (const text of ['', 'null', '"x"', '{']) assert.equal(parseDraft(text), undefined, text);
});
