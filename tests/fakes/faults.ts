/**
 * A fake upstream that does what a script says, byte by byte and fault by fault: the format of
 * tests/fixtures/reliability/faults.json (described in its own `format`). A call is told from another by its model: the
 * item's id, or `<id>.<n>` for the columns of a comparison.
 *
 * Answers `POST /v1/chat/completions`, `POST /api/chat`, and the lists `GET /v1/models` and `GET /api/tags`, all of them
 * below `/ollama` too: two servers at one address would be taken for one. The responses are written to the socket by hand, so that broken ones can be broken exactly.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** One step of a script; the first of these fields that is there says what it does. */
export interface FaultStep {
  /** After the step before, in ms. */
  afterMs?: number;
  bytes?: string;
  base64?: string;
  gen?: (string | { repeat: string; times: number })[];
  repeatBytes?: { bytes: string; times: number };
  gzipOf?: { repeat: string; times: number };
  action?: 'reset' | 'stall' | 'end' | 'truncate' | 'repeat';
  forMs?: number;
  everyMs?: number;
  /** Written in pieces of so many bytes, one each `everyMs`. */
  split?: number;
  dripText?: string;
}

type HeaderValue = string | { repeat: string; times: number; end?: string };

/** What happens to one call. */
export interface FaultScript {
  status?: number;
  headers?: Record<string, HeaderValue>;
  connect?: 'refuse' | 'accept';
  rawSteps?: FaultStep[];
  steps?: FaultStep[];
}

/** One item of the file, as far as the upstream is concerned. */
export interface FaultItem extends FaultScript {
  id: string;
  title: string;
  protocol?: 'openai-sse' | 'ollama-ndjson';
  attempts?: FaultScript[];
  columns?: FaultScript[];
}

/** One call of a model, as the upstream saw it. */
export interface FaultCall {
  model: string;
  /** When the first byte of the body was written, by `performance.now()`. */
  firstByte: Promise<number>;
  /** When the last step began: the fault itself. */
  faultAt: number | undefined;
  /** When the connection was closed, by whomever. */
  closed: Promise<number>;
}

export interface FaultServer {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  /** The calls of a model so far. */
  callsOf(model: string): readonly FaultCall[];
  /** Resolves when a model is called for the first time. */
  firstCallOf(model: string): Promise<FaultCall>;
  close(): Promise<void>;
}

