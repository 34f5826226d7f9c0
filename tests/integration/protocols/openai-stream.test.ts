import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createParser } from 'eventsource-parser';
import { createSseReader } from '../../../lib/server/calls/sse-reader.ts';
import type { StreamFact } from '../../../lib/server/calls/stream-facts.ts';
import { createDecoder } from '../../../lib/server/calls/text-buffer.ts';
import { createStreamNormalizer } from '../../../lib/server/protocols/openai/stream.ts';
import { readRecording, recordings } from '../../fakes/provider.ts';

/** What comes out of a body in these pieces: texts in order, facts, and how many parts each push gave. */
function normalize(
  pieces: Iterable<Uint8Array>,
  sizes?: { maxLine: number; maxAnswer: number },
  end: 'eof' | 'reset' = 'eof',
) {
  const facts: StreamFact[] = [];
  const runs: { kind: 'reasoning' | 'content'; text: string }[] = [];
  let parts = 0;
  const normalizer = createStreamNormalizer(
    ({ type, text }) => {
      parts++;
      const last = runs.at(-1);
      if (last?.kind === type) last.text += text;
      else runs.push({ kind: type, text });
    },
    (fact) => facts.push(fact),
    sizes,
  );
  const partsPerPush: number[] = [];
  const count = (step: () => void) => {
    parts = 0;
    step();
    partsPerPush.push(parts);
  };
  for (const piece of pieces) count(() => normalizer.push(piece));
  count(() => normalizer.end(end));
  return { facts, runs, partsPerPush };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const delta = (fields: Record<string, unknown>, rest: Record<string, unknown> = {}) =>
  event({ choices: [{ index: 0, delta: fields, ...rest }] });
const all = (text: string) => normalize([bytesOf(text)]);
const textOf = (text: string) => all(text).runs;

function cutAt(body: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (body.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => body.subarray(from, places[i] ?? body.length));
}

describe('where a body is cut', () => {
  test('every recording says the same byte by byte as in one read', () => {
    for (const recording of recordings) {
      const body = readRecording(recording);
      const bytes = Array.from(body, (_, i) => body.subarray(i, i + 1));
      const { facts, runs } = normalize(bytes);
      const whole = normalize([body]);
      assert.deepEqual(facts, whole.facts, recording.file);
      assert.deepEqual(runs, whole.runs, recording.file);
    }
  });

  test('any cut of a stream with every kind of line end says the same', () => {
    const body = bytesOf(
      `\uFEFF: hi\r\n\r\n${delta({ role: 'assistant', content: null, reasoning_content: 'één 🎲' })}${delta({ reasoning: 'x' }).replaceAll('\n', '\r')}${delta({ content: 'y\u2028🤔' }).replaceAll('\n', '\r\n')}${delta({ reasoning_content: 'late' })}${delta({}, { finish_reason: 'stop' })}data: [DONE]\n\n`,
    );
    const whole = normalize([body]);
    assert.deepEqual(whole.runs, [
      { kind: 'reasoning', text: 'één 🎲x' },
      { kind: 'content', text: 'y\u2028🤔' },
      { kind: 'reasoning', text: 'late' },
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 12 }), (cuts) => {
        const { facts, runs } = normalize(cutAt(body, cuts));
        assert.deepEqual(facts, whole.facts);
        assert.deepEqual(runs, whole.runs);
      }),
    );
  });

  test('what one read brought comes out in as few parts as its order allows', () => {
    const reasoning = 'abcdefghij'.split('').map((text) => delta({ reasoning_content: text }));
    const content = 'klmnopqrst'.split('').map((text) => delta({ content: text }));
    const { partsPerPush } = normalize([
      bytesOf(reasoning.join('')),
      bytesOf([...reasoning, ...content].join('')),
      bytesOf([...content, ...reasoning].join('')),
    ]);
    assert.deepEqual(partsPerPush, [1, 2, 2, 0]);
  });

  test('text is passed on with the read that completes its event, not later', () => {
    const { partsPerPush } = normalize([
      bytesOf(delta({ content: 'a' }).slice(0, -1)),
      bytesOf('\n'),
      bytesOf(delta({ content: 'b' })),
    ]);
    assert.deepEqual(partsPerPush.slice(0, 3), [0, 1, 1]);
  });

  test('pieces are decoded as the standard decoder does, whatever bytes they are', () => {
    const piece = fc.oneof(
      fc.string().map(bytesOf),
      fc.string({ unit: 'binary' }).map(bytesOf),
      fc.uint8Array({ maxLength: 5 }),
      fc.constant(bytesOf('\uFEFF')),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 12 }), (pieces, cuts) => {
        const decode = createDecoder();
        const standard = new TextDecoder();
        for (const bytes of cutAt(Buffer.concat(pieces), cuts)) {
          assert.equal(decode(bytes), standard.decode(bytes, { stream: true }));
        }
        assert.equal(decode(), standard.decode());
      }),
    );
  });

  test('halves of an emoji in two events arrive unharmed', () => {
    const body = `data: {"choices":[{"index":0,"delta":{"content":"\\ud83c"}}]}\n\ndata: {"choices":[{"index":0,"delta":{"content":"\\udfb2"}}]}\n\n`;
    const halves = body.split('\n\n').map((half) => bytesOf(`${half}\n\n`));
    assert.deepEqual(normalize(halves).runs, [{ kind: 'content', text: '🎲' }]);
  });

  test('the reader finds the events that eventsource-parser finds, wherever the text is cut', () => {
    const line = fc.constantFrom(
      'data: a',
      'data:b',
      'data',
      ': c',
      'event: e',
      'id: 1',
      '',
      'data:  two',
      'unknown: x',
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 20 }),
        fc.constantFrom('\n', '\r\n'),
        fc.array(fc.nat(), { maxLength: 8 }),
        (lines, end, cuts) => {
          const text = `${lines.join(end)}${end}${end}`;
          const theirs: string[] = [];
          const parser = createParser({ onEvent: ({ event: name, data }) => theirs.push(`${name ?? ''}|${data}`) });
          parser.feed(text);
          const ours: string[] = [];
          const ignore = () => {};
          const reader = createSseReader(1000, {
            event: (name, data) => ours.push(`${name}|${data}`),
            keepAlive: ignore,
            stray: ignore,
            tooLong: ignore,
          });
          for (const piece of cutAt(bytesOf(text), cuts)) reader.push(new TextDecoder().decode(piece));
          reader.end();
          assert.deepEqual(ours, theirs);
        },
      ),
    );
  });
});

