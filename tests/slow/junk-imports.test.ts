import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { ApiClient } from '../fakes/api-client.ts';
import { startApp } from '../fakes/server.ts';

const megabyte = 1024 * 1024;
const size = 45 * megabyte;
/** Measured: 155 to 280; the rest is what a busy machine has not collected yet. */
const mostMegabytes = 400;

/** `piece` over and over, up to the size, between `open` and `close`. */
function fill(open: string, piece: string | ((i: number) => string), close: string): Buffer {
  const body = Buffer.alloc(size, ' ');
  let at = body.write(open);
  for (let i = 0; at < size - 64; i++) at += body.write(typeof piece === 'string' ? piece : piece(i), at);
  at--; // the last comma
  at += body.write(close, at);
  return body;
}

const junk: [what: string, body: () => Buffer][] = [
  ['empty objects', () => fill('[', '{},', ']')],
  ['numbers', () => fill('[', '1,', ']')],
  ['short keys', () => fill('{', (i) => `"${i.toString(36)}":1,`, '}')],
  ['one string', () => fill('["', `${'\\n'.repeat(1_000)} `, '"]')],
  ['a text of two bytes', () => fill('[{"title":"字"},"', 'abcdefgh '.repeat(1_000), '"]')],
  ['as many objects as are taken', () => fill('[', `{"a":"${'b'.repeat(42)}"},`, ']')],
];

/** In MB: what the process holds, and the most it ever held. */
function memoryOf(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
  return { now: read('VmRSS'), most: read('VmHWM') };
}

for (const [what, body] of junk) {
  test(`two files of 45 MB of ${what} take less than ${mostMegabytes} MB together`, async (t) => {
    const app = await startApp();
    t.after(() => app.stop());
    const client = new ApiClient(app.url);
    const send = async (file: BodyInit) => {
      const headers = { origin: app.url, cookie: client.cookie, 'content-type': 'application/json' };
      const sent = fetch(`${app.url}/api/import`, { method: 'POST', headers, body: file });
      return sent.then(
        ({ status }) => status,
        () => 'broken off', // refused while it was sent
      );
    };
    await client.request('GET', '/api/conversations');
    assert.equal(await send('[]'), 400); // what an import needs at all is there from now on
    const before = memoryOf(app.pid);
    const file = body() as BodyInit; // bytes
    const statuses = await Promise.all([send(file), send(file)]);
    for (const status of statuses) assert.ok([400, 408, 413, 429, 'broken off'].includes(status), `${status}`);
    const grown = memoryOf(app.pid).most - before.now;
    t.diagnostic(`${Math.round(grown)} MB, answered ${statuses.join(' and ')}`);
    assert.ok(grown < mostMegabytes, `${Math.round(grown)} MB`);
    assert.equal((await client.request('GET', '/api/conversations')).status, 200);
  });
}
