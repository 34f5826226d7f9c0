import assert from 'node:assert/strict';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { connectionBody, type WritePiece } from '../../../lib/server/connection.ts';

type Next = (write: WritePiece) => Promise<string | undefined>;

let source: { next: Next; leave: () => void };
let reply: ServerResponse;

/** Does what Next.js does with a route's body: writes the head, pipes the body behind it, ends (its `pipe-readable.js`). */
const server = createServer(async (incoming, response) => {
  reply = response;
  const gone = new AbortController();
  response.once('close', () => response.writableFinished || gone.abort());
  response.setHeader('content-type', 'text/event-stream');
  const sink = new WritableStream<Uint8Array>({
    write: (piece) => void response.write(piece),
    close: () => void response.end(),
  });
  const body = connectionBody(response, source.next, source.leave);
  await body.pipeTo(sink, { signal: gone.signal }).catch(() => {});
  incoming.resume();
});
const address = () => ({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });

before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
after(() => server.close());

test('what is written past the framework arrives whole, in order, behind its head', async () => {
  const piece = fc.string({ minLength: 1, maxLength: 200, unit: 'binary' });
  const long = fc.integer({ min: 4000, max: 100_000 }).map((length) => 'é'.repeat(length));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.oneof(piece, long), fc.nat(2)), { maxLength: 20 }), async (pieces) => {
      const left = [...pieces];
      let leaves = 0;
      // Answered at once, a turn later, or written while it is waited for.
      const next: Next = async (write) => {
        for (;;) {
          const [text, how] = left.shift() ?? [];
          if (how !== 0) await new Promise(setImmediate);
          if (text === undefined || how !== 2) return text;
          if (!write(text)) return '';
        }
      };
      source = { next, leave: () => leaves++ };
      const { port } = address();
      const response = await fetch(`http://127.0.0.1:${port}`);
      assert.equal(response.headers.get('content-type'), 'text/event-stream');
      const expected = pieces.map(([text]) => text).join('');
      assert.equal(await response.text(), Buffer.from(expected).toString());
      assert.equal(leaves, 0);
    }),
  );
});

test('the next piece is asked for when the connection takes more, and nobody is asked when it is gone', async () => {
  const large = 'x'.repeat(1_000_000);
  let asked = 0;
  let left = () => {};
  const leaving = new Promise<void>((resolve) => {
    left = resolve;
  });
  let isLeft = false;
  const leave = () => {
    isLeft = true;
    left();
  };
  const next = async () => {
    if (isLeft) return undefined;
    asked++;
    return large;
  };
  source = { next, leave };
  const outgoing = request(address());
  const paused = new Promise<void>((resolve) => {
    outgoing.on('response', (response) => {
      response.pause(); // the sockets between fill
      resolve();
    });
  });
  outgoing.on('error', () => {});
  outgoing.end();
  await paused;
  while (!reply.socket?.writableNeedDrain) await new Promise(setImmediate);
  const before = asked;
  for (let i = 0; i < 100; i++) await new Promise(setImmediate);
  // A full connection was waited for, unless it still took some into its buffers.
  assert.ok(asked - before < 30, `${asked - before} asked for`);
  outgoing.destroy();
  await leaving;
  const atEnd = asked;
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
  assert.ok(asked <= atEnd + 1);
});
