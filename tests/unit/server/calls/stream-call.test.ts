import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readStream } from '../../../../lib/server/calls/stream-call.ts';
import { turnShare } from '../../../../lib/server/calls/turn-share.ts';

const pieceBytes = 64 * 1024;
const ms = 60_000;
const limits = { firstByteMs: ms, idleMs: ms, keepAliveOnlyMs: ms, totalMs: ms };

/** Reads so many pieces that come in one turn of which others have had the share. @returns what was handed on, in bytes. */
async function readBurst(pieces: number): Promise<{ handed: number; times: number; mostWaiting: number }> {
  let written = 0;
  const seen = { handed: 0, times: 0, mostWaiting: 0 };
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (written === pieces * pieceBytes) return controller.close();
      written += pieceBytes;
      seen.mostWaiting = Math.max(seen.mostWaiting, written - seen.handed);
      controller.enqueue(new Uint8Array(pieceBytes));
    },
  });
  turnShare.do(() => {
    const until = performance.now() + 3;
    while (performance.now() < until);
  });
  await readStream({
    fetch: async () => new Response(source),
    url: 'http://provider.test/',
    headers: {},
    body: '{}',
    signal: new AbortController().signal,
    limits,
    observe: () => {},
    createNormalizer: () => ({
      finished: false,
      push(bytes) {
        seen.handed += bytes.length;
        seen.times++;
      },
      end: () => {},
    }),
  });
  return seen;
}

test('what waits for its share of a turn comes together', async () => {
  const { handed, times } = await readBurst(3);
  assert.equal(handed, 3 * pieceBytes);
  assert.equal(times, 1);
});

test('a stream that is faster than its share holds no more than so much', async () => {
  const { handed, mostWaiting } = await readBurst(64);
  assert.equal(handed, 64 * pieceBytes);
  assert.ok(mostWaiting < 768 * 1024, `${mostWaiting} bytes waited`);
});
