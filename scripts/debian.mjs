// @ts-check
// Programs that only the tests need and that come from Debian, not from npm.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Refusal, runCommand, tell } from './cli.mjs';

/** What each package brings, as a function that finds it. */
const finders = {
  chromium: findChromium,
  postgresql: findPostgresFolder,
  'redis-server': findRedis,
  nginx: findNginx,
  libfaketime: findFaketime,
  gcc: () => findProgram('gcc'),
  make: () => findProgram('make'),
  'libc6-dev': () => findBelow('/usr/include', 'stdlib.h'),
  'libopenblas-pthread-dev': () => findBelow('/usr/lib', 'libopenblas.so'),
};

/** @typedef {keyof typeof finders} DebianPackage */

/** @returns {string | undefined} the browser's path */
export function findChromium() {
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => existsSync(file));
}

/** @returns {string | undefined} the folder that holds `initdb` and `postgres`, of the newest version there is */
export function findPostgresFolder() {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  return [
    ...versions.sort((a, b) => Number(b) - Number(a)).map((version) => `/usr/lib/postgresql/${version}/bin`),
    ...(process.env.PATH ?? '').split(path.delimiter),
  ].find((folder) => existsSync(path.join(folder, 'initdb')) && existsSync(path.join(folder, 'postgres')));
}

/** @param {string} name */
function findProgram(name) {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
}

/**
 * A file that a compiler finds by its name: in a folder, or in the one below it for this machine's kind.
 * @param {string} folder @param {string} name
 */
function findBelow(folder, name) {
  const inside = existsSync(folder) ? readdirSync(folder).filter((entry) => entry.endsWith('-linux-gnu')) : [];
  return ['', ...inside].map((entry) => path.join(folder, entry, name)).find((file) => existsSync(file));
}

/** @returns {string | undefined} the program's path */
export function findRedis() {
  return ['/usr/bin/redis-server', '/usr/bin/valkey-server'].find((file) => existsSync(file));
}

/** @returns {string | undefined} the program's path */
export function findNginx() {
  return ['/usr/sbin/nginx', '/usr/bin/nginx'].find((file) => existsSync(file));
}

/** @returns {string | undefined} the library's path, to be loaded before all others */
export function findFaketime() {
  return findBelow('/usr/lib', 'faketime/libfaketime.so.1');
}

/**
 * Installs a Debian package unless what it brings is there.
 * @param {DebianPackage} name
 * @throws {Refusal} when it is missing and we may not install it
 */
export async function ensureDebianPackage(name) {
  if (finders[name]() !== undefined) return;
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', name];
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Refusal(`the tests need ${name}, and this is not a Debian system: install it by its own means.`);
  }
  const before = mayActAsRoot();
  if (before === undefined) {
    throw new Refusal(`the tests need the Debian package ${name}: sudo apt-get update && sudo ${install.join(' ')}`);
  }
  tell(`installing the Debian package ${name}, which the tests need`);
  const patient = ['-o', 'DPkg::Lock::Timeout=300', '-qq']; // another apt may be at work
  const aptGet = [...before, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...patient];
  await asRoot([...aptGet, 'update'], name);
  await asRoot([...aptGet, ...install.slice(1)], name);
  if (finders[name]() === undefined) throw new Refusal(`${name} was installed but its programs are not found.`);
}

/**
 * @returns {string[] | undefined} what to put before a command; undefined when we cannot be root without asking
 */
function mayActAsRoot() {
  if (process.getuid?.() === 0) return [];
  const asked = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  return asked.status === 0 ? ['sudo', '-n'] : undefined;
}

/**
 * @param {string[]} command
 * @param {DebianPackage} name
 */
async function asRoot(command, name) {
  const { code } = await runCommand(command[0] ?? '', command.slice(1), {
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  if (code !== 0) throw new Refusal(`installing the Debian package ${name} failed: ${command.join(' ')}`);
}