/** Starts the upstream for these items. */
export async function createFaultServer(items: readonly FaultItem[]): Promise<FaultServer> {
  const scripts = new Map<string, FaultScript[]>();
  for (const item of items) {
    for (const [i, column] of (item.columns ?? []).entries()) scripts.set(`${item.id}.${i}`, [column]);
    if (!item.columns) scripts.set(item.id, item.attempts ?? [item]);
  }
  const isOllama = (item: FaultItem) => item.protocol === 'ollama-ndjson';
  const calls = new Map<string, FaultCall[]>();
  const waiting = new Map<string, (call: FaultCall) => void>();
  const over = new AbortController();

  const server = createServer(async (incoming, response) => {
    const pathname = new URL(incoming.url ?? '/', 'http://fake').pathname.replace(/^\/ollama/, '');
    const body = await readBody(incoming);
    const sendJson = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    if (pathname === '/v1/models') {
      const ids = [...scripts.keys()].map((id) => ({ id, object: 'model', owned_by: 'faults' }));
      return sendJson(200, { object: 'list', data: ids });
    }
    if (pathname === '/api/tags') {
      return sendJson(200, { models: items.filter(isOllama).map(({ id }) => ({ name: id, model: id, details: {} })) });
    }
    if (pathname !== '/v1/chat/completions' && pathname !== '/api/chat') return sendJson(404, { error: 'not here' });
    const { model } = JSON.parse(body) as { model: string };
    const attempts = scripts.get(model) ?? [];
    const before = calls.get(model) ?? [];
    const script = attempts[before.length] ?? attempts.at(-1);
    if (!script) return sendJson(404, { error: { message: `No script for ${model}` } });
    const { call, play } = startCall(model, script, incoming.socket, over.signal);
    calls.set(model, [...before, call]);
    waiting.get(model)?.(call);
    waiting.delete(model);
    await play();
  });
  server.keepAliveTimeout = 100;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    callsOf: (model) => calls.get(model) ?? [],
    async firstCallOf(model) {
      const [first] = calls.get(model) ?? [];
      return first ?? new Promise((resolve) => waiting.set(model, resolve));
    },
    close: () =>
      new Promise((resolve) => {
        over.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function startCall(
  model: string,
  script: FaultScript,
  socket: Socket,
  over: AbortSignal,
): { call: FaultCall; play: () => Promise<void> } {
  let markFirstByte = (_at: number) => {};
  const gone = new AbortController();
  const call: FaultCall = {
    model,
    firstByte: new Promise((resolve) => {
      markFirstByte = resolve;
    }),
    faultAt: undefined,
    closed: new Promise((resolve) => {
      socket.on('close', () => {
        gone.abort();
        resolve(performance.now());
      });
    }),
  };
  socket.on('error', () => {}); // a client that leaves is a part of some scripts; `close` follows
  const signal = AbortSignal.any([gone.signal, over]);
  const play = async () => {
    const steps = script.steps ?? [];
    const chunked = script.connect !== 'accept' && !['truncate', 'reset'].includes(steps.at(-1)?.action ?? 'end');
    const writer = createWriter(socket, { chunked, signal, onFirstByte: () => markFirstByte(performance.now()) });
    if (script.connect !== 'accept') writer.raw(renderHead(script, chunked));
    try {
      for (const step of script.rawSteps ?? []) await run(step, writer.raw, { socket, signal, call, writer });
      for (const step of steps) await run(step, writer.body, { socket, signal, call, writer });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
  return { call, play };
}

interface Writer {
  /** As it stands. */
  raw(bytes: Uint8Array): Promise<void>;
  /** As a part of the body. */
  body(bytes: Uint8Array): Promise<void>;
  end(): void;
}

async function run(
  step: FaultStep,
  write: Writer['raw'],
  { socket, signal, call, writer }: { socket: Socket; signal: AbortSignal; call: FaultCall; writer: Writer },
): Promise<void> {
  if (step.afterMs) await delay(step.afterMs, undefined, { signal });
  call.faultAt = performance.now();
  switch (step.action) {
    case 'reset':
      socket.resetAndDestroy();
      return;
    case 'truncate':
      socket.destroy();
      return;
    case 'end':
      writer.end();
      return;
    case 'stall':
      await delay(step.forMs ?? 0, undefined, { signal });
      socket.destroy();
      return;
    case 'repeat':
      for (let ms = 0; ms < (step.forMs ?? 0); ms += step.everyMs ?? 1) {
        await write(Buffer.from(step.bytes ?? ''));
        await delay(step.everyMs ?? 1, undefined, { signal });
      }
      return;
  }
  if (step.dripText !== undefined) {
    for (const byte of Buffer.from(step.dripText)) {
      await write(Buffer.of(byte));
      await delay(step.everyMs ?? 1, undefined, { signal });
    }
    return;
  }
  for (const piece of piecesOf(step)) {
    await write(piece);
    if (step.split !== undefined && step.everyMs) await delay(step.everyMs, undefined, { signal });
  }
}

/** What a step writes, in the pieces in which it is written. */
function* piecesOf(step: FaultStep): Generator<Uint8Array> {
  const bytes = bytesOf(step);
  const size = step.split ?? 65_536;
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

function bytesOf(step: FaultStep): Buffer {
  if (step.bytes !== undefined) return Buffer.from(step.bytes);
  if (step.base64 !== undefined) return Buffer.from(step.base64, 'base64');
  if (step.gen) {
    return Buffer.from(
      step.gen.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.times))).join(''),
    );
  }
  if (step.repeatBytes) return Buffer.from(step.repeatBytes.bytes.repeat(step.repeatBytes.times));
  if (step.gzipOf) return gzipSync(Buffer.from(step.gzipOf.repeat.repeat(step.gzipOf.times)));
  return Buffer.alloc(0);
}

function renderHead({ status = 200, headers = {} }: FaultScript, chunked: boolean): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => {
    const text = typeof value === 'string' ? value : value.repeat.repeat(value.times) + (value.end ?? '');
    return `${name}: ${text}`;
  });
  if (chunked) lines.push('transfer-encoding: chunked');
  lines.push('connection: close');
  return Buffer.from([`HTTP/1.1 ${status} Scripted`, ...lines, '', ''].join('\r\n'), 'latin1');
}

function createWriter(
  socket: Socket,
  { chunked, signal, onFirstByte }: { chunked: boolean; signal: AbortSignal; onFirstByte: () => void },
): Writer {
  // Resolves when the bytes are with the system and a turn of the loop later, so that the next write is a read of its own.
  const raw = (bytes: Uint8Array) =>
    new Promise<void>((resolve) => {
      if (signal.aborted || !socket.writable) resolve();
      else socket.write(bytes, () => setImmediate(resolve));
    });
  return {
    raw,
    body(bytes) {
      if (bytes.length === 0) return Promise.resolve();
      onFirstByte();
      if (!chunked) return raw(bytes);
      const head = Buffer.from(`${bytes.length.toString(16)}\r\n`);
      return raw(Buffer.concat([head, bytes, Buffer.from('\r\n')]));
    },
    end() {
      if (chunked) socket.end('0\r\n\r\n');
      else socket.end();
    },
  };
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const piece of incoming) chunks.push(piece as Buffer);
  return Buffer.concat(chunks).toString();
}
