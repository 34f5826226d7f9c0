import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { refusedHeader } from './auth/request-guard.ts';
import { limitsOf, saysTooLarge } from './body-limits.ts';
import { enterConnection } from './connection.ts';
import { type DirectRoute, serveDirectly } from './direct-routes.ts';

/** What Node.js publishes for each request before anybody reads it (`http.server.request.start`). */
interface RequestStart {
  request: IncomingMessage;
  response: ServerResponse;
  server: Server;
}

/** Methods that a route may have; what else a client sends (TRACE) makes Next.js throw before a route is found. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Looks at every request before Next.js does, once for the process: what it would answer with 500 is made something that the
 * guard refuses, and the time a body may take runs from its first byte, whether or not anybody reads it.
 * @param direct routes that are answered past it
 */
export function watchRequests(direct: readonly DirectRoute[]): void {
  const servers = new WeakSet<Server>();
  subscribe('http.server.request.start', (message) => {
    const { request, response, server } = message as RequestStart;
    if (!servers.has(server)) {
      servers.add(server);
      if (direct.length > 0) serveDirectly(server, direct);
    }
    enterConnection(response);
    delete request.headers[refusedHeader];
    mendTarget(request);
    if (!methods.has(request.method ?? '')) {
      request.headers[refusedHeader] = 'method';
      request.method = 'GET';
    }
    if (isRefusedAtHead(request, response)) return;
    if (request.method !== 'GET' && request.method !== 'HEAD') watchBody(request, response);
  });
}

/**
 * A body that says it is too large is not waited for, and an address that cannot be decoded would make Next.js answer 500:
 * what is left of such a request is one without a body that the guard refuses.
 */
function isRefusedAtHead(request: IncomingMessage, response: ServerResponse): boolean {
  const path = pathOf(request.url ?? '/');
  const limits = limitsOf(path);
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  if (!isDecodable(path)) request.headers[refusedHeader] = 'address';
  else if (hasBody && saysTooLarge(request.headers['content-length'], limits)) {
    request.headers[refusedHeader] = `more than ${limits.maxMegabytes} MB`;
  } else return false;
  request.url = '/api/health'; // any address that has a guard
  if (hasBody) {
    request.method = 'GET';
    delete request.headers['content-length'];
    response.setHeader('connection', 'close');
  }
  return true;
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** An address in full names its host before the Host header does (RFC 9112, 3.2.2). */
function mendTarget(request: IncomingMessage): void {
  const target = request.url ?? '/';
  if (target.startsWith('/')) return;
  const url = URL.canParse(target) ? new URL(target) : undefined;
  request.url = url ? `${url.pathname}${url.search}` : '/';
  if (url?.host) request.headers.host = url.host;
  else request.headers[refusedHeader] = 'target';
}

function watchBody(request: IncomingMessage, response: ServerResponse): void {
  const { maxMs } = limitsOf(pathOf(request.url ?? '/'));
  const timer = setTimeout(() => {
    if (request.complete) return;
    const words = `The request took longer than ${Math.round(maxMs / 1000)} s to arrive.`;
    if (!response.headersSent) {
      response.writeHead(408, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify({ error: { code: 'timeout', message: words } }));
    }
    setTimeout(() => request.destroy(), 1000).unref(); // the words first
  }, maxMs);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
}

function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? '/';
}
