import type { UpstreamRefusal } from './errors.ts';
import type { Readable } from 'node:stream';
import type { ProviderPart } from '../../model.ts';
import type { StreamFact, StreamNormalizer } from './stream-facts.ts';
import { turnShare } from './turn-share.ts';
import { bodyOf, type FetchLike, isWordless, nobodyReads, statusOf } from './upstream-fetch.ts';

/** How long a provider may keep us waiting, in ms. */
export interface StreamLimits {
  /** From the call to the first byte of the body. */
  firstByteMs: number;
  /** Without any byte. */
  idleMs: number;
  /** The same before the first word, where a server may read the prompt or do somebody else's work first; else `idleMs`. */
  beforeTextMs?: number;
  /** With comments and blank lines only. */
  keepAliveOnlyMs: number;
  /** From the call to the end. */
  totalMs: number;
}

export type TimeLimit = 'first-byte' | 'idle' | 'keep-alive-only' | 'total';

/** What is told beside the stream: what the normalizer found, and what the call itself met. */
export type CallFact =
  | StreamFact
  /** The exact body that is sent. */
  | { type: 'sending'; url: string; body: string }
  | { type: 'refused'; refusal: UpstreamRefusal }
  /** The connection could not be made, or broke before the response began. */
  | { type: 'unreachable'; cause: unknown }
  /** Its thinking can be ended from here on, as a provider part tells it. */
  | Extract<ProviderPart, { type: 'steerable' }>
  /** The answer is compressed although it was asked not to be. */
  | { type: 'encoded'; encoding: string }
  | { type: 'timeout'; limit: TimeLimit; ms: number };

export interface StreamCall {
  /** Where the bytes come from. */
  fetch: FetchLike;
  url: string;
  headers: Record<string, string>;
  /** JSON. */
  body: string;
  /** Aborted when nobody reads any more. */
  signal: AbortSignal;
  limits: StreamLimits;
  /** Reads what is streamed. */
  createNormalizer: (report: (fact: StreamFact) => void) => StreamNormalizer;
  observe: (fact: CallFact) => void;
}

/** After the finish reason only counts and `[DONE]` follow; a server that goes silent then is not waited for. */
const afterFinishMs = 5_000;
const maxRefusalBytes = 64 * 1024;

/**
 * Posts a request and reads its answer to the end, through a normalizer that mends what providers stream and hands its text
 * on (a protocol's stream.ts); keeps the time limits, and tells everything it sees to an observer. Whatever the provider
 * does is a fact, not an exception: it resolves when nothing more comes.
 */
export function readStream(options: StreamCall): Promise<void> {
  const { url, body, headers, fetch } = options;
  return withinLimits(options, async ({ signal, observe, alive, isOver }) => {
    const response = await post({ url, body, headers, fetch, signal }, observe);
    if (!response) return;
    const normalizer = options.createNormalizer(observe);
    const end = await pour(bodyOf(response), signal, (bytes) => {
      alive();
      normalizer.push(bytes);
      return normalizer.finished;
    });
    normalizer.end(isOver() ? 'eof' : end);
  });
}

/** A call whose time is watched. */
export interface WatchedCall {
  /** Aborted when its time is up, or nobody reads any more. */
  signal: AbortSignal;
  /** Tells a fact; the watch listens too. */
  observe(fact: CallFact): void;
  /** Some bytes came. */
  alive(): void;
  /** Nothing of it is wanted any more. */
  isOver(): boolean;
}

/** Does a call within its time limits; passing one is a fact that is told. The connection goes when it is over. */
export async function withinLimits(
  { limits, observe, signal }: Pick<StreamCall, 'limits' | 'observe' | 'signal'>,
  work: (call: WatchedCall) => Promise<void>,
): Promise<void> {
  const call = new AbortController();
  let timedOut = false;
  const watch = createWatch(limits, (limit, ms) => {
    timedOut = true;
    observe({ type: 'timeout', limit, ms });
    call.abort(new Error('timeout'));
  });
  const onAbort = () => {
    watch.stop();
    call.abort(signal.reason);
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await work({
      signal: call.signal,
      observe(fact) {
        watch.note(fact);
        observe(fact);
      },
      alive: watch.alive,
      isOver: () => timedOut || signal.aborted,
    });
  } finally {
    watch.stop();
    signal.removeEventListener('abort', onAbort);
    call.abort(nobodyReads); // the connection goes with it
  }
}

/** The response, if it is one that streams; why there is none is told. */
export async function post(
  request: Pick<StreamCall, 'fetch' | 'url' | 'headers' | 'body' | 'signal'>,
  observe: (fact: CallFact) => void,
): Promise<Response | undefined> {
  const { url, body, signal } = request;
  observe({ type: 'sending', url, body });
  const tell = (fact: CallFact) => {
    if (!signal.aborted) observe(fact);
  };
  const headers = { 'content-type': 'application/json', ...request.headers };
  let response: Response;
  try {
    response = await request.fetch(url, { method: 'POST', headers, body, signal });
  } catch (cause) {
    tell({ type: 'unreachable', cause });
    return undefined;
  }
  const status = statusOf(response);
  if (!response.ok || isWordless(status)) {
    const start = await readStart(response, maxRefusalBytes).catch(() => '');
    tell({ type: 'refused', refusal: { status, headers: response.headers, body: start } });
    return undefined;
  }
  const encoding = response.headers.get('content-encoding') ?? 'identity';
  if (encoding === 'identity') return response;
  tell({ type: 'encoded', encoding });
  return undefined;
}

