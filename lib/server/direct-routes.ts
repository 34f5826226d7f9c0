import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { drained } from './connection.ts';
import { errorResponse } from './respond.ts';

/** A route's function, as Next.js calls it. */
type RouteFunction = (request: Request, context: { params: Promise<{ id: string }> }) => Promise<Response>;

/** A route that is asked so often that the framework's way to it is worth saving. */
export interface DirectRoute {
  method: string;
  /** Its first group is the id. */
  path: RegExp;
  answer: RouteFunction;
}

/** A body that says it is no longer is read before the route is called: a web stream of it would cost more than reading it. */
const readFirst = 64 * 1024;

/**
 * Answers these routes' requests itself, with the very functions that Next.js would call, and leaves all others to it. What
 * Next.js does to a request before and after a route (a request made three times over, its address matched against all
 * rewrites, two more streams) is most of what a small one costs.
 */
export function serveDirectly(server: Server, routes: readonly DirectRoute[]): void {
  const listeners = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    for (const route of routes) {
      const found = route.method === request.method && route.path.exec(path);
      if (!found) continue;
      void serve(route, { request, response, id: found[1] ?? '' });
      return;
    }
    for (const listener of listeners) listener.call(server, request, response);
  });
}

async function serve(
  route: DirectRoute,
  { request, response, id }: { request: IncomingMessage; response: ServerResponse; id: string },
): Promise<void> {
  const gone = new AbortController();
  const leave = () => {
    if (!response.writableFinished) gone.abort();
  };
  response.once('close', leave);
  try {
    const asked = await webRequest(request, gone.signal);
    const answer = await route
      .answer(asked, { params: Promise.resolve({ id }) })
      .catch((thrown: unknown) => errorResponse(thrown, asked));
    await send(response, answer);
  } catch (thrown) {
    // what is left to go wrong is the connection
    if (!gone.signal.aborted) console.error('direct: unexpected', thrown);
    response.destroy();
  }
}

/** The same that Next.js makes of one: its address has this server's name, the forwarded scheme and the path as it came. */
async function webRequest(request: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one);
  }
  const scheme = String(request.headers['x-forwarded-proto'] ?? '').includes('https') ? 'https' : 'http';
  const url = `${scheme}://localhost${request.url ?? '/'}`;
  const method = request.method ?? 'GET';
  if (method === 'GET') return new Request(url, { method, headers, signal });
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  // Node.js has other names for the same stream
  const body = length <= readFirst ? await readAll(request) : (Readable.toWeb(request) as unknown as BodyInit);
  return new Request(url, { method, headers, signal, body, duplex: 'half' } as RequestInit);
}

/** Node.js ends a request at the length it has said; the front door, one that does not come. */
async function readAll(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function send(response: ServerResponse, answer: Response): Promise<void> {
  if (response.headersSent || response.destroyed) return void answer.body?.cancel().catch(() => undefined);
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) if (name !== 'set-cookie') response.setHeader(name, value);
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  if (!answer.body) return void response.end();
  if (/^application\/json/.test(answer.headers.get('content-type') ?? '')) {
    response.end(Buffer.from(await answer.arrayBuffer()));
    return;
  }
  const reader = answer.body.getReader();
  response.once('close', () => void reader.cancel().catch(() => undefined));
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    if (!response.write(piece.value)) await drained(response);
  }
  response.end();
}
