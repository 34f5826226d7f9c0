/**
 * A fake provider on a real socket: recordings, scripts, and a few built-in models that need no script.
 *
 * As a program: `node tests/fakes/provider.ts --port 0` prints its base URL (`http://127.0.0.1:…/v1`).
 *
 * - `POST /<recording>/v1/chat/completions` replays tests/fixtures/providers/<recording>.sse as its manifest says.
 * - `POST /v1/chat/completions` asks `respond`, then the built-in models (see `builtInModels`).
 * - `POST /v1/completions`, `POST /<recording>/v1/completions`: the same for raw completions (see `baseModels`).
 * - `GET /v1/models`, `GET /<recording>/v1/models`.
 * - `POST /control/release` lets every stream that waits at a gate go on, and answers `{"released": n}`; with `?wait=1` it
 *   first waits until there is one. `GET /control/requests` lists what was received. `POST /control/clear` forgets it.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

const fixturesFolder = new URL('../fixtures/providers/', import.meta.url);

/** One recording of tests/fixtures/providers/manifest.json. */
export interface Recording {
  file: string;
  provider: string;
  situation: string;
  reasoningTransport: string;
  http: { status: number; headers: Record<string, string> };
  replay: { write: string; end: string };
  expect: {
    outcome: string;
    reasoning: string;
    answer: string;
    finish: string | null;
    usage: Record<string, unknown> | null;
    error: string | null;
    status?: number;
    message?: string;
    retryAfter?: string | number | null;
  };
}

/** All recordings, in the manifest's order. */
export const recordings: readonly Recording[] = (
  JSON.parse(readFileSync(new URL('manifest.json', fixturesFolder), 'utf8')) as { fixtures: Recording[] }
).fixtures;

/** The body of a recording. */
export function readRecording(recording: Recording): Buffer {
  return readFileSync(new URL(recording.file, fixturesFolder));
}

/** The pieces in which a recording is written. */
export function piecesOf(recording: Recording): Buffer[] {
  const body = readRecording(recording);
  const [how, argument] = recording.replay.write.split(':');
  if (how === 'bytes') return cutEvery(body, Number(argument));
  if (how === 'after') return cutAfter(body, Number.parseInt(argument ?? '', 16));
  return [body];
}

/** What is done next to a response. */
export type FakeStep =
  /** Raw bytes of the body. */
  | { write: string | Uint8Array }
  /** One event with this JSON. */
  | { event: unknown }
  | { waitMs: number }
  /** Waits for `/control/release`, or for the promise. */
  | { gate: true | Promise<unknown> }
  /** Writes comments until the client leaves. */
  | { keepAlive: { everyMs: number } }
  /** Says nothing until the client leaves. */
  | { hang: true }
  /** `truncate` closes the socket without the end of the body, `reset` sends a TCP RST. */
  | { end: 'proper' | 'truncate' | 'reset' };

export interface FakeResponse {
  status?: number;
  headers?: Record<string, string | string[]>;
  steps?: Iterable<FakeStep> | AsyncIterable<FakeStep>;
  /** The status and headers are held back until the first step has run. */
  lateHeaders?: boolean;
}

export interface ReceivedRequest {
  id: number;
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  /** As it came; for a chat request, JSON. */
  body: string;
  /** Epoch ms. */
  at: number;
  /** Set once the response is over. */
  ended?: { by: 'server' | 'client'; at: number };
}

export interface FakeProvider {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  /** The base URL of the scripted and built-in models. */
  baseURL: string;
  /** The base URL at which a recording answers. */
  baseURLOf(recording: string): string;
  requests: ReceivedRequest[];
  /** Resolves when the response to this request is over, with who ended it. */
  ended(request: ReceivedRequest): Promise<'server' | 'client'>;
  /** Lets all that waits at a gate go on; answers how many. */
  release(): number;
  /** Waits until at least one stream waits at a gate, then releases. */
  releaseNext(): Promise<number>;
  close(): Promise<void>;
}

/** What a script is told about the request it answers. */
export interface FakeRequest extends ReceivedRequest {
  json: { model?: string; messages?: { role: string; content: string }[]; prompt?: string } & Record<string, unknown>;
}

