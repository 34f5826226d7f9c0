import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { renderExportFile } from '../../../lib/export/json.ts';
import { noticeSentence } from '../../../lib/sentences.ts';
import type { ExportedMessage, ExportFile } from '../../../lib/exported.ts';
import { createId } from '../../../lib/ids.ts';
import { ImportProblem } from '../../../lib/import/foreign.ts';
import { parseImport } from '../../../lib/import/parse-import.ts';
import { conversationArbitrary } from '../../fakes/conversations.ts';

const noon = 1_790_000_000_000;

test('what is exported is read back as it was, whatever is in it', () => {
  fc.assert(
    fc.property(fc.array(conversationArbitrary, { maxLength: 3 }), (conversations) => {
      const read = parseImport(JSON.parse(renderExportFile(conversations, noon)), noon + 1);
      assert.equal(read.origin, 'thinkglass');
      assert.deepEqual(read.conversations, JSON.parse(JSON.stringify(conversations)));
    }),
    { numRuns: 150 },
  );
});

/** A file with one question and its answer. */
function sample(): ExportFile {
  const threadId = createId();
  const question: ExportedMessage = {
    id: createId(),
    threadId,
    parentId: null,
    role: 'user',
    parts: [{ kind: 'answer', text: 'Why?' }],
    createdAt: noon,
  };
  const answer: ExportedMessage = {
    ...question,
    id: createId(),
    parentId: question.id,
    role: 'assistant',
    generation: {
      providerId: 'replay',
      modelKey: 'r1',
      modelId: 'r1',
      providerLabel: 'Recordings',
      modelLabel: 'R1',
      recording: true,
      sampling: {},
      queuedAt: noon,
      times: {},
      notices: [],
      finish: { outcome: 'complete', reason: 'stop', complete: true },
    },
  };
  const thread = { id: threadId, settings: { model: { providerId: 'replay', modelKey: 'r1' }, sampling: {} } };
  return {
    format: 'thinkglass',
    version: 1,
    exportedAt: noon,
    conversations: [
      {
        id: createId(),
        title: 'Why',
        createdAt: noon,
        updatedAt: noon,
        threads: [thread],
        messages: [question, answer],
      },
    ],
  };
}

/** The sample with something else at a place. */
function changed(path: (string | number)[], value: unknown): unknown {
  const file = JSON.parse(JSON.stringify(sample())) as Record<string | number, unknown>;
  let at = file;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1) ?? ''] = value;
  return file;
}

function problemOf(value: unknown): string {
  try {
    parseImport(value, noon);
  } catch (error) {
    assert.ok(error instanceof ImportProblem, String(error));
    return `${error.path.map(String).join('.')}: ${error.message}`;
  }
  return 'none';
}

test('what is wrong is told with its place', () => {
  const first = ['conversations', 0, 'messages', 1];
  const cases: [path: (string | number)[], value: unknown, told: RegExp][] = [
    [['version'], 2, /^version: is not 1/],
    [['conversations'], 'many', /^conversations: /],
    [['conversations', 0, 'title'], 7, /^conversations\.0\.title: /],
    [['conversations', 0, 'threads'], [], /^conversations\.0\.threads: is empty/],
    [[...first, 'id'], '../../etc', /^conversations\.0\.messages\.1\.id: must be a lower-case UUID/],
    [[...first, 'parts', 0, 'text'], { html: '<b>' }, /^conversations\.0\.messages\.1\.parts\.0\.text: /],
    [[...first, 'parts', 0, 'kind'], 'script', /^conversations\.0\.messages\.1\.parts\.0\.kind: /],
    [[...first, 'parentId'], createId(), /messages\.1\.parentId: names no earlier message/],
    [[...first, 'parentId'], null, /messages\.1\.parentId: puts it after/],
    [[...first, 'threadId'], createId(), /messages\.1\.threadId: names no thread/],
    [[...first, 'generation'], undefined, /messages\.1\.generation: is there for an answer/],
    [[...first, 'generation', 'finish', 'outcome'], 'running', /messages\.1\.generation\.finish\.outcome: /],
    [[...first, 'generation', 'times', 'end'], '1e99', /messages\.1\.generation\.times\.end: /],
    [[...first, 'generation', 'usage'], { reasoningTokens: -1, answerTokens: 0, source: 'counted' }, /reasoningTokens/],
    [[...first, 'createdAt'], 1e300, /messages\.1\.createdAt: /],
    [['conversations', 0, 'threads', 0, 'settings', 'sampling', 'temperature'], 99, /settings\.sampling\.temperature/],
  ];
  assert.equal(problemOf(sample()), 'none');
  for (const [path, value, told] of cases) assert.match(problemOf(changed(path, value)), told);
});

