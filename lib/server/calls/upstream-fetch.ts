import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { Agent, buildConnector, request } from 'undici';
import { AppError } from '../../errors.ts';

/** A fetch as it is called here: an address, a JSON body, headers, a signal. */
export type FetchLike = typeof globalThis.fetch;

export interface UpstreamOptions {
  /** How long a connection may take to be accepted, TLS included, in ms. */
  connectMs: number;
  /** Asked at every connection (address-guard.ts); without one, any address may be called. */
  guard?: ConnectionGuard;
}

/** What a fetch asks before it connects. */
export interface ConnectionGuard {
  checkTarget(target: { protocol: string; hostname: string; port: number }): void;
  lookup(port: number): LookupFunction;
}

/** Why a call is left whose answer is over, or that nobody reads: made once, since its stack costs more than the leaving. */
export const nobodyReads = new DOMException('Nobody reads any more.', 'AbortError');

const userAgent = 'Thinkglass/0.1';
const maxHeaderBytes = 32 * 1024;
const maxBaseURLLength = 2048;

/** Response headers that are read here; no other header of a provider goes any further. */
const readHeaders =
  /^(content-type|content-encoding|(llm_provider-)?retry-after|retry-after-ms|x-ratelimit-reset|x-ratelimit-reset-(requests|tokens)|x-request-id)$/;

/**
 * A fetch for calling providers, over undici's `request`: Node's global fetch has limits of its own that cannot be moved.
 * It follows no redirect, asks for an uncompressed answer, names itself, and closes the socket the moment it is aborted.
 * Time limits of the answer itself are the caller's, by its signal.
 */
export function createUpstreamFetch(options: UpstreamOptions): FetchLike {
  const agent = new Agent({
    connect: options.guard ? guardedConnector(options.guard, options.connectMs) : { timeout: options.connectMs },
    // One connection a call: an abort closes exactly it, and no call meets a connection its server has just given up.
    pipelining: 0,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: maxHeaderBytes,
  });

  return async (input, init) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    const headers = Object.fromEntries(new Headers(init?.headers));
    const response = await request(url, {
      dispatcher: agent,
      method: init?.method === 'GET' || init?.method === undefined ? 'GET' : 'POST',
      headers: { ...headers, 'user-agent': userAgent, 'accept-encoding': 'identity' },
      body: typeof init?.body === 'string' ? init.body : null,
      signal: init?.signal ?? null,
    });
    const { statusCode: status, body } = response;
    body.on('error', ignore); // a reset after the reader has left is nobody's error
    if (isWordless(status)) {
      body.destroy();
      const empty = new Response(null, { status: isWithoutBody(status) ? status : 204 });
      statuses.set(empty, status);
      return empty;
    }
    const answer = new Response(streamOf(body), { status, headers: pickHeaders(response.headers) });
    bodies.set(answer, body);
    return answer;
  };
}

/** Of responses whose own may be none that a `Response` can have. */
const statuses = new WeakMap<Response, number>();

/** The status as the server sent it. */
export function statusOf(response: Response): number {
  return statuses.get(response) ?? response.status;
}

/** Whether nothing is said with this status: it has no body, or is none of HTTP's (RFC 9110, 15). */
export function isWordless(status: number): boolean {
  return isWithoutBody(status) || status < 200 || status > 599;
}

function isWithoutBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** What the responses of our own fetch are made of. */
const bodies = new WeakMap<Response, Readable>();

/**
 * The body of a response as Node's own stream, to be read instead of `response.body`. With a response of our own fetch there is
 * no web stream in between, which would cost more for each chunk than all we do with it.
 */
export function bodyOf(response: Response): Readable {
  const { body } = response;
  return bodies.get(response) ?? (body ? Readable.fromWeb(body as NodeReadableStream) : Readable.from([]));
}

/** Connects only to where the guard has looked, and to the very address it has seen. */
function guardedConnector(guard: ConnectionGuard, timeout: number): buildConnector.connector {
  return (options, callback) => {
    const port = Number(options.port || (options.protocol === 'https:' ? 443 : 80));
    try {
      guard.checkTarget({ protocol: options.protocol, hostname: options.hostname, port });
    } catch (error) {
      callback(error as Error, null); // the guard throws nothing else
      return;
    }
    buildConnector({ timeout, allowH2: false, lookup: guard.lookup(port) })(options, callback);
  };
}

/** A web stream that hands out, at each pull, all bytes that have arrived, and buffers nothing of its own. */
function streamOf(body: AsyncIterable<Uint8Array> & { destroy(): unknown }): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await chunks.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      cancel() {
        body.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

function pickHeaders(headers: Record<string, string | string[] | undefined>): Headers {
  const picked = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined && readHeaders.test(name) && /^[\x20-\x7e]{0,1000}$/.test(text)) picked.set(name, text);
  }
  return picked;
}

function ignore(): void {}

/**
 * Checks an address a provider is to be asked at, by its form alone, and returns it without slashes at the end.
 * Where it may point is decided when it is connected to.
 * @throws AppError `bad_request`, saying what is wrong with it.
 */
export function parseBaseURL(text: string): string {
  const refuse = (why: string) =>
    new AppError('bad_request', `This base URL cannot be used: ${why}.`, { field: 'baseURL' });
  if (text.length > maxBaseURLLength) throw refuse(`it is longer than ${maxBaseURLLength} characters`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\s\\\x00-\x1f\x7f]/.test(text)) throw refuse('it holds a space, a backslash or a control character');
  if (/[?#]/.test(text)) throw refuse('it holds a query or a fragment');
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text))
    throw refuse('it does not begin with http:// or https:// and a host');
  if (/^[^/]*\/\/[^/]*@/.test(text)) throw refuse('it holds a user name or a password');
  return new URL(text).href.replace(/\/+$/, '');
}
