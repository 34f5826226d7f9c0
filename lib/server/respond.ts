import type { ServerResponse } from 'node:http';
import { type AttachedContent, isImageType } from '../attachment.ts';
import { AppError, apiErrorStatus, type GenerationError } from '../errors.ts';
import { attachmentHeader } from '../export/file-name.ts';
import type { StorageTrouble } from '../storage-trouble.ts';
import { connectionBody, type WritePiece } from './connection.ts';
import type { LogEvent, RunReader } from './generation/run-log.ts';
import type { StoreHealth } from './store/store-health.ts';

const headers = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

export function jsonResponse(value: unknown, status = 200): Response {
  return Response.json(value, { status, headers });
}

export function emptyResponse(): Response {
  return new Response(null, { status: 204, headers });
}

/**
 * An answer that a browser saves under this name. A source is asked for its next piece only when the connection can take
 * it; one that throws breaks the connection, so that no half file looks whole.
 */
export function fileResponse(
  body: string | AsyncGenerator<Uint8Array<ArrayBuffer>>,
  { name, type }: { name: string; type: string },
): Response {
  return new Response(typeof body === 'string' ? body : streamOf(body), {
    headers: { ...headers, 'content-type': type, 'content-disposition': attachmentHeader(name) },
  });
}

function streamOf(source: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (thrown) {
        console.error('respond: a file was broken off', thrown);
        controller.error(thrown);
      }
    },
    async cancel() {
      await source.return(undefined);
    },
  });
}

/** Any thrown thing as an answer, in JSON; see `errorOf`. */
export function errorResponse(thrown: unknown, request: Request): Response {
  const error = errorOf(thrown, request);
  const { code, message, retryAfterSeconds, field } = error;
  const others = 'others' in error ? error.others : undefined;
  const body = {
    error: { code, message, ...(field !== undefined && { field }), ...(typeof others === 'number' && { others }) },
  };
  const response = jsonResponse(body, apiErrorStatus[code]);
  if (retryAfterSeconds !== undefined) response.headers.set('retry-after', String(retryAfterSeconds));
  return response;
}

/**
 * Any thrown thing as an error that may be told: an AppError as it is, anything else as a plain `internal` that tells
 * nothing. Logs one line: what was refused, and why; never what was sent.
 */
export function errorOf(thrown: unknown, request: Request): AppError {
  const error =
    thrown instanceof AppError
      ? thrown
      : new AppError('internal', 'Something went wrong on the server. It has been logged; try again.');
  if (error.code === 'internal') console.error('respond: unexpected', thrown);
  // JSON, so that no control character of an address reaches the log as it is.
  const { pathname } = new URL(request.url);
  console.warn(JSON.stringify({ refused: error.code, method: request.method, path: pathname.slice(0, 200) }));
  return error;
}

/**
 * An attached file. A picture may be looked at, in a box that can run nothing; a text is only ever taken away, so that
 * none becomes a page of ours.
 */
export function attachmentResponse({ name, mediaType, content }: AttachedContent): Response {
  const isImage = isImageType(mediaType);
  const plainName = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const disposition = `${isImage ? 'inline' : 'attachment'}; filename="${plainName}"; filename*=UTF-8''${encodeName(name)}`;
  return new Response(isImage ? Buffer.from(content, 'base64') : content, {
    headers: {
      ...headers,
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      // What is under an id never changes; it is nobody's but this browser's.
      'cache-control': 'private, max-age=3600',
      'content-type': isImage ? mediaType : 'text/plain; charset=utf-8',
      'content-disposition': disposition,
    },
  });
}

/** RFC 8187: percent-encoded, the few characters too that encodeURIComponent leaves. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

const heartbeatMs = 5_000;

const eventHeaders = {
  ...headers,
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

/**
 * A reader of the run log as server-sent events (WHATWG HTML, "server-sent events"). The stream asks the reader only when the
 * connection can take more, so a slow one costs no memory: it is told a snapshot when it asks again. Between them it is told
 * when nothing can be saved, and when that is over. A reader that is over before its conversation is (the server leaves) is
 * told to come again at once, wherever it is let in. `onClose` is called once nobody reads any more. With a `connection`
 * the events go to it past the framework.
 */
export function eventResponse(reader: RunReader, options: EventOptions = {}): Response {
  const { health, onClose, connection } = options;
  const unsubscribe = health?.subscribe(() => reader.wake());
  const close = () => {
    unsubscribe?.();
    onClose?.();
  };
  const next = eventTexts(reader, health, close);
  const leave = () => {
    close();
    reader.leave();
  };
  const body = connection ? connectionBody(connection, next, leave) : textBody(next, leave);
  return new Response(body, { headers: eventHeaders });
}

interface EventOptions {
  health?: Pick<StoreHealth, 'trouble' | 'subscribe'>;
  onClose?: () => void;
  connection?: ServerResponse;
}