export interface FakeProviderOptions {
  port?: number;
  /** Answers a chat request; undefined leaves it to the built-in models. */
  respond?: (request: FakeRequest) => FakeResponse | undefined | Promise<FakeResponse | undefined>;
  /** Entries of the model list; the built-in models when absent. A function answers the whole list request. */
  models?: unknown[] | ((request: ReceivedRequest) => FakeResponse);
  /** Answers what is at no path of the protocol; 404 when undefined. */
  elsewhere?: (request: ReceivedRequest) => FakeResponse | undefined;
}

export const eventStream = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };

/** Starts a fake provider on a port of its own. */
export async function createFakeProvider(options: FakeProviderOptions = {}): Promise<FakeProvider> {
  const requests: ReceivedRequest[] = [];
  const endings = new Map<ReceivedRequest, Promise<'server' | 'client'>>();
  let gates: (() => void)[] = [];
  const gateWatchers: (() => void)[] = [];

  const openGate = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      gates.push(resolve);
      signal.addEventListener('abort', () => {
        gates = gates.filter((gate) => gate !== resolve);
        resolve();
      });
      for (const watcher of gateWatchers.splice(0)) watcher();
    });
  const release = () => {
    const waiting = gates;
    gates = [];
    for (const gate of waiting) gate();
    return waiting.length;
  };
  const releaseNext = async () => {
    if (gates.length === 0) await new Promise<void>((resolve) => gateWatchers.push(resolve));
    return release();
  };

  const server = createServer(async (incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const body = await readBody(incoming);
    if (url.pathname.startsWith('/control/')) {
      response.setHeader('content-type', 'application/json');
      if (url.pathname === '/control/release') {
        const released = url.searchParams.has('wait') ? await releaseNext() : release();
        response.end(JSON.stringify({ released }));
      } else if (url.pathname === '/control/clear') {
        requests.length = 0;
        response.end('{}');
      } else {
        response.end(JSON.stringify(requests));
      }
      return;
    }

    const received: ReceivedRequest = {
      id: requests.length + 1,
      method: incoming.method ?? '',
      path: url.pathname,
      headers: incoming.headers,
      body,
      at: Date.now(),
    };
    requests.push(received);
    const gone = new AbortController();
    endings.set(
      received,
      new Promise((resolve) => {
        response.on('close', () => {
          received.ended ??= { by: response.writableFinished ? 'server' : 'client', at: Date.now() };
          gone.abort();
          resolve(received.ended.by);
        });
      }),
    );
    const answer = await answerFor(options, received);
    await play(response, answer, { received, openGate, gone: gone.signal });
  });
  server.keepAliveTimeout = 100;
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    baseURL: `${origin}/v1`,
    baseURLOf: (recording) => `${origin}/${recording.replace(/\.(sse|ndjson)$/, '')}/v1`,
    requests,
    ended: (request) => endings.get(request) ?? Promise.reject(new Error('no such request')),
    release,
    releaseNext,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerFor(options: FakeProviderOptions, received: ReceivedRequest): Promise<FakeResponse> {
  const path = /^(?:\/([^/]+))?\/(?:v1|api)\/(models|chat\/completions|completions|chat)$/.exec(received.path);
  if (!path) return options.elsewhere?.(received) ?? json(404, { error: { message: `Nothing at ${received.path}` } });
  const [, name, what] = path;
  if (what === 'models') {
    if (typeof options.models === 'function') return options.models(received);
    return json(200, { object: 'list', data: options.models ?? listBuiltIn() });
  }
  if (name !== undefined) {
    const recording = recordings.find(({ file }) => file.replace(/\.(sse|ndjson)$/, '') === name);
    return recording ? replayOf(recording) : json(404, { error: { message: `No recording ${name}` } });
  }
  const request: FakeRequest = { ...received, json: JSON.parse(received.body) as FakeRequest['json'] };
  const scripted = await options.respond?.(request);
  return scripted ?? (what === 'completions' ? respondAsBase(request) : respondBuiltIn(request));
}

