import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { providerKeyVariables } from '../../lib/server/config.ts';

/** What else a developer may have set; see .env.example. */
const otherVariables = [
  'CUSTOM_BASE_URL',
  'CUSTOM_API_KEY',
  'DATABASE_URL',
  'THINKGLASS_OPEN',
  'THINKGLASS_ALLOWED_HOSTS',
];

const root = path.resolve(import.meta.dirname, '../..');

/** The built app, started as `npm start` starts it, on a port and a data folder of its own. */
export interface AppServer {
  url: string;
  pid: number;
  dataFolder: string;
  /** All it has printed so far. */
  output(): string;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL; resolves when it is gone. The data folder stays. */
  kill(): Promise<void>;
}

/** A port nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts the app from `.next` and resolves when it answers. Without `dataFolder` it gets a new one, removed by `stop`.
 * `wrapper`: a command that replaces itself by the one it is given.
 */
export async function startApp(
  options: { env?: Record<string, string>; dataFolder?: string; port?: number; wrapper?: readonly string[] } = {},
): Promise<AppServer> {
  const port = options.port ?? 0; // 0: one that is free, which the server prints
  const dataFolder = options.dataFolder ?? mkdtempSync(path.join(os.tmpdir(), 'thinkglass-'));
  const next = path.join(root, 'node_modules/next/dist/bin/next');
  const [command = '', ...args] = [
    ...(options.wrapper ?? []),
    ...[path.join(root, 'node_modules/.bin/node'), next, 'start', '-H', '127.0.0.1', '-p', String(port)],
  ];
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${path.join(root, 'node_modules/.bin')}:${process.env.PATH}`,
      HOME: process.env.HOME ?? '/',
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      NEXT_MANUAL_SIG_HANDLE: 'true',
      HOST: '127.0.0.1',
      PORT: String(port),
      THINKGLASS_DATA: dataFolder,
      THINKGLASS_LOCAL_SERVERS: 'off',
      THINKGLASS_LOG: 'off',
      // Set to nothing, so that a developer's .env.local does not reach the tests.
      ...Object.fromEntries([...providerKeyVariables, ...otherVariables].map((name) => [name, ''])),
      ...options.env,
    },
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk));
  const gone = once(child, 'exit');
  const url = await untilHealthy(child, () => output);
  return {
    url,
    pid: child.pid as number, // it answers, so it has one
    dataFolder,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await gone;
      if (!options.dataFolder) rmSync(dataFolder, { recursive: true, force: true });
      return child.exitCode;
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Resolves with the server's address once it answers there. */
async function untilHealthy(child: ChildProcess, output: () => string): Promise<string> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`The app ended with code ${child.exitCode}:\n${output()}`);
    const url = /Local:\s+(http:\/\/127\.0\.0\.1:\d+)/.exec(output())?.[1];
    const answer = url ? await fetch(`${url}/api/health`).catch(() => undefined) : undefined;
    if (url && answer?.ok) return url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`The app did not answer within 60 s:\n${output()}`);
}
