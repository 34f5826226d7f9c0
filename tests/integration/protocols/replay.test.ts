import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatMessage, ModelInfo, ProviderPart, Sampling } from '../../../lib/model.ts';
import { errorSentence } from '../../../lib/sentences.ts';
import { renderR1ZeroMessages } from '../../../lib/prompts/templates.ts';
import { type Finish, ReasoningSplitter } from '@thinkglass/splitter';
import { replayModels } from '../../../lib/server/protocols/replay/models.ts';
import { questions, questionText, type QuestionKey } from '../../../lib/server/protocols/replay/questions.ts';
import { findRecording, listQuestions, transcripts } from '../../../lib/server/protocols/replay/recordings.ts';
import { createReplayFetch } from '../../../lib/server/protocols/replay/replay-fetch.ts';
import { createReplayProvider } from '../../../lib/server/recordings.ts';
import type { ReplayModelKey } from '../../../lib/server/protocols/replay/transcript.ts';
import { cutRecording } from '../../../lib/server/protocols/replay/wire.ts';

const minute = 60_000;
const limits = {
  connectMs: minute,
  firstByteMs: minute,
  firstByteLocalMs: minute,
  idleMs: minute,
  keepAliveOnlyMs: minute,
  totalMs: 10 * minute,
};
const { adapter, models } = createReplayProvider({ speed: 100_000, limits });

function modelOf(key: ReplayModelKey): ModelInfo {
  return models.find((model) => model.key === key) ?? assert.fail(`There is a recorded model ${key}.`);
}

function messagesFor(key: ReplayModelKey, question: string): ChatMessage[] {
  return modelOf(key).promptTemplate === 'r1-zero'
    ? renderR1ZeroMessages([], question)
    : [{ role: 'user', content: question }];
}

interface Reply {
  reasoning: string;
  answer: string;
  complete: boolean;
  parts: ProviderPart[];
}

/** Asks like the app does: the model's advice where nothing else is set, then adapter and splitter. */
async function ask(key: ReplayModelKey, messages: ChatMessage[], sampling: Sampling = {}): Promise<Reply> {
  const model = modelOf(key);
  const { startsInReasoning, answerTags } = model.reasoning;
  const splitter = new ReasoningSplitter({ startsInReasoning, ...(answerTags ? {} : { answerTags: false }) });
  const parts: ProviderPart[] = [];
  const request = { model, messages, sampling: { ...model.advice, ...sampling }, signal: AbortSignal.timeout(minute) };
  let finish: Finish = null;
  for await (const part of adapter.ask(request)) {
    parts.push(part);
    if (part.type === 'reasoning') splitter.push({ reasoning: part.text });
    if (part.type === 'content') splitter.push({ content: part.text });
    if (part.type === 'finish') finish = part.reason === 'stop' || part.reason === 'length' ? part.reason : null;
  }
  splitter.end(finish);
  const { reasoning, answer, complete } = splitter.result();
  return { reasoning, answer, complete, parts };
}

function partOf<T extends ProviderPart['type']>(reply: Reply, type: T): Extract<ProviderPart, { type: T }> {
  const found = reply.parts.findLast((part) => part.type === type) ?? assert.fail(`There is a part ${type}.`);
  return found as Extract<ProviderPart, { type: T }>; // its type was just compared
}

function everyRecording(): { model: ReplayModelKey; question: QuestionKey }[] {
  return transcripts.flatMap(({ question, recordings }) =>
    Object.keys(recordings).map((model) => ({
      model: modelOf(model as ReplayModelKey).key as ReplayModelKey,
      question,
    })),
  );
}

test('every recording comes through adapter and splitter as it was written, with nothing repaired', async () => {
  for (const { model, question } of everyRecording()) {
    const recording = findRecording(model, question) ?? assert.fail();
    const reply = await ask(model, messagesFor(model, questionText(question)));
    const name = `${model}: ${question}`;
    assert.equal(reply.reasoning, recording.reasoning, name);
    assert.equal(reply.answer, recording.answer, name);
    assert.equal(reply.complete, true, name);
    assert.equal(partOf(reply, 'finish').reason, 'stop', name);
    assert.equal(partOf(reply, 'model').id, modelOf(model).id, name);
    assert.deepEqual(
      reply.parts.filter(({ type }) => type === 'notice' || type === 'error' || type === 'retry'),
      [],
    );
  }
});

test('usage counts the tokens that came, and tells the thinking apart only where the style does', async () => {
  for (const model of ['r1', 'r1-field', 'r1-zero', 'v3'] as const) {
    const pieces = cutRecording(model, findRecording(model, 'codebases') ?? assert.fail());
    const { usage } = partOf(await ask(model, messagesFor(model, questionText('codebases'))), 'usage');
    assert.equal(usage.outputTokens, pieces.length, model);
    const thinking = pieces.filter((piece) => piece.isReasoning).length;
    assert.equal(usage.reasoningTokens, model === 'r1-field' ? thinking : undefined, model);
    assert.ok((usage.promptTokens ?? 0) > 20, model);
  }
});