describe('repairs', () => {
  const cases: [name: string, body: string, runs: [kind: 'reasoning' | 'content', text: string][]][] = [
    [
      'an error that is null is no error',
      event({ error: null, choices: [{ index: 0, delta: { content: 'x' } }] }),
      [['content', 'x']],
    ],
    [
      'an empty reasoning_content does not hide reasoning',
      delta({ reasoning_content: '', reasoning: 'x' }),
      [['reasoning', 'x']],
    ],
    [
      'the same reasoning under both names is shown once',
      delta({ reasoning_content: 'x', reasoning: 'x' }),
      [['reasoning', 'x']],
    ],
    [
      'reasoning_details are read when nothing else holds it',
      delta({ reasoning_details: [{ type: 'reasoning.text', text: 'x' }] }),
      [['reasoning', 'x']],
    ],
    [
      'reasoning_details beside reasoning are not shown twice',
      delta({ reasoning: 'x', reasoning_details: [{ text: 'x' }] }),
      [['reasoning', 'x']],
    ],
    [
      'a content list is read part by part',
      delta({
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'x' }] },
          { type: 'text', text: 'y' },
        ],
      }),
      [
        ['reasoning', 'x'],
        ['content', 'y'],
      ],
    ],
    [
      'reasoning and content of one delta keep that order',
      delta({ content: 'y', reasoning: 'x' }),
      [
        ['reasoning', 'x'],
        ['content', 'y'],
      ],
    ],
    [
      'choices that are null are no reason to stop',
      event({ choices: null, usage: {} }) + delta({ content: 'x' }),
      [['content', 'x']],
    ],
    ['a foreign role does not lose its text', delta({ role: 'ai', content: 'x' }), [['content', 'x']]],
    [
      'only choice 0 counts',
      event({
        choices: [
          { index: 1, delta: { content: 'no' } },
          { index: 0, delta: { content: 'x' } },
        ],
      }),
      [['content', 'x']],
    ],
    [
      'a completion in one piece is an answer',
      JSON.stringify(
        { choices: [{ index: 0, message: { reasoning_content: 'x', content: 'y' }, finish_reason: 'stop' }] },
        null,
        2,
      ),
      [
        ['reasoning', 'x'],
        ['content', 'y'],
      ],
    ],
    ['text of a completions endpoint is content', event({ choices: [{ index: 0, text: 'x' }] }), [['content', 'x']]],
    [
      'text beside a delta is not added to it',
      event({ choices: [{ index: 0, text: 'x', delta: { content: 'x' } }] }),
      [['content', 'x']],
    ],
    ['a last event without its blank line counts', delta({ content: 'x' }).trimEnd(), [['content', 'x']]],
    [
      'nothing after [DONE] counts, blanks around it or not',
      `${delta({ content: 'x' })}data: [DONE] \n\n${delta({ content: 'y' })}`,
      [['content', 'x']],
    ],
    [
      'a bare line of JSON is an event',
      `${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x' } }] })}\n`,
      [['content', 'x']],
    ],
    ['framing inside text stays text', delta({ content: '\n\ndata: {}\n\n' }), [['content', '\n\ndata: {}\n\n']]],
    ['a refusal is what the model said', delta({ refusal: 'No.' }), [['content', 'No.']]],
  ];
  for (const [name, body, runs] of cases) {
    test(name, () => {
      assert.deepEqual(
        textOf(body).map(({ kind, text }) => [kind, text]),
        runs,
      );
      assert.equal(all(body).facts.filter(({ type }) => type === 'error').length, 0);
    });
  }

  test('an event that cannot be read is counted and those around it are kept', () => {
    const { facts, runs } = all(`${delta({ content: 'a' })}data: {oops\n\ndata: 17\n\n${delta({ content: 'b' })}`);
    assert.deepEqual(runs, [{ kind: 'content', text: 'ab' }]);
    assert.equal(facts.filter((fact) => fact.type === 'repaired' && fact.what === 'event').length, 2);
  });

  test('a broken connection keeps every whole delta and counts no half one', () => {
    const { facts, runs } = normalize(
      [bytesOf(`${delta({ content: 'a' })}${delta({ content: 'b' })}data: {"choi`)],
      undefined,
      'reset',
    );
    assert.deepEqual(runs, [{ kind: 'content', text: 'ab' }]);
    assert.deepEqual(
      facts.map(({ type }) => type),
      ['first-byte', 'text', 'text', 'reset'],
    );
  });

  test('the last usage is told as it was, without words', () => {
    const raw = {
      prompt_tokens: 1,
      completion_tokens: 2,
      prompt_tokens_details: { cached_tokens: 0 },
      note: 'sk-secret',
    };
    const { facts } = all(event({ choices: [], usage: { prompt_tokens: 9 } }) + event({ usage: raw }));
    const { note: _, ...counts } = raw;
    assert.deepEqual(facts.filter(({ type }) => type === 'usage').at(-1), { type: 'usage', raw: counts });
  });

  test("Groq's usage and llama.cpp's timings are found", () => {
    const { facts } = all(
      event({ choices: [], x_groq: { usage: { prompt_tokens: 3 } } }) +
        event({ choices: [], timings: { predicted_ms: 4 } }),
    );
    assert.deepEqual(facts.slice(1), [
      { type: 'usage', raw: { prompt_tokens: 3 } },
      { type: 'timings', raw: { predicted_ms: 4 } },
    ]);
  });
});

