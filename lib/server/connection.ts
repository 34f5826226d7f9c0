import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { atTurnEnd } from './generation/turn-end.ts';

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

/** Writes a piece, in order; false when the connection takes more only later. */
export type WritePiece = (text: string) => boolean;

/**
 * A body whose pieces go to the connection themselves. Next.js sends a body that is a web stream through three streams, with
 * a dozen promises for each piece; this one it only begins and ends: asked for its first piece, which is when the head stands,
 * the body writes all of them to the connection, each when it can take more, and is closed behind the last.
 * @param next the next piece; undefined behind the last. Not called again before it has answered. Pieces that come while it
 * waits it may write itself, until one is answered with false: it then answers, and is called again when the connection takes more.
 * @param leave called when nobody reads any more; `next` then answers undefined.
 */
export function connectionBody(
  connection: ServerResponse,
  next: (write: WritePiece) => Promise<string | undefined>,
  leave: () => void,
): ReadableStream<Uint8Array> {
  let isLeft = false;
  return new ReadableStream(
    {
      async pull(controller) {
        connection.flushHeaders();
        const write: WritePiece = (text) => writePiece(connection, text);
        for (let text = await next(write); text !== undefined && !connection.destroyed; text = await next(write)) {
          if (!write(text)) await drained(connection);
        }
        writeDue();
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

/** Longer pieces are not kept until the turn's end. */
const longPiece = 4096;

/** What is written at the end of this turn of the event loop, in order. */
let due: { socket: Socket; piece: string; encoding: 'latin1' | 'utf8' }[] = [];

/**
 * Writes a piece of a body whose head is written, as one string where it goes out in chunks (RFC 9112, 7.1): Node.js hands
 * length, piece and ends to the socket one by one, and waits a tick for more of them. That is a tenth of what a token costs.
 * Short pieces are written at the end of the turn, those of all connections one after the other: a reader on the same machine
 * then is woken once for what came together, and waking another process costs as much as all that is done for a token.
 * @returns false when the connection takes more only after `drained`
 */
function writePiece(connection: ServerResponse, text: string): boolean {
  const { socket } = connection;
  if (!socket || !connection.headersSent || !connection.chunkedEncoding) return connection.write(text);
  const length = Buffer.byteLength(text);
  if (length === 0) return !socket.writableNeedDrain;
  const encoding = length === text.length ? 'latin1' : 'utf8'; // ASCII is both, and cheaper as the first
  const piece = `${length.toString(16)}\r\n${text}\r\n`;
  if (length > longPiece) {
    writeDue();
    return socket.write(piece, encoding);
  }
  if (due.push({ socket, piece, encoding }) === 1) atTurnEnd(writeDue);
  return !socket.writableNeedDrain;
}

function writeDue(): void {
  const pieces = due;
  due = [];
  for (const { socket, piece, encoding } of pieces) if (!socket.destroyed) socket.write(piece, encoding);
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