test('the model with a small budget stops while it thinks, and gets to its answer with a larger one', async () => {
  const messages = messagesFor('r1-budget', questionText('power'));
  const recording = findRecording('r1', 'power') ?? assert.fail();
  const cut = await ask('r1-budget', messages);
  assert.equal(partOf(cut, 'finish').reason, 'length');
  assert.equal(cut.complete, false);
  assert.equal(cut.answer, '');
  assert.ok(cut.reasoning.length > 300 && recording.reasoning.startsWith(cut.reasoning));
  assert.equal(partOf(cut, 'usage').usage.outputTokens, modelOf('r1-budget').advice.maxTokens);
  const whole = await ask('r1-budget', messages, { maxTokens: 4_000 });
  assert.equal(whole.answer, recording.answer);
});

test('any recording keeps to the limit of tokens it is given, in thought or in answer', async () => {
  const messages = messagesFor('r1-field', questionText('codebases'));
  const early = await ask('r1-field', messages, { maxTokens: 50 });
  assert.equal(early.answer, '');
  assert.equal(partOf(early, 'usage').usage.reasoningTokens, 50);
  const late = await ask('r1-field', messages, { maxTokens: 400 });
  assert.ok(late.answer !== '');
  assert.equal(partOf(late, 'finish').reason, 'length');
  assert.equal(partOf(late, 'usage').usage.outputTokens, 400);
});

test('the long recording thinks for more than 20,000 tokens and then answers', async () => {
  const reply = await ask('r1', messagesFor('r1', questionText('queens')));
  assert.ok(reply.reasoning.length / 4 >= 20_000);
  assert.ok((partOf(reply, 'usage').usage.outputTokens ?? 0) >= 20_000);
  assert.match(reply.answer, /\\boxed\{92\}/);
});

test('a question it does not know is no answer but an error that says so, with the questions it knows', async () => {
  for (const { key, label } of replayModels) {
    const { parts } = await ask(key, messagesFor(key, 'What should I cook tonight?'));
    const facts = { model: label, others: [], questions: listQuestions(key) };
    assert.deepEqual(parts, [{ type: 'error', error: { kind: 'request', code: 'not-recorded', facts } }], key);
    assert.ok(facts.questions.length >= 4);
    assert.match(errorSentence({ code: 'not-recorded', facts }), /is a recording, not a live model.*Ollama.*Settings/);
  }
});

test('of a question that only another model knows, the error names that model', async () => {
  const reply = await ask('r1-zero', messagesFor('r1-zero', questionText('boxes')));
  const { error } = partOf(reply, 'error');
  assert.ok(error.code === 'not-recorded' && error.facts.others.includes('DeepSeek-R1 style'));
  assert.match(errorSentence(error), /for “DeepSeek-R1 style”.*, but not for it/);
});

test('later questions are known too, by the last user message', async () => {
  const past = { question: 'Hello!', answer: 'Hi.', reasoning: '' };
  const chat: ChatMessage[] = [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: past.question },
    { role: 'assistant', content: past.answer },
    { role: 'user', content: questions.strawberry[1] },
  ];
  assert.match((await ask('r1', chat)).answer, /\*\*3 times\*\*/);
  const raw = renderR1ZeroMessages([past], questions.strawberry[1]);
  assert.match((await ask('r1-zero', raw)).answer, /boxed\{3\}/);
});

test('all its models are marked as recordings, and none has a price', () => {
  for (const model of models) {
    assert.ok(model.recording && model.providerId === 'replay' && model.price === undefined);
  }
});

function post(body: unknown, signal?: AbortSignal): RequestInit {
  return {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal && { signal }),
  };
}

function bodyFor(model: string, question: string) {
  return {
    model,
    messages: [{ role: 'user', content: question }],
    stream: true,
    stream_options: { include_usage: true },
  };
}

const url = 'http://recordings.invalid/v1/chat/completions';

test('the stream is well-formed at any speed, and says the same', async () => {
  const texts = new Set<string>();
  for (const pace of [500, 20_000, Number.POSITIVE_INFINITY]) {
    const response = await createReplayFetch({ pace })(url, post(bodyFor('r1', questionText('strawberry'))));
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
    const events = (await response.text()).split('\n\n');
    assert.equal(events.pop(), '');
    assert.equal(events.pop(), 'data: [DONE]');
    const chunks = events.map((event) => JSON.parse(event.replace(/^data: /, '')));
    assert.deepEqual(chunks[0].choices[0].delta, { role: 'assistant', content: '' });
    assert.deepEqual(chunks.at(-1).choices, []);
    assert.equal(chunks.at(-2).choices[0].finish_reason, 'stop');
    assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
    texts.add(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join(''));
  }
  assert.equal(texts.size, 1);
});

