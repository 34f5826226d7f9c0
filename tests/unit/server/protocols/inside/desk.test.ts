import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createInsideAdapter } from '../../../../../lib/server/protocols/inside/adapter.ts';
import { loadModel } from '../../../../../lib/server/protocols/inside/engine.ts';
import { insideFile, insideRecords, listInsideModels } from '../../../../../lib/server/protocols/inside/models.ts';
import { readPuzzle } from '../../../../../lib/server/protocols/inside/puzzle.ts';
import type { ProviderPart } from '../../../../../lib/model.ts';

test('a puzzle is read however a person puts it', () => {
  const same = [
    'Use 3, 5 and 7 to make 26',
    'make 26 from 3 5 7',
    '3,5,7 → 26',
    'How do I get 26 out of 3, 5 and 7?',
    'use three, five and seven to make twenty-six',
    '用3、5和7得到26',
    '用三、五和七得到二十六',
    'Use 3 5 7 to make 26 .',
  ];
  for (const text of same) assert.deepEqual(readPuzzle(text), { numbers: [3, 5, 7], target: 26 }, text);
  assert.equal(readPuzzle('What is the capital of France?'), 'unread');
  assert.equal(readPuzzle('Use 3 and 5 to make 8'), 'count');
  assert.equal(readPuzzle('Use 3, 3 and 5 to make 8'), 'twice');
  assert.equal(readPuzzle('Use 3, 13 and 5 to make 8'), 'range');
  assert.equal(readPuzzle('Use 3, 5 and 7 to make 100'), 'target');
});

test('the record of the models is what their files say', () => {
  for (const record of insideRecords) {
    assert.ok(existsSync(insideFile(record)), record.file);
    const { shape, parameters } = loadModel(readFileSync(insideFile(record)));
    assert.deepEqual([record.context, record.parameters], [shape.context, parameters]);
    assert.ok(['base', 'zero', 'r1'].includes(record.kind) && ['', '<think>'].includes(record.opens));
  }
});

test('a model inside thinks, and what it wrote is counted; what is no puzzle is told so', async () => {
  const adapter = createInsideAdapter({ label: 'Inside', tokensPerSecond: 60 });
  const model = listInsideModels().find(({ id }) => id === 'tiny-r1');
  assert.ok(model);
  const ask = async (content: string) => {
    const parts: ProviderPart[] = [];
    const messages = [{ role: 'user' as const, content }];
    const sampling = { seed: 3, thinkingBudget: 16 };
    const signal = new AbortController().signal;
    for await (const part of adapter.ask({ model, messages, sampling, signal, unpaced: true })) parts.push(part);
    return parts;
  };
  const parts = await ask('make 26 from 3, 5 and 7');
  assert.match(parts.find((part) => part.type === 'request')?.body ?? '', / Use 3 5 7 to make 26 \.<think>/);
  const usage = parts.find((part) => part.type === 'usage')?.usage;
  assert.ok(usage?.reasoningTokens !== undefined && usage.reasoningTokens <= 16);
  assert.equal(parts.at(-1)?.type, 'finish');
  const refused = await ask('Who are you?');
  assert.deepEqual(refused, [
    { type: 'error', error: { kind: 'request', code: 'no-puzzle', facts: { fault: 'unread' } } },
  ]);
  await adapter.close();
});
