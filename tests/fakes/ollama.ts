/**
 * A fake Ollama on a real socket: its own API (`/api/…`) and the lists and chats of its `/v1`. It has models, some of them
 * loaded, and a library from which more can be pulled. Where it would take its time (loading, downloading), it waits to be
 * let go on if it was made with `gated`.
 *
 * As a program: `node tests/fakes/ollama.ts --port 0` prints its address.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

export interface FakeModel {
  /** Undefined as an Ollama from before capabilities were told. */
  capabilities?: string[];
  details?: Record<string, unknown>;
  contextLength?: number;
  /** As `/api/show` gives them: `num_ctx 8192`. */
  parameters?: string;
  thinking?: { values: (boolean | string)[]; default?: boolean | string };
  remoteHost?: string;
  /** What it writes, whatever it is asked, and how its template writes a conversation. */
  speaks?: FakeSpeech;
  /** In the list, but gone when it is asked. */
  vanished?: boolean;
  /** The file it is made of, as its digest. */
  blob?: string;
  /**
   * It counts, a word a token, and writes so many tokens, one a line: what does not fit is cut from the front to half the
   * window and two, and the window slides, as a real one's does (main of Aug 2026); `truncate` and `shift` are obeyed.
   */
  writes?: number;
  /** From before `truncate` and `shift`. */
  old?: boolean;
}

/** Tokens with the blanks before them; as Ollama of August 2026 takes them (`_debug_render_only`, `raw`). */
export interface FakeSpeech {
  thought: string[];
  answer: string[];
  /**
   * `keeps`: opens the thinking for a question, and writes the thinking of a last message. `drops`: has no place for the
   * thinking, and the model opens it itself. `opens`: opens the thinking whatever the last message is.
   */
  template: 'keeps' | 'drops' | 'opens';
}

export interface OllamaRequest {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  json: Record<string, unknown>;
  /** Who ended the response; resolves when it is over. */
  ended: Promise<'server' | 'client'>;
}

export interface FakeOllama {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  models: Map<string, FakeModel>;
  /** Loaded models with their windows. */
  loaded: Map<string, number>;
  /** What can be pulled, with its size in bytes. */
  library: Map<string, number>;
  requests: OllamaRequest[];
  /** The bodies of the chats, in the order they came. */
  chats(): Record<string, unknown>[];
  /** Waits until something waits at a gate, then lets it go on. */
  releaseNext(): Promise<void>;
  close(): Promise<void>;
}

export const thinker: FakeModel = {
  capabilities: ['completion', 'tools', 'thinking'],
  details: { family: 'qwen3', parameter_size: '8.2B', quantization_level: 'Q4_K_M' },
  contextLength: 131_072,
};
export const plainModel: FakeModel = {
  capabilities: ['completion'],
  details: { family: 'llama', parameter_size: '3.2B', quantization_level: 'Q4_0' },
  contextLength: 8_192,
};
export const embedder: FakeModel = { capabilities: ['embedding'], details: { family: 'bert' }, contextLength: 512 };

/** The window of a model that nothing was said about. */
export const fakeDefaultWindow = 4_096;
const createdAt = '2026-11-22T19:40:01.000000Z';

