import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { splitterOptionsOf } from '../../../lib/reasoning/splitter-options.ts';
import { generate } from '../../../lib/server/generation/generate.ts';
import { adapterFor, fetchOf, testModel } from './ask.ts';

const inline = { ...testModel, reasoning: { transport: 'inline', startsInReasoning: 'auto' } } as const;

/** The tokens of a stream that a real server sent, read in pieces of so many bytes. */
async function usageOf(file: string, pieceLength: number, stopAt?: number) {
  const body = readFileSync(new URL(`../../fixtures/servers/${file}`, import.meta.url));
  const length = stopAt ?? body.length;
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < length; at += pieceLength) pieces.push(body.subarray(at, Math.min(length, at + pieceLength)));
  const record = await generate({
    adapter: adapterFor('http://127.0.0.1:1/v1', { fetch: fetchOf(pieces) }),
    request: { model: inline, messages: [], sampling: {}, signal: new AbortController().signal },
    splitter: splitterOptionsOf(inline),
    now: () => 0,
    emit: () => undefined,
  });
  return { usage: record.state.usage, eventsAreTokens: record.eventsAreTokens };
}

const counts = { promptTokens: 9, cachedPromptTokens: 8, reasoningTokens: 24, answerTokens: 9 };

for (const length of [1, 100, 4096, 1_000_000]) {
  test(`llama.cpp: thinking and answer are counted by its events, ${length} bytes at once`, async () => {
    const { usage, eventsAreTokens } = await usageOf('llamacpp.counts.sse', length);
    assert.equal(eventsAreTokens, true);
    assert.deepEqual(
      { ...usage, serverTimes: undefined },
      { ...counts, otherTokens: 4, source: 'events', serverTimes: undefined },
    );
    assert.equal(usage?.serverTimes?.writtenTokens, 33);
    assert.equal(usage.serverTimes.readTokens, 1);
  });

  test(`LiteLLM before it: its own split is not believed, ${length} bytes at once`, async () => {
    const { usage } = await usageOf('litellm.split.sse', length);
    assert.deepEqual(usage, { ...counts, otherTokens: 4, source: 'events' });
  });

  test(`llama.cpp, thinking between tags, ${length} bytes at once`, async () => {
    const { usage } = await usageOf('llamacpp.counts-inline.sse', length);
    assert.equal(usage?.source, 'events');
    assert.deepEqual([usage.reasoningTokens, usage.answerTokens, usage.otherTokens], [24, 10, 5]);
  });
}
