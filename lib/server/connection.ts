import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';

/** One for the process: Next.js gives each route's bundle a copy of this module. */
const place = globalThis as { thinkglassConnections?: AsyncLocalStorage<ServerResponse> };
place.thinkglassConnections ??= new AsyncLocalStorage();
const connections = place.thinkglassConnections;

/** Everything that goes on from here belongs to the request that this answers; for the front door. */
export function enterConnection(response: ServerResponse): void {
  connections.enterWith(response);
}

/** What Node.js answers the request with that is being served; undefined where it did not come through the front door. */
export function currentConnection(): ServerResponse | undefined {
  return connections.getStore();
}

/**
 * A body whose pieces go to the connection themselves. Next.js sends a body that is a web stream through three streams, with
 * a dozen promises for each piece; this one it only begins and ends: asked for its first piece, which is when the head stands,
 * the body writes all of them to the connection, each when it can take more, and is closed behind the last.
 * @param next the next piece; undefined behind the last. Not called again before it has answered.
 * @param leave called when nobody reads any more; `next` then answers undefined.
 */
export function connectionBody(
  connection: ServerResponse,
  next: () => Promise<string | undefined>,
  leave: () => void,
): ReadableStream<Uint8Array> {
  let isLeft = false;
  return new ReadableStream(
    {
      async pull(controller) {
        connection.flushHeaders();
        for (let text = await next(); text !== undefined && !connection.destroyed; text = await next()) {
          if (!writePiece(connection, text)) await drained(connection);
        }
        if (!isLeft) controller.close();
      },
      cancel() {
        isLeft = true;
        leave();
      },
    },
    { highWaterMark: 0 }, // nothing before somebody asks: the head is written then
  );
}

/**
 * Writes a piece of a body whose head is written, as one string where it goes out in chunks (RFC 9112, 7.1): Node.js hands
 * length, piece and ends to the socket one by one, and waits a tick for more of them. That is a tenth of what a token costs.
 * @returns false when the connection takes more only after `drained`
 */
function writePiece(connection: ServerResponse, text: string): boolean {
  const { socket } = connection;
  if (!socket || !connection.headersSent || !connection.chunkedEncoding) return connection.write(text);
  const length = Buffer.byteLength(text);
  const encoding = length === text.length ? 'latin1' : 'utf8'; // ASCII is both, and cheaper as the first
  return length === 0 || socket.write(`${length.toString(16)}\r\n${text}\r\n`, encoding);
}

/** When a connection takes more, or is gone. */
export function drained(connection: ServerResponse): Promise<void> {
  const { socket } = connection;
  return new Promise((resolve) => {
    const done = () => {
      connection.off('drain', done).off('close', done);
      socket?.off('drain', done);
      resolve();
    };
    connection.on('drain', done).on('close', done);
    socket?.on('drain', done);
    if (connection.destroyed) done();
  });
}
