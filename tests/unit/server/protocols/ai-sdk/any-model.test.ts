import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulateReadableStream } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { createTextBuffer } from '../../../../../lib/server/calls/text-buffer.ts';
import type { StreamFact } from '../../../../../lib/server/calls/stream-facts.ts';
import { readParts } from '../../../../../lib/server/protocols/ai-sdk/stream.ts';

test('any model that speaks the interface of the AI SDK is read, whatever made it', async () => {
  const model = new MockLanguageModelV4({
    doStream: async () => ({
      stream: simulateReadableStream({
        chunks: [
          { type: 'stream-start', warnings: [] },
          { type: 'reasoning-start', id: 'r' },
          { type: 'reasoning-delta', id: 'r', delta: '2 and 2, ' },
          { type: 'reasoning-delta', id: 'r', delta: 'so 4.' },
          { type: 'reasoning-end', id: 'r' },
          { type: 'text-start', id: 't' },
          { type: 'text-delta', id: 't', delta: 'Four.' },
          { type: 'text-end', id: 't' },
          {
            type: 'finish',
            finishReason: { unified: 'stop', raw: 'end_turn' },
            usage: {
              inputTokens: { total: 5, noCache: 5, cacheRead: undefined, cacheWrite: undefined },
              outputTokens: { total: 9, text: 2, reasoning: 7 },
            },
          },
        ],
      }),
    }),
  });
  const written: { type: string; text: string }[] = [];
  const facts: StreamFact[] = [];
  const observe = (fact: StreamFact) => {
    facts.push(fact);
  };
  const buffer = createTextBuffer((part) => written.push(part), observe, { maxAnswer: 1000 });
  const { stream } = await model.doStream({ prompt: [{ role: 'user', content: [{ type: 'text', text: '2 + 2?' }] }] });
  await readParts(stream, buffer, observe);
  const said = (type: string) => written.flatMap((part) => (part.type === type ? part.text : [])).join('');
  assert.equal(said('reasoning'), '2 and 2, so 4.');
  assert.equal(said('content'), 'Four.');
  assert.ok(facts.some((fact) => fact.type === 'usage'));
  assert.ok(facts.some((fact) => fact.type === 'finish'));
});
