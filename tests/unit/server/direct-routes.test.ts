import assert from 'node:assert/strict';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { serveDirectly } from '../../../lib/server/direct-routes.ts';

/** What the framework would be. */
const server: Server = createServer((request, response) => {
  response.end(`framework ${request.method} ${request.url}`);
});
let base = '';
let whenGone: Promise<void> | undefined;

before(async () => {
  serveDirectly(server, [
    {
      method: 'POST',
      path: /^\/echo\/([a-z]+)$/,
      answer: async (request, { params }) => {
        const { id } = await params;
        const { length } = await request.text();
        const { url, method } = request;
        const response = Response.json(
          { id, length, url, method, cookie: request.headers.get('cookie') },
          { status: 201 },
        );
        for (const cookie of ['a=1; Path=/', 'b=2; Path=/']) response.headers.append('set-cookie', cookie);
        return response;
      },
    },
    {
      method: 'GET',
      path: /^\/stream$/,
      answer: async (request) => {
        const left = Promise.withResolvers<void>();
        request.signal.addEventListener('abort', () => left.resolve());
        whenGone = left.promise;
        const start = (controller: ReadableStreamDefaultController) => controller.enqueue(Buffer.from('the first'));
        return new Response(new ReadableStream({ start }), { headers: { 'content-type': 'text/event-stream' } });
      },
    },
    {
      method: 'GET',
      path: /^\/throws$/,
      answer: async () => {
        throw new Error('a secret');
      },
    },
  ]);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

test('a route is given its request as the framework gives it, and what it answers is sent', async () => {
  for (const length of [0, 5, 64 * 1024, 64 * 1024 + 1, 3_000_000]) {
    const response = await fetch(`${base}/echo/me?after=1%202`, {
      method: 'POST',
      body: 'x'.repeat(length),
      headers: { cookie: 'theirs=ü%; ours=1', 'x-forwarded-proto': 'https' },
    });
    assert.equal(response.status, 201);
    assert.deepEqual(response.headers.getSetCookie(), ['a=1; Path=/', 'b=2; Path=/']);
    const { url, ...rest } = (await response.json()) as Record<string, unknown>;
    assert.deepEqual(rest, { id: 'me', length, method: 'POST', cookie: 'theirs=ü%; ours=1' });
    assert.equal(url, 'https://localhost/echo/me?after=1%202');
  }
});

test('a body without a length arrives too', async () => {
  const pieces = async function* () {
    for (let i = 0; i < 3; i++) yield Buffer.from('yes ');
  };
  const init = { method: 'POST', body: pieces(), duplex: 'half' } as unknown as RequestInit;
  const { length } = (await (await fetch(`${base}/echo/me`, init)).json()) as { length: number };
  assert.equal(length, 12);
});

test('what is no such route, or asked by another method, is left to the framework', async () => {
  for (const [method, path] of [
    ['GET', '/echo/me'],
    ['POST', '/echo/ME'],
    ['POST', '/echo/me/'],
    ['GET', '/'],
  ] as const) {
    assert.equal(await (await fetch(base + path, { method })).text(), `framework ${method} ${path}`);
  }
});

test('whoever leaves a stream ends it', async () => {
  const asked = httpRequest(`${base}/stream`);
  asked.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    asked.once('response', (response) => response.once('data', () => resolve()));
    asked.end();
  });
  asked.destroy();
  await whenGone;
});

test('a route that throws is an error that tells nothing', async () => {
  const response = await fetch(`${base}/throws`);
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret/);
});
