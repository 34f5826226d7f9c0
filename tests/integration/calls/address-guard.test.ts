import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { after, describe, test } from 'node:test';
import { AppError } from '../../../lib/errors.ts';
import { type AddressGuard, createAddressGuard } from '../../../lib/server/calls/address-guard.ts';
import { createUpstreamFetch, parseBaseURL } from '../../../lib/server/calls/upstream-fetch.ts';
import { createFakeProvider } from '../../fakes/provider.ts';

type Verdict = 'refuse' | 'allow' | 'either';

interface Item {
  id: string;
  class: string;
  baseUrl: string;
  public: Verdict;
  local: Verdict;
  dns?: Record<string, string[][]>;
}

const { items } = JSON.parse(
  readFileSync(new URL('../../fixtures/reliability/ssrf.json', import.meta.url), 'utf8'),
) as { items: Item[] };

const upstream = await createFakeProvider();
const port = new URL(upstream.origin).port;
const canary = await listen();
const appPort = 45_999;
after(async () => {
  await upstream.close();
  canary.server.close();
});

const modes = ['local', 'public'] as const;

for (const mode of modes) {
  describe(`on a ${mode} server`, () => {
    for (const item of items) {
      const verdict = item[mode];
      const url = item.baseUrl
        .replaceAll('{{PORT}}', port)
        .replaceAll('{{CANARY_PORT}}', String(canary.port))
        .replaceAll('{{APP_PORT}}', String(appPort));

      test(`${item.id}, ${item.class}: ${verdict}`, async () => {
        const before = upstream.requests.length;
        const saved = await outcome(() => guardOf(mode, item.dns).check(url));
        if (verdict !== 'either') assert.equal(saved, verdict, 'when it is saved');
        if (saved === 'refuse' && (await outcome(async () => parseBaseURL(url))) === 'allow') {
          // The same when it is called without having been saved, and before any socket is opened.
          const fetch = createUpstreamFetch({ connectMs: 1_000, guard: guardOf(mode, item.dns) });
          assert.equal(await outcome(() => fetch(`${url.replace(/\/+$/, '')}/models`)), 'refuse', 'when it is called');
        }
        assert.equal(upstream.requests.length, before);
        assert.equal(canary.connections(), 0);
      });
    }
  });
}

test('a port of another service, and a name that stands for no letters, are refused with a sentence', async () => {
  for (const mode of modes) {
    const guard = guardOf(mode, { 'api.acme.test': [['93.184.215.14']], 'xn--bcher-kva.test': [['93.184.215.14']] });
    for (const bad of [25, 22, 6000, 6667, 587, 10_080]) {
      await assert.rejects(guard.check(`https://api.acme.test:${bad}/v1`), (error: AppError) => {
        assert.equal(error.code, 'bad_request');
        assert.match(error.message, new RegExp(`port ${bad} belongs to another kind of service`));
        return true;
      });
    }
    for (const name of ['xn--.test', 'xn--a.test', 'api.xn--0.test']) {
      await assert.rejects(
        guard.check(`https://${name}/v1`),
        (error: AppError) => error.code === 'bad_request' && /cannot be used/.test(error.message),
        name,
      );
    }
    assert.equal(await guard.check('https://xn--bcher-kva.test/v1'), 'https://xn--bcher-kva.test/v1');
    assert.equal(await guard.check('https://api.acme.test:8443/v1'), 'https://api.acme.test:8443/v1');
  }
});

test('a name that was good when it was saved is looked at again at every connection', async () => {
  const answers: string[][] = [['93.184.215.14'], ['127.0.0.1']];
  const guard = guardOf('public', { 'flip.test': answers });
  const url = `https://flip.test:${canary.port}/v1`;
  assert.equal(await guard.check(url), url);
  const fetch = createUpstreamFetch({ connectMs: 1_000, guard });
  await assert.rejects(
    fetch(`${url}/models`),
    (error) => error instanceof AppError && /public addresses/.test(error.message),
  );
  assert.equal(canary.connections(), 0);
});

test('a name with one bad address among good ones is refused whole', async () => {
  const guard = guardOf('local', { 'both.test': [['127.0.0.1', '169.254.169.254']] });
  const fetch = createUpstreamFetch({ connectMs: 1_000, guard });
  const before = upstream.requests.length;
  await assert.rejects(fetch(`http://both.test:${port}/v1/models`), /reserved/);
  assert.equal(upstream.requests.length, before);
});

test('what is connected to is the address that was looked at', async () => {
  // A name nobody else knows: only the guard's own answer can lead to the server.
  const guard = guardOf('local', { 'only-here.invalid': [['127.0.0.1']] });
  const response = await createUpstreamFetch({ connectMs: 1_000, guard })(`http://only-here.invalid:${port}/v1/models`);
  assert.equal(response.status, 200);
  assert.equal(upstream.requests.at(-1)?.headers.host, `only-here.invalid:${port}`);
});

test('a redirect is not followed', async () => {
  const redirecting = await createFakeProvider({
    models: () => ({ status: 303, headers: { location: `http://127.0.0.1:${canary.port}/x` }, steps: [] }),
  });
  const fetch = createUpstreamFetch({ connectMs: 1_000, guard: guardOf('local') });
  assert.equal((await fetch(`${redirecting.baseURL}/models`)).status, 303);
  assert.equal(canary.connections(), 0);
  await redirecting.close();
});

test('a refusal says why, and not what it found', async () => {
  const guard = guardOf('public', { 'inside.test': [['10.1.2.3']] });
  await assert.rejects(guard.check('https://inside.test/v1'), (error: AppError) => {
    assert.match(error.message, /private network/);
    assert.doesNotMatch(error.message, /10\.1\.2\.3/);
    return error.code === 'bad_request';
  });
});

/** A guard whose resolver gives these answers, one after the other; the last is repeated. */
function guardOf(mode: 'local' | 'public', names: Record<string, string[][]> = {}): AddressGuard {
  const asked = new Map<string, number>();
  const resolve = async (hostname: string): Promise<LookupAddress[]> => {
    if (hostname === 'localhost') return [{ address: '127.0.0.1', family: 4 }];
    const answers = names[hostname];
    if (!answers) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    const turn = asked.get(hostname) ?? 0;
    asked.set(hostname, turn + 1);
    return (answers[Math.min(turn, answers.length - 1)] ?? []).map((address) => ({
      address,
      family: net.isIP(address),
    }));
  };
  return createAddressGuard({ isPublic: mode === 'public', ownPort: appPort, resolve });
}

async function outcome(attempt: () => Promise<unknown>): Promise<Verdict> {
  try {
    await attempt();
    return 'allow';
  } catch (error) {
    if (error instanceof AppError) return 'refuse';
    throw error;
  }
}

/** A listener that nobody should connect to. */
async function listen(): Promise<{ server: net.Server; port: number; connections(): number }> {
  let connections = 0;
  const server = net.createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port, connections: () => connections };
}
