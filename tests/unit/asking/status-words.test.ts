import assert from 'node:assert/strict';
import test from 'node:test';
import { statusAdvice, statusWords } from '../../../components/asking/status-words.ts';
import { memoryWords } from '../../../components/words/memory-words.ts';
import type { GenerationError } from '../../../lib/errors.ts';
import { canBeAsked, laterStatus, statusOfError } from '../../../lib/provider-status.ts';

const provider = 'Box';
const errors: Record<string, GenerationError> = {
  loading: { kind: 'busy', code: 'loading-model', facts: { provider } },
  keyless: { kind: 'auth', code: 'key-missing', facts: { provider } },
  refused: { kind: 'auth', code: 'key-refused', facts: { provider } },
  gone: { kind: 'offline', code: 'not-listening', facts: { provider, baseURL: 'http://b/v1', local: true } },
};
const statusOf = (name: string, since = 1_000) => statusOfError(errors[name] ?? assert.fail(name), since);

test('how a server is doing is told in a few words, and what can be done in a sentence', () => {
  const cases: [name: string, state: string, words: string, advice: RegExp][] = [
    ['loading', 'loading', 'is loading its model, 40 s', /asked now waits/],
    ['keyless', 'locked', 'wants a key', /Set one/],
    ['refused', 'locked', 'refuses its key', /Check the key/],
    ['gone', 'unreachable', 'not reachable', /Is Box running\?/],
  ];
  for (const [name, state, words, advice] of cases) {
    const status = statusOf(name);
    assert.equal(status.state, state);
    assert.equal(statusWords(status, 41_000), words);
    assert.match(statusAdvice(status) ?? '', advice);
    assert.ok(canBeAsked(status));
  }
  assert.equal(statusWords({ state: 'ready', models: 1 }), '1 model');
  assert.equal(statusAdvice({ state: 'ready', models: 1 }), undefined);
});

test('the time since when it is so goes on while it is so', () => {
  const first = statusOf('gone', 1_000);
  assert.deepEqual(laterStatus(first, statusOf('gone', 9_000)), first);
  assert.equal((laterStatus(first, statusOf('loading', 9_000)) as { since: number }).since, 9_000);
  assert.deepEqual(laterStatus(first, { state: 'ready', models: 2 }), { state: 'ready', models: 2 });
});

test('where a model is is told in a few words', () => {
  assert.equal(memoryWords({ state: 'loaded' }), 'in memory');
  assert.match(memoryWords({ state: 'loaded', until: Date.UTC(2026, 10, 30, 12, 0) }), /^in memory until \d\d:\d\d$/);
  assert.equal(memoryWords({ state: 'unloaded' }), 'not in memory');
});