/**
 * What a reader is told next, as text, with the store's trouble and a heartbeat where they are due; undefined when all is said.
 * Given a `write`, what comes while it waits is written by it.
 */
function eventTexts(
  reader: RunReader,
  health: EventOptions['health'],
  onOver: () => void,
): (write?: WritePiece) => Promise<string | undefined> {
  let beatAt = performance.now() + heartbeatMs;
  let told: StorageTrouble | undefined;
  let isOver = false;
  const takeTrouble = () => {
    const trouble = health?.trouble;
    if (trouble === told) return '';
    told = trouble;
    return `event: storage\ndata: ${JSON.stringify(trouble ?? {})}\n\n`;
  };
  // The trouble first: what comes behind it may be the end.
  const textOf = (events: LogEvent[]) => takeTrouble() + events.map(renderEvent).join('');
  return async (write) => {
    let text = takeTrouble();
    let isFull = false;
    const hear = (events: LogEvent[]) => {
      isFull = !write?.(textOf(events));
      return !isFull;
    };
    while (text === '' && !isFull) {
      const events = await reader.next(Math.max(0, beatAt - performance.now()), write && hear);
      if (events === undefined) {
        if (isOver) {
          onOver();
          return undefined;
        }
        isOver = true;
        return 'retry: 100\n\n';
      }
      isOver = events.at(-1)?.type === 'end';
      text = textOf(events);
      if (performance.now() >= beatAt) {
        text += renderHeartbeat();
        beatAt = performance.now() + heartbeatMs;
      }
    }
    return text;
  };
}

/** A body of pieces that are asked for one by one, for whoever reads web streams. */
function textBody(next: () => Promise<string | undefined>, leave: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const text = await next();
      if (text === undefined) controller.close();
      else controller.enqueue(encoder.encode(text));
    },
    cancel: leave,
  });
}

/**
 * Events of a source as server-sent events, each under its `type`, for as long as somebody reads: when the reader leaves,
 * the source's signal is aborted. A source that throws ends with an `error` event that tells nothing.
 */
export function sourceResponse(
  source: (signal: AbortSignal) => AsyncGenerator<{ type: string }>,
  requestSignal: AbortSignal,
): Response {
  const encoder = new TextEncoder();
  const gone = new AbortController();
  const events = source(gone.signal);
  const leave = () => {
    gone.abort();
    events.return(undefined).catch(() => undefined); // a source that rests between two events ends here
  };
  if (requestSignal.aborted) leave();
  requestSignal.addEventListener('abort', leave, { once: true });
  let next: Promise<string | undefined> | undefined;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      next ??= nextEvent(events, gone.signal);
      let timer: NodeJS.Timeout | undefined;
      const beat = new Promise<'beat'>((resolve) => {
        timer = setTimeout(() => resolve('beat'), heartbeatMs);
      });
      const text = await Promise.race([next, beat]);
      clearTimeout(timer);
      if (cancelled) return;
      if (text !== 'beat') next = undefined;
      if (text === undefined) controller.close();
      else controller.enqueue(encoder.encode(text === 'beat' ? renderHeartbeat() : text));
    },
    cancel() {
      cancelled = true;
      leave();
    },
  });
  return new Response(body, { headers: eventHeaders });
}

/** What a source says next; undefined when it is over. One that throws says so, once. */
async function nextEvent(events: AsyncGenerator<{ type: string }>, gone: AbortSignal): Promise<string | undefined> {
  try {
    const { done, value } = await events.next();
    if (done || gone.aborted) return undefined;
    const { type, ...data } = value;
    return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
  } catch (thrown) {
    if (gone.aborted) return undefined;
    console.error('respond: unexpected', thrown);
    const error: GenerationError = { kind: 'provider', code: 'stream-failed', facts: {} };
    return `event: error\ndata: ${JSON.stringify({ error })}\n\n`;
  }
}

function renderHeartbeat(): string {
  return `event: heartbeat\ndata: {"at":${Date.now()}}\n\n`;
}

/** Event names are ours alone; what a provider wrote is only ever inside the JSON, which holds no line ends. */
function renderEvent(event: LogEvent): string {
  if (event.type === 'end') return 'event: end\ndata: {}\n\n';
  const { cursor, generationId } = event;
  if (event.type === 'snapshot') {
    const data = JSON.stringify({ generationId, message: event.message, at: event.at });
    return `event: snapshot\nid: ${cursor}\ndata: ${data}\n\n`;
  }
  // Nearly all of them; by hand, because this is what a token costs most of in here.
  if (event.part.type === 'delta') {
    const { seg, kind, text } = event.part;
    return `event: delta\nid: ${cursor}\ndata: {"generationId":"${generationId}","seg":${seg},"kind":"${kind}","text":${JSON.stringify(text)}}\n\n`;
  }
  const { type, ...rest } = event.part;
  return `event: ${type}\nid: ${cursor}\ndata: ${JSON.stringify({ generationId, ...rest })}\n\n`;
}
