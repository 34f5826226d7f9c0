import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findRedis } from '../../scripts/debian.mjs';
import { freePort } from './server.ts';

/** A Redis server of the test's own, on loopback, that keeps nothing on a disk. */
export interface FakeRedis {
  url: string;
  readonly pid: number;
  /** Ends it, with all that it held. */
  halt(): Promise<void>;
  /** Starts it again at the same address, empty. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedis(): Promise<FakeRedis> {
  const program = findRedis();
  if (!program) throw new Error('These tests need Redis on this machine (Debian: apt-get install redis-server).');
  const folder = mkdtempSync(path.join(tmpdir(), 'thinkglass-redis-'));
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  let pid = 0;
  const launch = async () => {
    const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
    await new Promise<void>((resolve, reject) => {
      let said = '';
      server.stdout.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-4_000);
        if (said.includes('Ready to accept connections')) resolve();
      });
      server.once('exit', (code) => reject(new Error(`Redis ended with ${code} instead of starting:\n${said}`)));
    });
    pid = server.pid ?? 0;
    return async () => {
      server.kill('SIGKILL');
      await exited;
    };
  };
  let end = await launch();
  return {
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return pid;
    },
    halt: () => end(),
    async resume() {
      end = await launch();
    },
    async stop() {
      await end();
      rmSync(folder, { recursive: true });
    },
  };
}
