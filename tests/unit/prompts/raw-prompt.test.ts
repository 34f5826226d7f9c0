import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { ModelInfo } from '../../../lib/model.ts';
import { renderPrompt } from '../../../lib/prompts/history.ts';
import {
  asksForQuestion,
  completionMaxTokens,
  endsInOpener,
  rawPromptStarters,
  rawPromptVariables,
  renderRawPrompt,
  turnLabelsOf,
} from '../../../lib/prompts/raw-prompt.ts';
import { r1ZeroTemplate } from '../../../lib/prompts/templates.ts';
import { plainModel } from '../../fakes/model.ts';

const model: ModelInfo = {
  ...plainModel,
  reasoning: { transport: 'inline', startsInReasoning: false },
};
const turns = [
  { question: 'q1', answer: 'a1', reasoning: 'r1' },
  { question: 'q2', answer: 'a2', reasoning: 'r2' },
];
const values = { question: 'Why?', system: 'Be brief.', turns };
const render = (template: string) => renderRawPrompt(template, values).prompt;
const base = { model, template: undefined, systemPrompt: undefined, turns: [], question: 'Why?' };

test('the raw R1-Zero prompt is the template and nothing else, in both endings', () => {
  const expected = r1ZeroTemplate.replace('{prompt}', 'Why?');
  assert.ok(expected.endsWith('User: Why?. Assistant:'));
  const plain = renderPrompt({ ...base, template: 'r1-zero-raw' });
  assert.deepEqual(plain.messages, []);
  assert.deepEqual(plain.completion, { prompt: expected, stop: ['\nUser:'] });
  assert.deepEqual(plain.splitter, { startsInReasoning: 'auto', completion: true });
  const opened = renderPrompt({ ...base, template: 'r1-zero-raw', opensThinking: true });
  assert.equal(opened.completion?.prompt, `${expected} <think>`);
  assert.deepEqual(opened.splitter, { startsInReasoning: true, completion: true });
});

test('earlier turns and the system prompt enter the raw R1-Zero prompt as they enter its message', () => {
  const settings = { ...base, turns, systemPrompt: 'Be brief.' };
  const { completion, systemPromptMoved } = renderPrompt({ ...settings, template: 'r1-zero-raw' });
  assert.equal(completion?.prompt, renderPrompt({ ...settings, template: 'r1-zero' }).messages[0]?.content);
  assert.equal(systemPromptMoved, true);
  assert.doesNotMatch(completion?.prompt ?? '', /r1|r2/);
});

test('stop strings that were asked for are added to those of the template, each once', () => {
  const { completion } = renderPrompt({ ...base, template: 'r1-zero-raw', stop: ['###', '\nUser:'] });
  assert.deepEqual(completion?.stop, ['\nUser:', '###']);
  assert.deepEqual(renderPrompt({ ...base, template: 'raw', stop: ['###'] }).completion?.stop, ['###']);
});

test('a hand-written prompt without a text is the question alone, byte for byte', () => {
  const question = '  Two plus {{question}} is\n';
  assert.equal(renderPrompt({ ...base, question, template: 'raw' }).completion?.prompt, question);
});

test('each variable is replaced, also with blanks around its name', () => {
  assert.equal(render('{{system}}\n{{ question }}'), 'Be brief.\nWhy?');
  assert.equal(
    render('{{history}}User: {{question}}\nAssistant:'),
    'User: q1\nAssistant: a1\nUser: q2\nAssistant: a2\nUser: Why?\nAssistant:',
  );
  assert.equal(render('{{#turns}}[{{turn.question}}|{{turn.answer}}]{{/turns}}{{question}}'), '[q1|a1][q2|a2]Why?');
  assert.equal(renderRawPrompt('{{#turns}}x{{/turns}}y', { ...values, turns: [] }).prompt, 'y');
});

