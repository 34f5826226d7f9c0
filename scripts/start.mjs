// @ts-check
// `npm start` and, with --dev, `npm run dev`: installs and builds what is due, then becomes the Next server.
//
// Where Node can, this process is replaced by the server (execve), so that its process id is the server's. On the Node
// 20 of a first start it cannot: then it waits for the server and passes signals on. Only SIGKILL, which nobody can
// pass on, would then leave the server behind; whoever needs to kill -9 the server itself runs
// `node_modules/.bin/node node_modules/next/dist/bin/next start` after `node scripts/ensure.mjs --build`.
import path from 'node:path';
import { readAddress, refuseTakenPort } from './address.mjs';
import { projectRoot, runCommand, runMain, tell } from './cli.mjs';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';
import { nodePath, toolEnvironment } from './node-24.mjs';

await runMain(async () => {
  const isDev = process.argv.includes('--dev');
  const { host, port, isOpen } = readAddress(projectRoot, process.env);
  if (isOpen) tell(`open to everybody who can reach ${host}, because THINKGLASS_OPEN=1`);
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
  const env = {
    ...toolEnvironment(projectRoot),
    HOST: host,
    PORT: String(port),
    // The app finishes what it is writing before it exits (instrumentation.ts); Next's own handler would not wait.
    ...(!isDev && { NEXT_MANUAL_SIG_HANDLE: 'true' }),
  };
  tell(`starting on http://${host.includes(':') ? `[${host}]` : host}:${port}${isDev ? ' (development)' : ''}`);

  process.chdir(projectRoot);
  if (process.execve && process.platform !== 'win32') process.execve(node, [node, ...args], env);
  const { code } = await runCommand(node, args, { env, itsCodeIsOurs: true });
  return code;
}