async function play(
  response: ServerResponse,
  answer: FakeResponse,
  {
    received,
    openGate,
    gone,
  }: { received: ReceivedRequest; openGate: (signal: AbortSignal) => Promise<void>; gone: AbortSignal },
): Promise<void> {
  const left = new Promise<void>((resolve) => gone.addEventListener('abort', () => resolve()));
  const begin = () => {
    response.writeHead(answer.status ?? 200, answer.headers ?? eventStream);
    response.flushHeaders();
  };
  if (!answer.lateHeaders) begin();
  for await (const step of answer.steps ?? []) {
    if (gone.aborted) return;
    if ('waitMs' in step) {
      await Promise.race([new Promise((resolve) => setTimeout(resolve, step.waitMs)), left]);
    } else if ('gate' in step) {
      await Promise.race([step.gate === true ? openGate(gone) : step.gate, left]);
    } else if ('hang' in step) {
      await left;
    } else if ('keepAlive' in step) {
      const timer = setInterval(() => response.write(': keep-alive\n\n'), step.keepAlive.everyMs);
      await left;
      clearInterval(timer);
    } else if ('end' in step) {
      if (step.end === 'proper') break;
      received.ended = { by: 'server', at: Date.now() };
      if (step.end === 'reset') response.socket?.resetAndDestroy();
      else response.socket?.destroy();
      return;
    } else {
      if (!response.headersSent) begin();
      await write(response, 'event' in step ? `data: ${JSON.stringify(step.event)}\n\n` : step.write);
    }
  }
  if (gone.aborted) return;
  if (!response.headersSent) begin();
  response.end();
}

/** Resolves when the bytes are with the system, and a turn of the loop later, so that the next write is a read of its own. */
function write(response: ServerResponse, bytes: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    response.write(bytes, () => setImmediate(resolve));
  });
}

function replayOf(recording: Recording): FakeResponse {
  const steps: FakeStep[] = piecesOf(recording).map((piece) => ({ write: piece }));
  if (recording.replay.end === 'reset') steps.push({ end: 'truncate' });
  if (recording.replay.end.startsWith('stall')) steps.push({ keepAlive: { everyMs: 20 } });
  return { status: recording.http.status, headers: recording.http.headers, steps };
}

/** A JSON answer in one piece. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): FakeResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    steps: [{ write: JSON.stringify(value) }],
  };
}

/** A chunk with some text, or with a finish reason. */
export function chunk(delta: Record<string, unknown>, finishReason: string | null = null, model = 'fake'): FakeStep {
  return {
    event: {
      id: 'chatcmpl-fake',
      object: 'chat.completion.chunk',
      created: 1_795_000_000,
      model,
      choices: [{ index: 0, delta, finish_reason: finishReason }],
    },
  };
}

export const doneStep: FakeStep = { write: 'data: [DONE]\n\n' };

/** The models that answer without a script, and what each does. */
export const builtInModels: Record<string, string> = {
  'slow-r1': 'thinks inline for 120 words and answers in 60, a word each 25 ms',
  'fast-r1': 'the same at once',
  'field-r1': 'thinks in a field of its own, a word each 5 ms',
  plain: 'answers at once without thinking',
  'mentions-tag': 'the same, and speaks of a closing tag, which looks like the end of a thought',
  gated: 'waits for /control/release before its thinking, in the middle of it, before its answer and before its end',
  'fail-mid': 'an error event in the middle of the answer',
  'cut-mid': 'the connection breaks in the middle of the thinking',
  'rate-limited': 'refuses with 429 and Retry-After 60',
  'rate-limited-once': 'refuses with 429 and Retry-After 0 the first time a conversation asks, then answers',
  'length-in-thinking': 'runs out of tokens while it thinks',
  'never-ends': 'thinks a word each 50 ms until the client leaves',
};

/** The models that continue a text, and what each does. The others are chat models and refuse. */
export const baseModels: Record<string, string> = {
  base: 'thinks between tags and answers between tags, then stops',
  'base-opened': 'for a prompt that ends in <think>: closes it, and answers',
  'base-invents': "the same, then goes on with a user's turn of its own, a line each 20 ms, until the client leaves",
  'base-loops': 'thinks one sentence again and again, each 2 ms, until the client leaves',
};