test('names that are no variables are reported and stay as they were written', () => {
  const template = '{{name}} {{#turns}}{{turn.reasoning}}{{/turns}} {{turn.answer}} {{#turns}} {{ no variable }} {}';
  const { prompt, unknownVariables } = renderRawPrompt(template, { ...values, turns: [] });
  assert.deepEqual(unknownVariables, ['name', 'turn.reasoning', 'turn.answer', '#turns']);
  assert.equal(prompt, '{{name}}  {{turn.answer}} {{#turns}} {{ no variable }} {}');
});

test('what a variable holds is never rendered again, whatever it is', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (question, before, after) => {
      fc.pre(!/[{}]/.test(before + after));
      const prompt = renderRawPrompt(`${before}{{question}}${after}`, { ...values, question }).prompt;
      assert.equal(prompt, before + question + after);
    }),
  );
  assert.equal(
    renderRawPrompt('{{question}}', { ...values, question: '{{system}} $& {{#turns}}' }).prompt,
    '{{system}} $& {{#turns}}',
  );
});

test('a prompt that its variables make too long is refused, not built', () => {
  const template = '{{question}}'.repeat(10_000);
  assert.throws(() => renderRawPrompt(template, { ...values, question: 'x'.repeat(100_000) }), /longer than/);
});

test('many loops that are never closed cost no more than their length', () => {
  const template = '{{#turns}}'.repeat(20_000);
  assert.deepEqual(renderRawPrompt(template, values), { prompt: template, unknownVariables: ['#turns'] });
});

test('every starter and every variable offered is one that is known', () => {
  for (const { template, id } of rawPromptStarters) {
    const { prompt, unknownVariables } = renderRawPrompt(template, values);
    assert.deepEqual(unknownVariables, [], id);
    assert.ok(prompt.includes('Why?') && asksForQuestion(template), id);
  }
  for (const { text } of rawPromptVariables) assert.deepEqual(renderRawPrompt(text, values).unknownVariables, [], text);
  const starter = (id: string) => rawPromptStarters.find((s) => s.id === id)?.template ?? '';
  assert.equal(render(starter('r1-zero')), r1ZeroTemplate.replace('{prompt}', 'Why?'));
});

test('a prompt that ends in an opening tag begins in thinking', () => {
  for (const prompt of ['Assistant: <think>', 'x<think>\n', '<THINK> \n\n'])
    assert.equal(endsInOpener(prompt), true, prompt);
  for (const prompt of ['<think> so', 'Assistant:', 'think>', '<think></think>'])
    assert.equal(endsInOpener(prompt), false, prompt);
});

test('an invented turn is looked for only by labels that the prompt itself uses', () => {
  assert.equal(turnLabelsOf('Write a file with a line "User: bob".'), false);
  assert.deepEqual(turnLabelsOf('User: hi\nAssistant:'), { user: ['User:'], assistant: ['Assistant:'] });
  assert.deepEqual(turnLabelsOf('Question: hi\nAnswer:'), { user: ['Question:'], assistant: ['Answer:'] });
  assert.deepEqual(turnLabelsOf(r1ZeroTemplate), { user: ['User:'], assistant: ['Assistant:'] });
  assert.deepEqual(turnLabelsOf('Q: hi\nA:'), { user: ['Q:'], assistant: ['A:'] });
});

test('a completion always has a token limit: what was asked for, the advice, the model’s, or ours, within its window', () => {
  const limited = (limits: ModelInfo['limits'], maxTokens?: number) =>
    completionMaxTokens({ ...model, limits, advice: { systemPrompt: 'ok', ...(maxTokens && { maxTokens }) } }, {});
  assert.equal(completionMaxTokens(model, {}), 16_384);
  assert.equal(completionMaxTokens(model, { maxTokens: 7 }), 7);
  assert.equal(limited({ outputTokens: 8_192 }), 8_192);
  assert.equal(limited({ outputTokens: 8_192 }, 500), 500);
  assert.equal(limited({ contextTokens: 4_096 }), 2_048);
});
