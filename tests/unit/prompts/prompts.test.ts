import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { HistoryPolicy, ModelInfo } from '../../../lib/model.ts';
import { renderPrompt } from '../../../lib/prompts/history.ts';
import { r1ZeroTemplate, renderR1ZeroPrompt } from '../../../lib/prompts/templates.ts';
import { plainModel } from '../../fakes/model.ts';

const model: ModelInfo = plainModel;
const turns = [{ question: 'q1', answer: 'a1', reasoning: 'r1' }];
const base = { model, template: undefined, systemPrompt: undefined, turns, question: 'q2' };

test("the R1-Zero template is the paper's, byte for byte", () => {
  const file = readFileSync(new URL('../../fixtures/r1-zero-template.txt', import.meta.url), 'utf8');
  assert.equal(`${r1ZeroTemplate}\n`, file);
});

test('a question with dollar signs enters the template as it is', () => {
  const prompt = renderR1ZeroPrompt([], "What is $& and $1 and $'?");
  assert.ok(prompt.endsWith("User: What is $& and $1 and $'?. Assistant:"));
});

test('a column keeps or strips past thinking against its model, but not what the model requires back', () => {
  const sends = (ofModel: HistoryPolicy, ofColumn: 'keep' | 'strip') => {
    const { messages } = renderPrompt({ ...base, model: { ...model, history: ofModel }, history: ofColumn });
    return messages.some((message) => message.reasoning !== undefined);
  };
  assert.equal(sends('strip', 'keep'), true);
  assert.equal(sends('keep', 'strip'), false);
  assert.equal(sends('required', 'strip'), true);
});

test('past thinking is stripped unless the history policy keeps it', () => {
  assert.deepEqual(renderPrompt(base).messages, [
    { role: 'user', content: 'q1' },
    { role: 'assistant', content: 'a1' },
    { role: 'user', content: 'q2' },
  ]);
  const kept = renderPrompt({ ...base, model: { ...model, history: 'keep' } }).messages;
  assert.deepEqual(kept[1], { role: 'assistant', content: 'a1', reasoning: 'r1' });
});

test('a system prompt stays where it is allowed, and moves before the first question where it is not', () => {
  const allowed = renderPrompt({ ...base, systemPrompt: 'Be brief.' });
  assert.deepEqual(allowed.messages[0], { role: 'system', content: 'Be brief.' });
  assert.equal(allowed.systemPromptMoved, false);
  const avoiding = { ...model, advice: { systemPrompt: 'avoid' as const } };
  const moved = renderPrompt({ ...base, model: avoiding, systemPrompt: 'Be brief.' });
  assert.deepEqual(moved.messages[0], { role: 'user', content: 'Be brief.\n\nq1' });
  assert.equal(moved.messages.length, 3);
  assert.equal(moved.systemPromptMoved, true);
});

test('under the R1-Zero template everything is one user message, with earlier answers and no earlier thinking', () => {
  const { messages } = renderPrompt({ ...base, template: 'r1-zero' });
  assert.equal(messages.length, 1);
  const content = messages[0]?.content ?? '';
  assert.ok(content.endsWith('User: q1. Assistant: <answer> a1 </answer> User: q2. Assistant:'));
  assert.ok(!content.includes('r1'));
});