function listBuiltIn(): unknown[] {
  return Object.keys({ ...builtInModels, ...baseModels }).map((id) => ({
    id,
    object: 'model',
    created: 1_795_000_000,
    owned_by: 'fake',
  }));
}

/** A message's words, also where they come beside pictures. */
function wordsOf(content: string | readonly { type?: string; text?: string }[]): string {
  if (typeof content === 'string') return content;
  return content.map(({ text = '' }) => text).join('');
}

/**
 * `pace:20ms:tokens:400` is a model too: that many words at that pace, two thirds of them thinking between tags;
 * `pace:20ms:tokens:400:field` thinks in a field.
 */
function respondBuiltIn(request: FakeRequest): FakeResponse {
  const model = request.json.model ?? '';
  const question = wordsOf(request.json.messages?.findLast((message) => message.role === 'user')?.content ?? '');
  const pace = /^pace:(\d+)ms:tokens:(\d+)(:field)?$/.exec(model);
  if (pace) {
    const words = Number(pace[2]);
    return {
      steps: speak({
        question,
        waitMs: Number(pace[1]),
        thinking: Math.ceil((words * 2) / 3),
        answer: Math.floor(words / 3),
        field: pace[3] !== undefined,
      }),
    };
  }
  switch (model) {
    case 'slow-r1':
      return { steps: speak({ question, waitMs: 25, thinking: 120, answer: 60 }) };
    case 'fast-r1':
      return { steps: speak({ question, thinking: 120, answer: 60 }) };
    case 'field-r1':
      return { steps: speak({ question, waitMs: 5, thinking: 60, answer: 30, field: true }) };
    case 'plain':
      return { steps: speak({ question, thinking: 0, answer: 30 }) };
    case 'mentions-tag':
      return {
        steps: [
          chunk({ content: mention.slice(0, 20) }),
          chunk({ content: mention.slice(20) }),
          ...finishWith('stop', 0, 9),
        ],
      };
    case 'gated':
      return { steps: speak({ question, thinking: 20, answer: 10, gates: true }) };
    case 'fail-mid':
      return { steps: speak({ question, thinking: 20, answer: 10, ending: 'error' }) };
    case 'cut-mid':
      return { steps: speak({ question, thinking: 20, answer: 0, ending: 'truncate' }) };
    case 'length-in-thinking':
      return { steps: speak({ question, thinking: 40, answer: 0, ending: 'length' }) };
    case 'never-ends':
      return { steps: speak({ question, waitMs: 50, thinking: 1_000_000, answer: 0 }) };
    case 'rate-limited':
      return json(
        429,
        { error: { message: 'Too many requests, slow down', type: 'rate_limit' } },
        { 'retry-after': '60' },
      );
    case 'rate-limited-once':
      if (seenOnce.delete(question)) return { steps: speak({ question, thinking: 20, answer: 10 }) };
      seenOnce.add(question);
      return json(
        429,
        { error: { message: 'Too many requests, slow down', type: 'rate_limit' } },
        { 'retry-after': '0' },
      );
    default:
      return json(404, { error: { message: `The model \`${model}\` does not exist`, code: 'model_not_found' } });
  }
}

function respondAsBase(request: FakeRequest): FakeResponse {
  const model = request.json.model ?? '';
  if (typeof request.json.prompt !== 'string') return json(400, { error: { message: 'prompt is required' } });
  if (!(model in baseModels)) {
    const message =
      'This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?';
    return json(404, { error: { message, type: 'invalid_request_error', param: 'model', code: null } });
  }
  return { steps: continueText(model) };
}

