import type { UpstreamRefusal } from './errors.ts';
import {
  createStreamNormalizer,
  type StreamFact,
  type StreamNormalizer,
  type StreamSizes,
} from './normalize-stream.ts';
import type { FetchLike } from './upstream-fetch.ts';

/** How long a provider may keep us waiting, in ms. */
export interface StreamLimits {
  /** From the call to the first byte of the body. */
  firstByteMs: number;
  /** Without any byte. */
  idleMs: number;
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
  /** The answer is compressed although it was asked not to be. */
  | { type: 'encoded'; encoding: string }
  | { type: 'timeout'; limit: TimeLimit; ms: number };

export interface RepairingFetchOptions {
  /** Where the bytes come from. */
  fetch: FetchLike;
  limits: StreamLimits;
  sizes?: StreamSizes;
  /** Reads what is streamed; the OpenAI protocol when absent. */
  createNormalizer?: (observe: (fact: StreamFact) => void, sizes?: StreamSizes) => StreamNormalizer;
  observe: (fact: CallFact) => void;
}

/** Thrown to the SDK when there is no stream to read; why was told to the observer. */
export class NoStreamError extends Error {
  override name = 'NoStreamError';
}

/** After the finish reason only counts and `[DONE]` follow; a server that goes silent then is not waited for. */
const afterFinishMs = 5_000;
const maxRefusalBytes = 64 * 1024;

/**
 * A fetch in front of the SDK that repairs what providers stream (normalize-stream.ts), keeps their time limits, and tells
 * everything else it sees to an observer. Its response always ends properly: a broken connection is a fact, not an exception.
 */
export function createRepairingFetch(options: RepairingFetchOptions): FetchLike {
  const { limits, observe } = options;
  return async (input, init) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    if (typeof init?.body === 'string') observe({ type: 'sending', url, body: init.body });

    const call = new AbortController();
    const callerSignal = init?.signal;
    let timedOut = false;
    const watch = createWatch(limits, (limit, ms) => {
      timedOut = true;
      observe({ type: 'timeout', limit, ms });
      call.abort(new Error('timeout'));
    });
    const onCallerAbort = () => {
      watch.stop();
      call.abort(callerSignal?.reason);
    };
    if (callerSignal?.aborted) onCallerAbort();
    callerSignal?.addEventListener('abort', onCallerAbort, { once: true });
    const settle = () => {
      watch.stop();
      callerSignal?.removeEventListener('abort', onCallerAbort);
    };
    /** Ends a call that gives no stream. */
    const giveUp = (fact: CallFact | undefined): never => {
      settle();
      if (fact && !timedOut && !callerSignal?.aborted) observe(fact);
      call.abort();
      throw new NoStreamError();
    };

    const response = await options
      .fetch(url, { ...init, signal: call.signal })
      .catch((cause: unknown) => giveUp({ type: 'unreachable', cause }));
    if (!response.ok) {
      const body = await readStart(response, maxRefusalBytes).catch(() => '');
      return giveUp({ type: 'refused', refusal: { status: response.status, headers: response.headers, body } });
    }
    const encoding = response.headers.get('content-encoding') ?? 'identity';
    if (encoding !== 'identity') return giveUp({ type: 'encoded', encoding });

    const normalizer = (options.createNormalizer ?? createStreamNormalizer)((fact) => {
      watch.note(fact);
      observe(fact);
    }, options.sizes);
    const reader = response.body?.getReader();
    // A source that does not heed its signal is left, not waited for.
    const leave = () => void reader?.cancel().catch(ignore);
    if (call.signal.aborted) leave();
    else call.signal.addEventListener('abort', leave, { once: true });
    const encoder = new TextEncoder();

    /** What the next read says: clean events, and whether they are the last. */
    const readOn = async (): Promise<{ text: string; last: boolean }> => {
      try {
        const next = await reader?.read();
        if (timedOut || callerSignal?.aborted) return { text: normalizer.end('eof'), last: true };
        if (!next || next.done) return { text: normalizer.end('eof'), last: true };
        watch.alive();
        const text = normalizer.push(next.value);
        return normalizer.finished ? { text: text + normalizer.end('eof'), last: true } : { text, last: false };
      } catch {
        return { text: normalizer.end(timedOut || callerSignal?.aborted ? 'eof' : 'reset'), last: true };
      }
    };

    const stream = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          for (;;) {
            const { text, last } = await readOn();
            if (text !== '') controller.enqueue(encoder.encode(text));
            if (last) {
              settle();
              call.abort();
              controller.close();
            }
            if (text !== '' || last) return;
          }
        },
        cancel() {
          settle();
          call.abort();
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
  };
}

interface Watch {
  /** Some bytes came. */
  alive(): void;
  note(fact: StreamFact): void;
  stop(): void;
}

/** Watches the time limits of one call; `expire` is called at most once. */
function createWatch(limits: StreamLimits, expire: (limit: TimeLimit, ms: number) => void): Watch {
  let over = false;
  let finishing = false;
  const stop = () => {
    over = true;
    for (const timer of [total, silence, content]) clearTimeout(timer);
  };
  const start = (limit: TimeLimit, ms: number) =>
    setTimeout(() => {
      if (over) return;
      stop();
      expire(limit, ms);
    }, ms);
  const total = start('total', limits.totalMs);
  let silence = start('first-byte', limits.firstByteMs);
  let content: NodeJS.Timeout | undefined;

  return {
    alive() {
      if (!over && !finishing) silence.refresh();
    },
    note(fact) {
      if (over || finishing) return;
      if (fact.type === 'first-byte') {
        clearTimeout(silence);
        silence = start('idle', limits.idleMs);
        content = start('keep-alive-only', limits.keepAliveOnlyMs);
      } else if (fact.type === 'text') {
        content?.refresh();
      } else if (fact.type === 'finish') {
        finishing = true;
        clearTimeout(silence);
        clearTimeout(content);
        silence = start('idle', Math.min(limits.idleMs, afterFinishMs));
      }
    },
    stop,
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