/** Bytes of one stream that wait for their share of a turn; so many do not wait any more. */
const mostHeld = 256 * 1024;

/**
 * Hands on all bytes that have arrived, in the stream's share of a turn (turn-share.ts), until `take` has had enough. Resolves
 * with how it ended; a source that does not heed its signal is left, not waited for.
 */
function pour(body: Readable, signal: AbortSignal, take: (bytes: Uint8Array) => boolean): Promise<'eof' | 'reset'> {
  return new Promise((resolve, reject) => {
    let pieces: Buffer[] = [];
    let held = 0;
    let isOver = false;
    const settle = (end: 'eof' | 'reset') => {
      isOver = true;
      signal.removeEventListener('abort', onAbort);
      body.removeListener('data', onData);
      resolve(end);
    };
    const onAbort = () => {
      settle('eof');
      body.destroy();
    };
    // `data` comes for each piece of a read: what has arrived together is handed on together.
    const onData = (piece: Buffer) => {
      held += piece.length;
      if (pieces.push(piece) === 1) void soon.then(inTurn);
      if (held >= mostHeld) handOn();
    };
    const inTurn = () => turnShare.do(handOn);
    const handOn = () => {
      if (isOver || pieces.length === 0) return;
      const [first, ...rest] = pieces;
      const bytes = first && rest.length === 0 ? first : Buffer.concat(pieces);
      pieces = [];
      held = 0;
      try {
        if (take(bytes)) settle('eof');
      } catch (mistake) {
        settle('eof');
        reject(mistake);
      }
    };
    const end = (how: 'eof' | 'reset') => {
      handOn();
      settle(how);
    };
    body.on('error', () => end('reset'));
    body.once('end', () => end('eof'));
    body.once('close', () => end(body.readableEnded ? 'eof' : 'reset'));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    body.on('data', onData);
  });
}

/** For what is to happen within this turn; `queueMicrotask` makes a resource of its own of each. */
const soon = Promise.resolve();

interface Watch {
  /** Some bytes came. */
  alive(): void;
  note(fact: CallFact): void;
  stop(): void;
}

/** Watches the time limits of one call; `expire` is called at most once. */
function createWatch(limits: StreamLimits, expire: (limit: TimeLimit, ms: number) => void): Watch {
  let over = false;
  let finishing = false;
  let spoke = false;
  const stop = () => {
    over = true;
    for (const alarm of [total, silence, content]) alarm?.stop();
  };
  const start = (limit: TimeLimit, ms: number) =>
    startAlarm(ms, () => {
      if (over) return;
      stop();
      expire(limit, ms);
    });
  const total = start('total', limits.totalMs);
  let silence = start('first-byte', limits.firstByteMs);
  let content: Alarm | undefined;

  return {
    alive() {
      if (!over && !finishing) silence.putOff();
    },
    note(fact) {
      if (over || finishing) return;
      if (fact.type === 'first-byte') {
        silence.stop();
        silence = start('idle', limits.beforeTextMs ?? limits.idleMs);
        content = start('keep-alive-only', limits.keepAliveOnlyMs);
      } else if (fact.type === 'text') {
        content?.putOff();
        if (!spoke && limits.beforeTextMs !== undefined) {
          silence.stop();
          silence = start('idle', limits.idleMs);
        }
        spoke = true;
      } else if (fact.type === 'finish') {
        finishing = true;
        silence.stop();
        content?.stop();
        silence = start('idle', Math.min(limits.idleMs, afterFinishMs));
      }
    },
    stop,
  };
}

interface Alarm {
  /** From now on it is all its time again. */
  putOff(): void;
  stop(): void;
}

/** A timer that is put off with each chunk: that only notes the time, and the timer looks again when it fires too soon. */
function startAlarm(ms: number, ring: () => void): Alarm {
  let since = performance.now();
  const look = () => {
    const left = since + ms - performance.now();
    if (left <= 0) ring();
    else timer = setTimeout(look, Math.ceil(left));
  };
  let timer = setTimeout(look, ms);
  return {
    putOff() {
      since = performance.now();
    },
    stop() {
      clearTimeout(timer);
    },
  };
}

/** The beginning of a body, at most `maxBytes` of it, however long it is. */
async function readStart(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  let text = '';
  let bytes = 0;
  while (reader) {
    const next = await reader.read();
    if (next.done) break;
    bytes += next.value.length;
    text += decoder.decode(next.value, { stream: true });
    if (bytes >= maxBytes) {
      await reader.cancel().catch(ignore);
      break;
    }
  }
  return text;
}

function ignore(): void {}
