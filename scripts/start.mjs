// @ts-check
// `npm start` and, with --dev, `npm run dev`: installs and builds what is due, then becomes the Next server.
//
// Where Node can, this process is replaced by the server (execve), so that its process id is the server's. On the Node
// 20 of a first start it cannot: then it waits for the server and passes signals on. Only SIGKILL, which nobody can
// pass on, would then leave the server behind; whoever needs to kill -9 the server itself runs
// `node_modules/.bin/node node_modules/next/dist/bin/next start` after `node scripts/ensure.mjs --build`.
import { existsSync, readFileSync } from 'node:fs';
import { createServer, isIP } from 'node:net';
import path from 'node:path';
import * as util from 'node:util';
import { projectRoot, Refusal, runCommand, runMain, tell } from './cli.mjs';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';
import { nodePath, toolEnvironment } from './node-24.mjs';

await runMain(async () => {
  const isDev = process.argv.includes('--dev');
  const { host, port } = readAddress();
  await refuseTakenPort(host, port); // before a build of a minute
  await ensureInstalled();
  if (!isDev) await ensureBuilt();
  await refuseTakenPort(host, port);
  return runServer({ host, port, isDev });
});

/**
 * Becomes `next start` or `next dev`.
 * @param {{ host: string, port: number, isDev: boolean }} address
 * @returns {Promise<number>} its exit code, where we could only wait for it
 */
async function runServer({ host, port, isDev }) {
  const node = nodePath(projectRoot);
  const next = path.join(projectRoot, 'node_modules', 'next', 'dist', 'bin', 'next');
  const args = [next, isDev ? 'dev' : 'start', '-H', host, '-p', String(port)];
  const env = { ...toolEnvironment(projectRoot), HOST: host, PORT: String(port) };
  // The app finishes what it is writing before it exits (instrumentation.ts); Next's own handler would not wait for it.
  if (!isDev) env.NEXT_MANUAL_SIG_HANDLE = 'true';
  tell(`starting on http://${host.includes(':') ? `[${host}]` : host}:${port}${isDev ? ' (development)' : ''}`);

  process.chdir(projectRoot);
  if (process.execve && process.platform !== 'win32') process.execve(node, [node, ...args], env);
  const { code } = await runCommand(node, args, { env, itsCodeIsOurs: true });
  return code;
}

/**
 * Where to listen: HOST and PORT of the environment, else of `.env.local` or `.env`, else 127.0.0.1:3000.
 * @throws {Refusal} for a port that is none, and for an address that others can reach unless that is asked for
 */
function readAddress() {
  const settings = { ...readEnvFile('.env'), ...readEnvFile('.env.local'), ...process.env };
  const host = settings.HOST || '127.0.0.1';
  const port = settings.PORT || '3000';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new Refusal(`PORT is "${port}"; it must be a number from 0 to 65535.`);
  }
  if (!isLoopback(host)) {
    if (settings.THINKGLASS_OPEN !== '1') {
      throw new Refusal(
        `HOST is "${host}", which others can reach, and whoever reaches this app spends your providers' keys. ` +
          'Leave HOST out to listen on 127.0.0.1 only, or set THINKGLASS_OPEN=1 as well if you mean it.',
      );
    }
    tell(`open to everybody who can reach ${host}, because THINKGLASS_OPEN=1`);
  }
  return { host, port: Number(port) };
}

/** @param {string} host */
function isLoopback(host) {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * @param {string} name
 * @returns {Record<string, string | undefined>} empty when there is no such file
 */
function readEnvFile(name) {
  const file = path.join(projectRoot, name);
  if (!existsSync(file)) return {};
  if (!util.parseEnv) throw new Refusal(`Node 20.12 or newer is needed to read ${name}; this is ${process.version}.`);
  return util.parseEnv(readFileSync(file, 'utf8'));
}

/**
 * Next would end with a stack.
 * @param {string} host
 * @param {number} port
 * @returns {Promise<void>}
 * @throws {Refusal} when we could not listen there
 */
function refuseTakenPort(host, port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(new Refusal(refusalOf(error, host, port))));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  });
}

/**
 * @param {NodeJS.ErrnoException} error
 * @param {string} host
 * @param {number} port
 */
function refusalOf(error, host, port) {
  if (error.code === 'EADDRINUSE') {
    const other = port < 65_535 ? port + 1 : 3000;
    return `port ${port} on ${host} is taken by another program. Stop that one, or choose another port: PORT=${other} npm start`;
  }
  if (error.code === 'EACCES')
    return `port ${port} needs rights this user does not have. Choose one above 1023: PORT=3000 npm start`;
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return `HOST is "${host}", which is not an address of this machine.`;
  return `cannot listen on ${host}:${port}: ${error.message}`;
}
