import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { freePort } from '../fakes/server.ts';

const root = path.resolve(import.meta.dirname, '../..');

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`npm start serves, and ${signal} to npm ends the server too, in order`, { timeout: 120_000 }, async ({
    signal: timeUp,
  }) => {
    const port = await freePort();
    const data = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-npm-start-'));
    const env = { ...process.env, HOST: '127.0.0.1', PORT: String(port), THINKGLASS_DATA: data };
    const npm = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const ended = once(npm, 'exit', { signal: timeUp });
    try {
      let said = '';
      for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => (said += chunk));
      while (!(await isListening(port))) {
        assert.equal(npm.exitCode, null, said);
        await once(npm.stdout, 'data', { signal: timeUp }); // each word it says may be the one
      }
      const response = await fetch(`http://127.0.0.1:${port}/api/health`);
      assert.equal(response.status, 200);
      npm.kill(signal);
      assert.deepEqual(await ended, [0, null], said);
      assert.equal(await isListening(port), false, 'the server outlived npm');
    } finally {
      try {
        process.kill(-Number(npm.pid), 'SIGKILL'); // the group, if the test failed and something of it is left
      } catch {
        // nothing is
      }
      rmSync(data, { recursive: true, force: true });
    }
  });
}
