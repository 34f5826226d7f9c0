import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { readAddress } from '../../../scripts/address.mjs';

const root = path.resolve(import.meta.dirname, '../../..');

/** Runs `npm start`'s script to its end; only for what it refuses. */
async function start(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [path.join(root, 'scripts/start.mjs')], {
    cwd: os.tmpdir(),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const [code] = await once(child, 'close');
  return { code, said };
}

test('a port that is taken is named, with what to do, and without a stack', async () => {
  const other = net.createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as net.AddressInfo;
  const { code, said } = await start({ PORT: String(port) });
  other.close();
  assert.equal(code, 1);
  assert.match(said, new RegExp(`^thinkglass: port ${port} on 127\\.0\\.0\\.1 is taken.*PORT=\\d+ npm start\n$`));
});

test('an address that others can reach is refused unless it is asked for twice', async () => {
  for (const HOST of ['0.0.0.0', '::', '192.168.1.20', 'example.org']) {
    const { code, said } = await start({ HOST, PORT: '0' });
    assert.equal(code, 1, HOST);
    assert.match(said, /^thinkglass: HOST is ".*THINKGLASS_OPEN=1.*\n$/, HOST);
  }
});

test('a port that is none is refused', async () => {
  for (const PORT of ['http', '-1', '65536', '3000;']) {
    const { code, said } = await start({ PORT });
    assert.equal(code, 1, PORT);
    assert.match(said, /^thinkglass: PORT is ".*from 0 to 65535\.\n$/, PORT);
  }
});

let folder: string;
before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-start-'));
});
after(() => rmSync(folder, { recursive: true }));

test('it listens on 127.0.0.1:3000 unless the environment, .env.local or .env says otherwise, in this order', () => {
  assert.deepEqual(readAddress(folder, {}), { host: '127.0.0.1', port: 3000, isOpen: false });
  writeFileSync(path.join(folder, '.env'), 'HOST=::1\nPORT=4001\n');
  assert.deepEqual(readAddress(folder, {}), { host: '::1', port: 4001, isOpen: false });
  writeFileSync(path.join(folder, '.env.local'), '# mine\nPORT="4002" # in quotes\n');
  assert.deepEqual(readAddress(folder, {}), { host: '::1', port: 4002, isOpen: false });
  assert.deepEqual(readAddress(folder, { PORT: '4003', HOST: 'localhost' }), {
    host: 'localhost',
    port: 4003,
    isOpen: false,
  });
  assert.deepEqual(readAddress(folder, { HOST: '0.0.0.0', THINKGLASS_OPEN: '1' }), {
    host: '0.0.0.0',
    port: 4002,
    isOpen: true,
  });
});

test('signals reach the program that was started, and its exit code is ours', async () => {
  const cli = JSON.stringify(path.join(root, 'scripts/cli.mjs'));
  const inner = "process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('ready')";
  const outer = `import { runCommand } from ${cli};
    const { code } = await runCommand(process.execPath, ['-e', ${JSON.stringify(inner)}], { itsCodeIsOurs: true });
    process.exit(code);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', outer], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'close'), [7, null]);
});

test('a program that is over its time is ended with all it has started', () => {
  const cli = JSON.stringify(path.join(root, 'scripts/cli.mjs'));
  const inner =
    "require('node:child_process').spawn('sleep', ['600'], { stdio: 'inherit' }); setInterval(() => {}, 1000)";
  const outer = `import { runCommand } from ${cli};
    console.log(JSON.stringify(await runCommand(process.execPath, ['-e', ${JSON.stringify(inner)}], { ownGroup: true, limitMs: 300 })));`;
  // returns only when nobody holds stdout any more, sleep included
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', outer], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.deepEqual(JSON.parse(stdout), { code: 130, timedOut: true });
});
