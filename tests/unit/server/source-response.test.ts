import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceResponse } from '../../../lib/server/respond.ts';

const never = new AbortController().signal;

test('each event is told under its type, in one line of JSON', async () => {
  async function* source() {
    yield { type: 'progress', status: 'a\nb' };
    yield { type: 'done' };
  }
  const response = sourceResponse(source, never);
  assert.equal(await response.text(), 'event: progress\ndata: {"status":"a\\nb"}\n\nevent: done\ndata: {}\n\n');
});

test('a source that rests between two events ends when its reader leaves', async () => {
  let ended: () => void = () => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  async function* source(signal: AbortSignal) {
    try {
      for (let i = 0; ; i++) yield { type: 'progress', i, aborted: signal.aborted };
    } finally {
      ended();
    }
  }
  const reader = sourceResponse(source, never).body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await end;
});

test('a source that waits is told when the request is gone', async () => {
  const request = new AbortController();
  let began: () => void = () => {};
  const beginning = new Promise<void>((resolve) => {
    began = resolve;
  });
  let seen = false;
  async function* source(signal: AbortSignal): AsyncGenerator<{ type: string }> {
    began();
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    seen = signal.aborted;
  }
  const response = sourceResponse(source, request.signal);
  const reading = response.text().catch(() => undefined);
  await beginning;
  request.abort();
  await reading;
  assert.ok(seen);
});

test('a source that throws ends with an error that tells nothing', async (t) => {
  t.mock.method(console, 'error', () => {});
  // biome-ignore lint/correctness/useYield: it fails before its first event
  async function* source(): AsyncGenerator<{ type: string }> {
    throw new Error('a secret path');
  }
  const text = await sourceResponse(source, never).text();
  assert.match(text, /^event: error\n/);
  assert.doesNotMatch(text, /secret/);
});
