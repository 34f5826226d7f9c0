import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type AppServer, startApp } from '../fakes/server.ts';

/** Whatever a client can send, the server answers for itself: never with 500, and it goes on. */
describe('any request', () => {
  let app: AppServer;
  let port = 0;

  before(async () => {
    app = await startApp({ env: { THINKGLASS_LOCAL_SERVERS: 'off' } });
    port = Number(new URL(app.url).port);
  });
  after(() => app.stop());

  /** The answer to these bytes, up to its end or for at most `ms`. */
  async function send(bytes: Buffer | string, ms = 5000): Promise<{ status: number; text: string }> {
    const socket = net.connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined); // the server may close first
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    const timer = setTimeout(() => socket.destroy(), ms);
    await once(socket, 'close');
    clearTimeout(timer);
    const text = Buffer.concat(chunks).toString('latin1');
    return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text };
  }

  const request = (line: string, ...headers: string[]) =>
    `${line} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n${headers.map((h) => `${h}\r\n`).join('')}\r\n`;

  test('cookies of others on this host are no business of ours', async () => {
    for (const cookie of [
      'name=%E5%BC%A0%E4%B8%89',
      'a=%00',
      'a=%0d%0ab',
      'a=%',
      '=x',
      'a',
      ';;;',
      'a="b c"',
      'a=\u00e9',
      'x='.padEnd(6000, 'y'),
    ]) {
      const { status } = await send(request('GET /', `Cookie: ${cookie}`));
      assert.equal(status, 200, cookie.slice(0, 40));
      assert.equal(
        (await send(request('GET /api/conversations', `Cookie: ${cookie}`))).status,
        200,
        cookie.slice(0, 40),
      );
    }
  });

  test('a method that is not used here is refused', async () => {
    for (const method of ['TRACE', 'PROPFIND', 'PURGE', 'M-SEARCH', 'QUERY']) {
      const { status, text } = await send(request(`${method} /`));
      assert.equal(status, 405, method);
      assert.doesNotMatch(text, /\bat .*:\d+:\d+/);
    }
    assert.ok([404, 405].includes((await send(request('PUT /api/health', `Origin: http://127.0.0.1:${port}`))).status));
  });

  test('an address in full is of its own host', async () => {
    assert.equal((await send(request(`GET http://127.0.0.1:${port}/api/health`))).status, 200);
    assert.equal((await send(request('GET http://evil.invalid/'))).status, 421);
  });

  test('a body that says it is too large is refused at its head', async () => {
    const origin = `Origin: http://127.0.0.1:${port}`;
    const json = 'Content-Type: application/json';
    for (const path of ['/api/conversations', '/api/import', '/api/shares']) {
      const { status } = await send(request(`POST ${path}`, origin, json, 'Content-Length: 1099511627776'));
      assert.equal(status, 413, path);
    }
    const long = `{"id":"${'x'.repeat(10_600_000)}"}`;
    const chunked = `${long.length.toString(16)}\r\n${long}\r\n0\r\n\r\n`;
    const asked = await send(
      request('POST /api/conversations', origin, json, 'Transfer-Encoding: chunked') + chunked,
      20_000,
    );
    assert.equal(asked.status, 413);
  });

  test('a body that never comes is not waited for', async () => {
    const head = request(
      'POST /api/shares',
      `Origin: http://127.0.0.1:${port}`,
      'Content-Type: application/json',
      'Content-Length: 100',
    );
    const { status, text } = await send(`${head}{`, 45_000);
    assert.equal(status, 408);
    assert.match(text, /30 s/);
  });

  test('headers and targets of all kinds', async () => {
    const name = fc.constantFrom(
      ...[
        'Cookie',
        'Accept',
        'Accept-Language',
        'User-Agent',
        'Referer',
        'X-Forwarded-For',
        'X-Forwarded-Proto',
        'Range',
      ],
      ...['X-Forwarded-Host', 'If-None-Match', 'Next-Action', 'RSC', 'Next-Router-State-Tree', 'Next-Url', 'Expect'],
      ...['X-Middleware-Subrequest', 'Sec-Fetch-Site', 'Origin', 'X-Invoke-Path', 'Upgrade', 'TE', 'Last-Event-ID'],
    );
    const value = fc.oneof(
      fc.string({ unit: fc.integer({ min: 33, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 60 }),
      fc.constantFrom('%E5%BC%A0', '1', 'null', '[]', '%5B%22%22%5D', '-1', 'bytes=0-', 'https', 'a,b,c', '../..'),
    );
    const target = fc.constantFrom(
      '/',
      '/api/health',
      '/compare?models=%',
      '/c/x',
      '/s/%00',
      '/?_rsc=1',
      '/api/usage?from=',
      '//x',
      '/%2e%2e/',
    );
    const method = fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE');
    await fc.assert(
      fc.asyncProperty(
        method,
        target,
        fc.array(fc.tuple(name, value), { maxLength: 3 }),
        async (verb, path, headers) => {
          const { status } = await send(request(`${verb} ${path}`, ...headers.map(([key, said]) => `${key}: ${said}`)));
          assert.ok(status < 500, `${status}`);
        },
      ),
      { numRuns: 150 },
    );
    assert.equal((await send(request('GET /api/health'))).status, 200);
    assert.doesNotMatch(app.output(), /TypeError|unhandled/i);
  });
});
