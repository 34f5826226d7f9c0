import assert from 'node:assert/strict';
import test from 'node:test';
import type { ErrorCause } from '../../lib/errors.ts';
import { type Sentences, errorSentence, noticeSentence } from '../../lib/sentences.ts';

test('an error is told by its cause, with its facts and what to do next', () => {
  const table: [ErrorCause, string][] = [
    [
      { code: 'key-refused', facts: { provider: 'Lab', variable: 'LAB_API_KEY' } },
      'Lab refused the API key. Check the key (LAB_API_KEY) and what it is allowed to do.',
    ],
    [{ code: 'key-missing', facts: { provider: 'Lab' } }, 'Lab wants an API key. Set one and try again.'],
    [
      { code: 'not-listening', facts: { provider: 'Ollama', baseURL: 'http://localhost:11434', local: true } },
      'Nothing is listening at http://localhost:11434. Is Ollama running?',
    ],
    [
      { code: 'no-such-model', facts: { provider: 'Lab', local: false } },
      'Lab does not offer this model. Choose another one.',
    ],
    [
      { code: 'too-many-requests', facts: { provider: 'Lab', seconds: 2.1 } },
      'Lab says these are too many requests. Try again in 3 s.',
    ],
    [
      { code: 'timed-out', facts: { provider: 'Lab', limit: 'idle', ms: 60_000, kept: true } },
      'Lab went silent for 60 s. What had arrived is kept.',
    ],
    [
      { code: 'timed-out', facts: { provider: 'Lab', limit: 'first-byte', ms: 300_000, kept: false } },
      'Lab did not begin to answer within 5 minutes. Try again.',
    ],
    [
      { code: 'address-refused', facts: { reason: 'this-server' } },
      'This base URL cannot be used: it leads back to Thinkglass itself.',
    ],
  ];
  for (const [cause, sentence] of table) assert.equal(errorSentence(cause), sentence);
});

test('a notice counts and lists what it is about', () => {
  const leftOut = (count: number) => noticeSentence({ code: 'events-left-out', facts: { provider: 'Lab', count } });
  assert.equal(leftOut(1), "One event of Lab's stream could not be read and was left out.");
  assert.equal(leftOut(3), "3 events of Lab's stream could not be read and were left out.");
  assert.equal(
    noticeSentence({ code: 'picture-left-out', facts: { names: ['a.png', 'b.png'], more: true } }),
    'Pictures of earlier questions were named, not sent again: "a.png", "b.png" and more.',
  );
  const error: ErrorCause = { code: 'busy', facts: { provider: 'Lab' } };
  assert.equal(
    noticeSentence({ code: 'retrying', facts: { error, attempt: 2, waitMs: 3000, until: 4000 } }),
    'Lab is busy or not ready. Try again in a moment. Trying again in 3 s (attempt 2).',
  );
});

test('another language is another catalogue', () => {
  const german = {
    errors: { busy: ({ provider }: { provider: string }) => `${provider} ist beschäftigt.` },
    notices: {},
  } as unknown as Sentences; // the rest of it is not asked for
  assert.equal(errorSentence({ code: 'busy', facts: { provider: 'Lab' } }, german), 'Lab ist beschäftigt.');
});