test('what is attached is looked at as if a page had sent it', () => {
  const attach = (files: unknown) => changed(['conversations', 0, 'messages', 0, 'attachments'], files);
  const text = { name: '../../a\u202Eb.txt', mediaType: 'text/plain', content: 'Hi' };
  const read = parseImport(attach([text]), noon);
  assert.equal(read.conversations[0]?.messages[0]?.attachments?.[0]?.name, 'ab.txt');
  const page = { name: 'x.png', mediaType: 'image/png', content: btoa('<svg onload=alert(1)>   ') };
  assert.match(problemOf(attach([page])), /messages\.0\.attachments: is refused: .*not a picture/);
  assert.match(problemOf(attach([{ ...text, content: 'x'.repeat(300_000) }])), /too large/);
  assert.match(problemOf(attach(Array.from({ length: 9 }, () => text))), /At most 8/);
});

test('an id that is used twice is refused', () => {
  const file = sample();
  const [conversation] = file.conversations;
  assert.ok(conversation);
  assert.match(
    problemOf({ ...file, conversations: [conversation, conversation] }),
    /^conversations\.1\.id: is in the file twice/,
  );
});

test('a command that would mend something is not taken from a file', () => {
  const error = { kind: 'model', message: 'Not there.', fix: { label: 'Run', command: 'rm -rf ~' } };
  const read = parseImport(changed(['conversations', 0, 'messages', 1, 'generation', 'error'], error), noon);
  assert.deepEqual(read.conversations[0]?.messages[1]?.generation?.error, {
    kind: 'model',
    code: 'said',
    facts: { text: 'Not there.' },
  });
});

/** What is read of notices and an error that a file tells so. */
function toldIn(notices: readonly unknown[], error?: unknown) {
  const { generation } = sample().conversations[0]?.messages[1] ?? {};
  const told = { ...generation, notices, ...(error !== undefined && { error }) };
  const file = changed(['conversations', 0, 'messages', 1, 'generation'], told);
  return parseImport(file, noon).conversations[0]?.messages[1]?.generation;
}

test('notices and errors of older files keep their sentences, and attempts stay attempts', () => {
  const again = 'Lab is busy. Try again in a moment. Trying again in 3 s (attempt 2).';
  const read = toldIn(
    [
      { code: 'turn-cut', message: 'It was cut.' },
      { code: 'retrying', message: again, until: 3000.5 },
    ],
    { kind: 'rate', message: 'Too many.', detail: 'slow down', status: 429 },
  );
  assert.deepEqual(
    read?.notices.map((notice) => [notice.code, noticeSentence(notice)]),
    [
      ['said', 'It was cut.'],
      ['retrying', again],
    ],
  );
  assert.deepEqual(read?.notices[1]?.code === 'retrying' && read.notices[1].facts.until, 3000.5);
  const said = { code: 'said', facts: { text: 'Too many.' } };
  assert.deepEqual(read?.error, { kind: 'rate', ...said, detail: 'slow down', status: 429 });
});

test('facts are taken where they are those of their code, else the sentence beside them, else it is refused', () => {
  const facts = { provider: 'Lab', count: 2 };
  const message = 'Two events were left out.';
  const good = { code: 'events-left-out', facts, message, extra: 1 };
  const read = toldIn([good, { ...good, facts: { provider: 'Lab', count: 'two' } }, { ...good, code: 'of-tomorrow' }]);
  assert.deepEqual(read?.notices, [
    { code: 'events-left-out', facts },
    { code: 'said', facts: { text: message, was: 'events-left-out' } },
    { code: 'said', facts: { text: message, was: 'of-tomorrow' } },
  ]);
  for (const hostile of ['constructor', '__proto__', 'toString', 'of-tomorrow']) {
    assert.throws(() => toldIn([{ code: hostile, facts: {} }]), hostile);
    assert.throws(() => toldIn([], { kind: 'busy', code: hostile, facts: {} }), hostile);
  }
});

test('names of an object’s inside are no names in a file, and what is not known is left out', () => {
  const hostile = JSON.stringify(sample()).replace(
    '"title":"Why"',
    '"title":"Why","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"extra":[1]',
  );
  const read = parseImport(JSON.parse(hostile), noon);
  assert.deepEqual(
    read.conversations,
    sample().conversations.map((c, i) => ({ ...c, ...pick(read.conversations[i]) })),
  );
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  assert.deepEqual(Object.keys(read.conversations[0] ?? {}).sort(), [
    'createdAt',
    'id',
    'messages',
    'threads',
    'title',
    'updatedAt',
  ]);
});

/** The two samples differ in their ids. */
function pick(conversation: ExportFile['conversations'][number] | undefined) {
  const { id, threads, messages } = conversation ?? {};
  return { id, threads, messages };
}

test('markup in a title or a text is text', () => {
  const payload = '<img src=x onerror=alert(1)>"><script>alert(1)</script>[x](javascript:alert(1))';
  const file = changed(['conversations', 0, 'title'], payload);
  const read = parseImport(file, noon);
  assert.equal(read.conversations[0]?.title, payload);
});

test('a file of no known format says which are', () => {
  for (const value of [null, 7, 'x', {}, [], [[]], { format: 'other' }, [{ mapping: null, chat: null }, 3]]) {
    assert.match(
      problemOf(value),
      /holds no conversation|is neither|is no object|is no conversation/,
      JSON.stringify(value),
    );
  }
});