/** Starts a fake Ollama on a port of its own. */
export async function createFakeOllama(
  options: {
    port?: number;
    models?: Record<string, FakeModel>;
    library?: Record<string, number>;
    gated?: boolean;
    /** `/api/show` and `/api/ps` do not exist, as behind a proxy that lets only chats through. */
    tellsNothing?: boolean;
    /** It does not know `_debug_render_only`, and answers. */
    rendersNothing?: boolean;
  } = {},
): Promise<FakeOllama> {
  const models = new Map(Object.entries(options.models ?? { 'deepseek-r1:8b': thinker, 'llama3.2:3b': plainModel }));
  const library = new Map(Object.entries(options.library ?? {}));
  const loaded = new Map<string, number>();
  const requests: OllamaRequest[] = [];
  const gate = createGate();
  const pass = async (response: ServerResponse) => {
    if (options.gated) await gate.wait(response);
  };

  const server = createServer(async (incoming, response) => {
    const path = new URL(incoming.url ?? '/', 'http://fake').pathname;
    const body = await readBody(incoming);
    const json = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
    const ended = new Promise<'server' | 'client'>((resolve) => {
      response.on('close', () => resolve(response.writableFinished ? 'server' : 'client'));
    });
    requests.push({ method: incoming.method ?? '', path, headers: incoming.headers, json, ended });
    const name = String(json.model ?? '');
    const model = models.get(name);
    switch (`${incoming.method} ${path}`) {
      case 'GET /api/tags':
        return send(response, 200, { models: [...models].map(([id, entry]) => tagOf(id, entry)) });
      case 'GET /v1/models':
        return send(response, 200, {
          object: 'list',
          data: [...models.keys()].map((id) => ({ id, object: 'model', created: 1_795_000_000, owned_by: 'library' })),
        });
      case 'GET /api/ps':
        if (options.tellsNothing) return send(response, 404, { error: 'not here' });
        return send(response, 200, {
          models: [...loaded].map(([id, window]) => ({
            name: id,
            model: id,
            context_length: window,
            expires_at: '2096-11-22T19:45:01.000000Z',
            ...(models.get(id)?.details && { details: models.get(id)?.details }),
          })),
        });
      case 'POST /api/show':
        if (options.tellsNothing) return send(response, 404, { error: 'not here' });
        return model ? send(response, 200, showOf(model)) : send(response, 404, missing(name));
      case 'POST /api/chat':
      case 'POST /api/generate': {
        if (!model || model.vanished) return send(response, 404, missing(name));
        const cannotThink = model.capabilities && !model.capabilities.includes('thinking');
        if (json.think && cannotThink) return send(response, 400, { error: `"${name}" does not support thinking` });
        if (path === '/api/generate' && json.prompt === undefined) {
          if (json.keep_alive === 0) loaded.delete(name);
          else loaded.set(name, fakeDefaultWindow);
          const done_reason = json.keep_alive === 0 ? 'unload' : 'load';
          return send(response, 200, { model: name, created_at: createdAt, response: '', done: true, done_reason });
        }
        const window = Number((json.options as Record<string, unknown> | undefined)?.num_ctx ?? fakeDefaultWindow);
        if (loaded.get(name) !== window) await pass(response);
        if (response.destroyed) return;
        loaded.set(name, windowOf(model, window));
        if (json._debug_render_only && !options.rendersNothing) {
          const rendered_template = render(model, messagesIn(json));
          const message = { role: '', content: '' };
          return send(response, 200, { model: name, message, done: false, _debug_info: { rendered_template } });
        }
        if (model.writes !== undefined) {
          const answer = countingAnswer(name, model, json, { window, path });
          if ('error' in answer) return send(response, 400, answer);
          response.writeHead(200, { 'content-type': 'application/x-ndjson' });
          for (const line of answer.lines) response.write(`${JSON.stringify(line)}\n`);
          return response.end();
        }
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        for (const line of answerOf(name, model, json, path)) response.write(`${JSON.stringify(line)}\n`);
        return response.end();
      }
      case 'POST /v1/chat/completions':
      case 'POST /v1/completions':
        if (model?.speaks) {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          for (const line of speakOpenAI(name, model.speaks, json, path)) {
            response.write(`data: ${JSON.stringify(line)}\n\n`);
          }
          return response.end('data: [DONE]\n\n');
        }
        if (model?.writes !== undefined) {
          loaded.set(name, windowOf(model, fakeDefaultWindow));
          const answer = countingAnswer(name, model, { messages: json.messages }, { window: fakeDefaultWindow, path });
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          if ('lines' in answer)
            for (const chunk of chunksOf(answer.lines)) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
          return response.end('data: [DONE]\n\n');
        }
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const delta of [{ reasoning: 'By the common protocol.' }, { content: 'Fine.' }]) {
          response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`);
        }
        return response.end('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
      case 'POST /api/pull':
        return pull(response, name, { models, library, pass });
      default:
        return send(response, 404, { error: `nothing at ${path}` });
    }
  });
  server.keepAliveTimeout = 100;
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    models,
    loaded,
    library,
    requests,
    chats: () => requests.filter(({ path }) => path === '/api/chat').map(({ json }) => json),
    releaseNext: gate.releaseNext,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A model's download, in four steps of a quarter each. A client that leaves cancels it. */
async function pull(
  response: ServerResponse,
  name: string,
  place: {
    models: FakeOllama['models'];
    library: FakeOllama['library'];
    pass: (response: ServerResponse) => Promise<void>;
  },
): Promise<void> {
  const write = (value: unknown) => response.write(`${JSON.stringify(value)}\n`);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  write({ status: 'pulling manifest' });
  const total = place.library.get(name);
  if (total === undefined) {
    write({ error: 'pull model manifest: file does not exist' });
    response.end();
    return;
  }
  const digest = 'sha256:dd084c7d92a3c1c14cc09ae77153b903fd2024b64a100a0cc8ec9316063d2dbc';
  write({ status: 'pulling dd084c7d92a3', digest, total });
  for (const quarter of [1, 2, 3, 4]) {
    await place.pass(response);
    if (response.destroyed) return;
    write({ status: 'pulling dd084c7d92a3', digest, total, completed: (total * quarter) / 4 });
  }
  for (const status of ['verifying sha256 digest', 'writing manifest', 'success']) write({ status });
  place.models.set(name, { ...thinker });
  response.end();
}

function windowOf({ contextLength }: FakeModel, asked: number): number {
  return Math.min(asked, contextLength ?? asked);
}

/** What a model that counts answers, line by line; a refusal is JSON in a string. */
function countingAnswer(
  name: string,
  model: FakeModel,
  json: Record<string, unknown>,
  { window: asked, path }: { window: number; path: string },
): { lines: Record<string, unknown>[] } | { error: string } {
  const window = windowOf(model, asked);
  const messages = (json.messages ?? []) as { content: string }[];
  const words = [...messages.map(({ content }) => content), String(json.prompt ?? '')].join(' ').split(/\s+/);
  const prompt = words.filter((word) => word !== '').length;
  if (prompt > window && json.truncate === false && !model.old) {
    const message = `request (${prompt} tokens) exceeds the available context size (${window} tokens), try increasing it`;
    const error = { code: 400, message, type: 'exceed_context_size_error', n_prompt_tokens: prompt, n_ctx: window };
    return { error: JSON.stringify({ error }) };
  }
  const read = prompt > window ? Math.floor(window / 2) + 2 : prompt;
  const limit = Number((json.options as Record<string, unknown> | undefined)?.num_predict ?? model.writes);
  const room = json.shift === false && !model.old ? window - read : Number.POSITIVE_INFINITY;
  const written = Math.min(model.writes ?? 0, limit, room);
  const line = (text: string) =>
    path === '/api/generate' ? { response: text } : { message: { role: 'assistant', content: text } };
  const common = { model: name, created_at: createdAt };
  return {
    lines: [
      ...Array.from({ length: written }, () => ({ ...common, ...line(' so'), done: false })),
      {
        ...common,
        ...line(''),
        done: true,
        done_reason: written < (model.writes ?? 0) ? 'length' : 'stop',
        ...{ total_duration: 5_000_000, load_duration: 1_000_000, prompt_eval_count: read, eval_count: written },
        ...{ prompt_eval_duration: 2_000_000, eval_duration: 2_000_000 },
      },
    ],
  };
}

/** The same by the common protocol. */
function chunksOf(lines: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return lines.map(({ message, done, done_reason, prompt_eval_count, eval_count }) => {
    const delta = { role: 'assistant', content: (message as { content: string } | undefined)?.content ?? '' };
    const usage = { prompt_tokens: prompt_eval_count, completion_tokens: eval_count };
    return {
      choices: [{ index: 0, delta, finish_reason: done ? done_reason : null }],
      ...(done === true && { usage }),
    };
  });
}

function* answerOf(
  name: string,
  model: FakeModel,
  json: Record<string, unknown>,
  path: string,
): Generator<Record<string, unknown>> {
  const line = (message: Record<string, unknown>) => ({
    model: name,
    created_at: createdAt,
    ...(path === '/api/generate'
      ? { response: message.content ?? '' }
      : { message: { role: 'assistant', content: '', ...message } }),
    done: false,
  });
  if (model.speaks) {
    yield* speak(name, model.speaks, json, path);
    return;
  }
  const messages = messagesIn(json);
  const question = messages.findLast(({ role }) => role === 'user')?.content ?? String(json.prompt ?? '');
  if (model.capabilities?.includes('thinking') && json.think !== false && path === '/api/chat') {
    yield line({ thinking: 'Let me think' });
    yield line({ thinking: ' about it.' });
  }
  yield line({ content: `You asked: ${question}` });
  yield {
    ...line({}),
    done: true,
    done_reason: 'stop',
    total_duration: 5_000_000,
    load_duration: 1_000_000,
    prompt_eval_count: 12,
    eval_count: 9,
  };
}

interface FakeMessage {
  role: string;
  content: string;
  thinking?: string;
  reasoning?: string;
}

const messagesIn = (json: Record<string, unknown>) => (json.messages ?? []) as FakeMessage[];

/** What a template makes of a conversation: its last question, and the answer that has begun. */
function render({ speaks }: FakeModel, messages: readonly FakeMessage[]): string {
  const last = messages.at(-1);
  const question = ` ${messages.findLast(({ role }) => role === 'user')?.content ?? ''}`;
  const isOpened = speaks?.template === 'opens' || (speaks?.template === 'keeps' && last?.role !== 'assistant');
  const thinking = last?.thinking ?? last?.reasoning;
  const thought = speaks?.template !== 'drops' && thinking ? `<think>${thinking}</think>` : '';
  const begun = last?.role === 'assistant' ? thought + last.content : '';
  return question + begun + (isOpened ? '<think>' : '');
}

const tokensIn = (text: string) => text.split(/(?=[ <])/).filter((token) => token !== '').length;

/** What comes behind a prompt, token by token; whether each is of the thinking, tags too. */
function behind(prompt: string, { thought, answer }: FakeSpeech): { text: string; isThought: boolean }[] {
  const opened = prompt.lastIndexOf('<think>');
  const closed = prompt.lastIndexOf('</think>');
  const skip = (tokens: readonly string[], said: string) => {
    let length = 0;
    return tokens.filter((token) => {
      const isSaid = length < said.trimStart().length;
      length += (length === 0 ? token.trimStart() : token).length;
      return !isSaid;
    });
  };
  const thoughts = (tokens: readonly string[]) => tokens.map((text) => ({ text, isThought: true }));
  const answers = (tokens: readonly string[]) => tokens.map((text) => ({ text, isThought: false }));
  if (closed > opened) return answers(skip(answer, prompt.slice(closed + '</think>'.length)));
  const rest = opened < 0 ? ['<think>', ...thought] : skip(thought, prompt.slice(opened + '<think>'.length));
  return [...thoughts([...rest, '</think>']), ...answers(answer)];
}

function told(speech: FakeSpeech, json: Record<string, unknown>) {
  const prompt = typeof json.prompt === 'string' ? json.prompt : render({ speaks: speech }, messagesIn(json));
  const options = (json.options ?? {}) as Record<string, unknown>;
  const most = Number(options.num_predict ?? json.max_tokens ?? 1000);
  const all = behind(prompt, speech);
  return { tokens: all.slice(0, most), reason: all.length > most ? 'length' : 'stop', promptTokens: tokensIn(prompt) };
}

/** Where a token goes: as text, tags and all, where the prompt was raw or no tag is known to be coming. */
function fieldOf({ template }: FakeSpeech, token: { text: string; isThought: boolean }, isRaw: boolean) {
  if (isRaw || template === 'drops') return 'content';
  if (/^<\/?think>$/.test(token.text)) return undefined;
  return token.isThought ? 'thinking' : 'content';
}

function* speak(
  name: string,
  speech: FakeSpeech,
  json: Record<string, unknown>,
  path: string,
): Generator<Record<string, unknown>> {
  const isRaw = path === '/api/generate';
  const line = (part: Record<string, unknown>) => ({ model: name, created_at: createdAt, ...part, done: false });
  const { tokens, reason, promptTokens } = told(speech, json);
  for (const token of tokens) {
    const field = fieldOf(speech, token, isRaw);
    if (isRaw) yield line({ response: token.text });
    else if (field) yield line({ message: { role: 'assistant', content: '', [field]: token.text } });
  }
  const end = isRaw ? { response: '' } : { message: { role: 'assistant', content: '' } };
  yield { ...line(end), done: true, done_reason: reason, prompt_eval_count: promptTokens, eval_count: tokens.length };
}

function* speakOpenAI(
  name: string,
  speech: FakeSpeech,
  json: Record<string, unknown>,
  path: string,
): Generator<Record<string, unknown>> {
  const isRaw = path === '/v1/completions';
  const { tokens, reason, promptTokens } = told(speech, json);
  for (const token of tokens) {
    const field = fieldOf(speech, token, isRaw);
    const delta = { [field === 'thinking' ? 'reasoning' : 'content']: token.text };
    if (isRaw) yield { model: name, choices: [{ index: 0, text: token.text, finish_reason: null }] };
    else if (field) yield { model: name, choices: [{ index: 0, delta, finish_reason: null }] };
  }
  yield { model: name, choices: [{ index: 0, delta: {}, text: '', finish_reason: reason }] };
  yield {
    choices: [],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: tokens.length,
      total_tokens: promptTokens + tokens.length,
    },
  };
}

function tagOf(id: string, model: FakeModel): Record<string, unknown> {
  const { capabilities, details, remoteHost } = model;
  return {
    name: id,
    model: id,
    modified_at: createdAt,
    size: 5_200_000_000,
    details: details ?? {},
    ...(capabilities && { capabilities }),
    ...(remoteHost && { remote_host: remoteHost, remote_model: id }),
  };
}

function showOf(model: FakeModel): Record<string, unknown> {
  const { capabilities, details, contextLength, parameters, thinking, remoteHost, blob } = model;
  return {
    details: details ?? {},
    model_info: {
      'general.architecture': 'qwen3',
      ...(contextLength !== undefined && { 'qwen3.context_length': contextLength }),
    },
    ...(parameters !== undefined && { parameters }),
    ...(blob !== undefined && { modelfile: `# Modelfile\nFROM /models/blobs/sha256-${blob}\nTEMPLATE x\n` }),
    ...(capabilities && { capabilities }),
    ...(thinking && { thinking }),
    ...(remoteHost && { remote_host: remoteHost }),
  };
}

function missing(name: string): Record<string, unknown> {
  return { error: `model '${name}' not found` };
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

function createGate() {
  let waiting: (() => void)[] = [];
  const watchers: (() => void)[] = [];
  return {
    /** One whose client leaves waits no longer. */
    wait: (response: ServerResponse) =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        response.on('close', () => {
          waiting = waiting.filter((other) => other !== resolve);
          resolve();
        });
        watchers.shift()?.();
      }),
    releaseNext: async () => {
      if (waiting.length === 0) await new Promise<void>((resolve) => watchers.push(resolve));
      const open = waiting;
      waiting = [];
      for (const go of open) go();
    },
  };
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const piece of incoming) chunks.push(piece as Buffer);
  return Buffer.concat(chunks).toString();
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
  const fake = await createFakeOllama({ port: Number(values.port), library: { 'r1-small': 4_000_000_000 } });
  console.log(fake.origin);
}
