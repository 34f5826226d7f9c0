import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { errorSentence } from '../../../lib/sentences.ts';
import { adapterFor, ask } from './ask.ts';

/** Answers every request with a status line of one's own, which Node's server would not send, and counts them. */
async function startServer(status: string): Promise<{ baseURL: string; calls: () => number; close: () => void }> {
  let calls = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      calls++;
      const hasBody = !/^(204|304)/.test(status);
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n${hasBody ? 'content-length: 0\r\n' : ''}\r\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { baseURL: `http://127.0.0.1:${port}/v1`, calls: () => calls, close: () => server.close() };
}

describe('a status with which nothing is said is told as it is, after one call', () => {
  for (const status of [
    '204 No Content',
    '205 Reset Content',
    '304 Not Modified',
    '600 Odd',
    '799 Odder',
    '999 Request Denied',
  ]) {
    test(status, async (t) => {
      const server = await startServer(status);
      t.after(server.close);
      const { last } = await ask(adapterFor(server.baseURL));
      assert.equal(last?.type, 'error');
      assert.ok(last.type === 'error');
      assert.equal(last.error.kind, 'empty');
      assert.equal(last.error.status, Number(status.slice(0, 3)));
      assert.match(errorSentence(last.error), /finished without a word/);
      assert.equal(server.calls(), 1);
    });
  }
});