async function* continueText(model: string): AsyncGenerator<FakeStep> {
  const opener = model === 'base-opened' ? '' : ' <think>';
  if (model === 'base-loops') {
    yield textChunk(`${opener} Let me see.`);
    for (;;) {
      yield { waitMs: 2 };
      yield textChunk(' Wait, let me check that again, step by step, to be sure of it.');
    }
  }
  for (const word of `${opener} Six times seven is forty-two. </think> <answer> 42 </answer>`.split(/(?= )/)) {
    yield textChunk(word);
  }
  if (model === 'base-invents') {
    yield textChunk(' User: And what is');
    for (let i = 1; ; i++) {
      yield { waitMs: 20 };
      yield textChunk(` ${i} times ${i + 1}?`);
    }
  }
  yield textChunk('', 'stop');
  yield { event: { choices: [], usage: { prompt_tokens: 90, completion_tokens: 14, total_tokens: 104 } } };
  yield doneStep;
}

/** A chunk of a raw completion. */
export function textChunk(text: string, finishReason: string | null = null): FakeStep {
  return {
    event: {
      id: 'cmpl-fake',
      object: 'text_completion',
      created: 1_795_000_000,
      choices: [{ index: 0, text, logprobs: null, finish_reason: finishReason }],
    },
  };
}

const seenOnce = new Set<string>();

interface Speech {
  question: string;
  waitMs?: number;
  /** Words of each. */
  thinking: number;
  answer: number;
  /** Thinking goes into a field instead of between tags. */
  field?: boolean;
  gates?: boolean;
  ending?: 'error' | 'truncate' | 'length';
}

async function* speak(speech: Speech): AsyncGenerator<FakeStep> {
  const { question, waitMs, thinking, answer, field = false, gates = false, ending } = speech;
  const think = (text: string) => chunk(field ? { reasoning_content: text } : { content: text });
  const pause = async function* (): AsyncGenerator<FakeStep> {
    if (waitMs !== undefined) yield { waitMs };
  };
  yield chunk({ role: 'assistant', content: '' });
  if (thinking > 0) {
    if (gates) yield { gate: true };
    if (!field) yield chunk({ content: '<think>\n' });
    for (let i = 1; i <= thinking; i++) {
      if (gates && i === Math.floor(thinking / 2)) yield { gate: true };
      yield* pause();
      yield think(thinkingWord(i));
    }
    if (ending === 'truncate') return yield { end: 'truncate' };
    if (ending === 'length') return yield* finishWith('length', thinking, 0);
    if (gates) yield { gate: true };
    if (!field) yield chunk({ content: '\n</think>\n\n' });
  }
  yield chunk({ content: `You asked: ${question}\n\n` });
  for (let i = 1; i <= answer; i++) {
    yield* pause();
    yield chunk({ content: i % 12 === 0 ? ` point ${i}.\n\n` : ` point ${i},` });
    if (ending === 'error' && i === Math.ceil(answer / 2)) {
      yield { event: { error: { message: 'The engine gave up', type: 'server_error' } } };
      return;
    }
  }
  if (gates) yield { gate: true };
  yield* finishWith('stop', thinking, answer);
}

function* finishWith(reason: string, thinking: number, answer: number): Generator<FakeStep> {
  yield chunk({}, reason);
  yield {
    event: {
      choices: [],
      usage: {
        prompt_tokens: 10,
        completion_tokens: thinking + answer,
        total_tokens: 10 + thinking + answer,
        completion_tokens_details: { reasoning_tokens: thinking },
      },
    },
  };
  yield doneStep;
}

const mention = 'A thought ends with </think>, never without.';

/** Prose with a line end now and then, every word of it different. */
function thinkingWord(i: number): string {
  if (i % 40 === 0) return ` step ${i}.\n\n`;
  return i % 15 === 0 ? ` step ${i}.` : ` step ${i}`;
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const piece of incoming) chunks.push(piece as Buffer);
  return Buffer.concat(chunks).toString();
}

function cutEvery(body: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0; from < body.length; from += size) pieces.push(body.subarray(from, from + size));
  return pieces;
}

function cutAfter(body: Buffer, byte: number): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = body.indexOf(byte); at >= 0; at = body.indexOf(byte, from)) {
    pieces.push(body.subarray(from, at + 1));
    from = at + 1;
  }
  if (from < body.length) pieces.push(body.subarray(from));
  return pieces;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
  const fake = await createFakeProvider({ port: Number(values.port) });
  console.log(fake.baseURL);
}