test('the field style has the wire habits of the DeepSeek API', async () => {
  const replay = createReplayFetch({ pace: Number.POSITIVE_INFINITY });
  const read = async (model: string) => {
    const body = { ...bodyFor(model, questionText('codebases')), stream_options: undefined };
    const text = await (await replay(url, post(body))).text();
    return text.split('\n\n').flatMap((event) => (event.startsWith('data: {') ? [JSON.parse(event.slice(6))] : []));
  };
  const thinking = await read('r1-field');
  assert.deepEqual(thinking[0].choices[0].delta, { role: 'assistant', content: null, reasoning_content: '' });
  assert.deepEqual(Object.keys(thinking[1].choices[0].delta).sort(), ['content', 'reasoning_content']);
  assert.equal(thinking[1].choices[0].delta.content, null);
  assert.equal(thinking[1].usage, null);
  assert.ok(thinking.at(-1).usage.completion_tokens_details.reasoning_tokens > 0);
  const plain = await read('v3');
  assert.ok(plain.every(({ choices }) => !('reasoning_content' in choices[0].delta)));
  assert.equal(plain.at(-1).usage.completion_tokens_details, undefined);
});

test('the model with a small budget keeps to it when the request sets none', async () => {
  const replay = createReplayFetch({ pace: Number.POSITIVE_INFINITY });
  const text = await (await replay(url, post(bodyFor('r1-budget', questionText('power'))))).text();
  assert.match(text, /"finish_reason":"length"/);
  assert.match(text, /"completion_tokens":240,/);
});

test('an unreadable request and an unknown model are refused in words', async () => {
  const replay = createReplayFetch({ pace: Number.POSITIVE_INFINITY });
  const refused = async (body: unknown) => {
    const response = await replay(url, post(body));
    return [response.status, (await response.json()).error.message];
  };
  assert.deepEqual(await refused('{'), [400, 'A recording needs a JSON body with a user message in it.']);
  assert.deepEqual(await refused({ model: 'r1', messages: [null, 7], stream: true }), [
    400,
    'A recording needs a JSON body with a user message in it.',
  ]);
  assert.deepEqual(await refused(bodyFor('r9', 'Hi')), [404, 'There is no recorded model "r9".']);
  assert.equal((await refused({ ...bodyFor('r1', 'Hi'), stream: false }))[0], 400);
});

/** Time that goes on only when told to, and knows which timers run. */
function createManualClock() {
  const timers = new Map<number, { at: number; callback: () => void }>();
  let now = 0;
  let made = 0;
  return {
    clock: {
      now: () => now,
      setTimeout: (callback: () => void, ms: number) => {
        made += 1;
        timers.set(made, { at: now + ms, callback });
        return made;
      },
      clearTimeout: (timer: unknown) => void timers.delete(timer as number),
    },
    running: () => timers.size,
    made: () => made,
    advance(ms: number) {
      now += ms;
      for (const [timer, { at, callback }] of [...timers]) {
        if (at > now) continue;
        timers.delete(timer);
        callback();
      }
    },
  };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('aborting stops the timer at once and fails the stream with the reason', async () => {
  const time = createManualClock();
  const stop = new AbortController();
  const response = await createReplayFetch({ clock: time.clock })(
    url,
    post(bodyFor('r1', questionText('codebases')), stop.signal),
  );
  const reader = response.body?.getReader() ?? assert.fail();
  const first = reader.read();
  await settle();
  assert.equal(time.running(), 1);
  time.advance(5_000);
  assert.ok(((await first).value?.length ?? 0) > 0);
  const waiting = reader.read();
  await settle();
  assert.equal(time.running(), 1);
  const reason = new Error('Stopped by the person.');
  stop.abort(reason);
  await assert.rejects(waiting, reason);
  assert.equal(time.running(), 0);
  await assert.rejects(createReplayFetch({ clock: time.clock })(url, post(bodyFor('r1', 'Hi'), stop.signal)), reason);
});

test('a reader that goes away leaves no timer behind', async () => {
  const time = createManualClock();
  const response = await createReplayFetch({ clock: time.clock })(url, post(bodyFor('r1', questionText('codebases'))));
  const reader = response.body?.getReader() ?? assert.fail();
  const first = reader.read();
  await settle();
  assert.equal(time.running(), 1);
  await reader.cancel();
  assert.equal((await first).done, true);
  assert.equal(time.running(), 0);
});

test('tokens come by the clock: nothing before its time, and all that was due after a pause at once', async () => {
  const time = createManualClock();
  const response = await createReplayFetch({ clock: time.clock })(url, post(bodyFor('r1', questionText('codebases'))));
  const reader = response.body?.getReader() ?? assert.fail();
  const countEvents = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes).split('\n\n').length - 1;

  let read = reader.read();
  await settle();
  time.advance(599);
  await settle();
  assert.equal(time.running(), 1); // still waiting for the first byte
  time.advance(1);
  assert.equal(countEvents((await read).value), 1); // the role, and no token yet

  time.advance(2_000);
  read = reader.read();
  const missed = countEvents((await read).value);
  assert.ok(missed > 70 && missed < 110, `${missed} events in two seconds`);
  assert.equal(time.made(), 1); // nothing ran while nobody read
  time.advance(10 * minute);
  let rest = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) rest += countEvents(next.value);
  const pieces = cutRecording('r1', findRecording('r1', 'codebases') ?? assert.fail());
  assert.equal(1 + missed + rest, 1 + pieces.length + 3); // the role; the tokens; finish, usage and [DONE]
});