describe('errors, in every shape they come in', () => {
  const shapes: [name: string, body: string, message: string][] = [
    ['an object', event({ error: { message: 'boom', code: 500 } }), 'boom'],
    ['a string', event({ error: 'boom', error_type: 'generation' }), 'boom'],
    ['object: "error"', event({ object: 'error', message: 'boom', code: 500 }), 'boom'],
    ['event: error with JSON', `event: error\n${event({ error: { message: 'boom' } })}`, 'boom'],
    ['event: error with words', 'event: error\ndata: boom\n\n', 'boom'],
    ['type: "error"', event({ type: 'error', error: { message: 'boom' } }), 'boom'],
    ['a body of JSON', JSON.stringify({ error: { message: 'boom' } }, null, 2), 'boom'],
    ['a bare line of JSON', `${JSON.stringify({ error: 'boom' })}\n`, 'boom'],
    ['detail', JSON.stringify({ detail: [{ loc: ['body'], msg: 'boom' }] }), 'boom'],
    ['code and message', event({ code: 40401, message: 'boom' }), 'boom'],
  ];
  for (const [name, body, message] of shapes) {
    test(`${name} is recognised and ends the stream`, () => {
      const { facts, runs } = all(body.endsWith('\n') ? body + delta({ content: 'later' }) : body);
      const found = facts.find((fact) => fact.type === 'error');
      assert.equal(found?.type === 'error' && found.error.message, message);
      assert.deepEqual(runs, []);
    });
  }

  test('text on the event that also holds the error is kept', () => {
    const { facts, runs } = all(
      event({ choices: [{ index: 0, delta: { content: 'x' }, finish_reason: 'error' }], error: { message: 'boom' } }),
    );
    assert.deepEqual(runs, [{ kind: 'content', text: 'x' }]);
    assert.equal(facts.at(-1)?.type, 'error');
  });

  test('a web page is no stream', () => {
    const { facts } = all('<!doctype html>\n<title>Login</title>\n');
    assert.equal(facts.at(-1)?.type, 'not-a-stream');
  });
});

describe('bounds', () => {
  const sizes = { maxLine: 200, maxAnswer: 10 };

  test('a line longer than allowed ends it, cut anywhere', () => {
    for (const size of [1, 50, 400]) {
      const line = bytesOf(`${delta({ content: 'ok' })}data: "${'z'.repeat(300)}`);
      const pieces = Array.from({ length: Math.ceil(line.length / size) }, (_, i) =>
        line.subarray(i * size, (i + 1) * size),
      );
      const { facts, runs } = normalize(pieces, sizes);
      assert.deepEqual(facts.at(-1), { type: 'too-large', what: 'line' });
      assert.deepEqual(runs, [{ kind: 'content', text: 'ok' }]);
    }
  });

  test('data lines of one event add up', () => {
    const { facts } = normalize([bytesOf(`data: ${'z'.repeat(90)}\n`.repeat(3))], sizes);
    assert.deepEqual(facts.at(-1), { type: 'too-large', what: 'line' });
  });

  test('an answer longer than allowed is cut at the bound, between characters', () => {
    const { facts, runs } = normalize([bytesOf(delta({ content: '12345678' }) + delta({ content: 'é€€' }))], sizes);
    assert.deepEqual(runs, [{ kind: 'content', text: '12345678é' }]);
    assert.deepEqual(facts.at(-1), { type: 'too-large', what: 'answer' });
  });
});
