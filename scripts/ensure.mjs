// @ts-check
// Brings the machine to where the app can run: packages installed, app built, Debian packages present.
// Each step first looks whether it is done, which takes milliseconds, and says what it does when it is not.
//
//   node scripts/ensure.mjs [--build] [--chromium] [--postgresql]
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot, Refusal, runCommand, runMain, tell } from './cli.mjs';
import { ensureDebianPackage } from './debian.mjs';
import { withLock } from './lock.mjs';
import { nodePath, packagedNode, systemEnvironment, toolEnvironment } from './node-24.mjs';

/**
 * Makes `node_modules` what the lock file says.
 * @param {string} [root]
 * @throws {Refusal}
 */
export async function ensureInstalled(root = projectRoot) {
  if (whyInstall(root) === undefined) return;
  await withLock(path.join(root, '.stamps'), async (addHolder) => {
    const why = whyInstall(root);
    if (why === undefined) return;
    const stamp = installStampPath(root);
    if (missingPackages(root).length > 0) {
      tell(`running npm ci (one to two minutes), because ${why}`);
      rmSync(stamp, { force: true });
      // Whatever NODE_ENV and npm's own settings say, the build needs the development packages and Node is an optional one.
      const args = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
      const { code } = await runCommand('npm', args, { cwd: root, env: systemEnvironment(), onStart: addHolder });
      if (code !== 0) throw new Refusal(`npm ci failed with code ${code}; its own words are above.`);
      const missing = missingPackages(root);
      // npm ends well when a download of an optional package fails
      if (missing.length > 0)
        throw new Refusal(`npm ci left out ${missing.join(', ')}. Check the network and try again.`);
      nodePath(root);
    }
    writeFileSync(stamp, installStamp(root));
  });
}

/**
 * Makes `.next` the build of the sources as they are.
 * @param {string} [root]
 * @throws {Refusal}
 */
export async function ensureBuilt(root = projectRoot) {
  if (whyBuild(root) === undefined) return;
  await withLock(path.join(root, '.stamps'), async (addHolder) => {
    const why = whyBuild(root);
    if (why === undefined) return;
    tell(`running next build (up to two minutes), because ${why}`);
    const stamp = buildStampPath(root);
    rmSync(stamp, { force: true });
    const sources = buildStamp(root); // as they are before: what changes meanwhile is built the next time
    /** @type {[name: string, args: string[]][]} */
    const steps = [
      ['next build', [path.join(root, 'node_modules', 'next', 'dist', 'bin', 'next'), 'build']],
      ['the style sheet of shared pages', [path.join(root, 'scripts', 'page-style.mjs')]],
    ];
    for (const [name, args] of steps) {
      const { code } = await runCommand(nodePath(root), args, {
        cwd: root,
        env: toolEnvironment(root),
        stdio: ['inherit', process.stderr, 'inherit'],
        onStart: addHolder,
      });
      if (code !== 0) throw new Refusal(`${name} failed with code ${code}; its own words are above.`);
    }
    writeFileSync(stamp, sources);
  });
}

/**
 * Why `npm ci` (or at least a look at what is installed) is due.
 * @param {string} root
 * @returns {string | undefined} undefined when it is not
 */
export function whyInstall(root) {
  if (!existsSync(path.join(root, 'package-lock.json'))) throw new Refusal('package-lock.json is missing.');
  if (!existsSync(path.join(root, 'node_modules'))) return 'nothing is installed yet';
  const stamp = readIfThere(installStampPath(root));
  if (stamp === undefined) return 'the last install did not get to its end';
  if (stamp !== installStamp(root)) return 'package-lock.json has changed since the last install';
  if (hasPackagedNode(root) && !existsSync(packagedNode(root))) return 'the packaged Node is gone';
  return undefined;
}

/**
 * Why `next build` is due.
 * @param {string} root
 * @returns {string | undefined} undefined when it is not
 */
export function whyBuild(root) {
  if (!existsSync(path.join(root, '.next', 'BUILD_ID'))) return 'the app is not built yet';
  const stamp = readIfThere(buildStampPath(root));
  if (stamp === undefined) return 'the last build did not get to its end';
  if (stamp !== buildStamp(root)) return 'the sources have changed since the last build';
  return undefined;
}

/** @param {string} root */
function installStampPath(root) {
  return path.join(root, 'node_modules', '.thinkglass-installed'); // inside, so that it goes when node_modules goes
}

/** @param {string} root */
function buildStampPath(root) {
  return path.join(root, '.next', 'thinkglass-built'); // next build empties .next, so half a build has none
}

/**
 * What was installed where: a changed lock file or another machine's `node_modules` gives another stamp.
 * @param {string} root
 */
function installStamp(root) {
  const lock = createHash('sha256').update(readFileSync(path.join(root, 'package-lock.json')));
  return `${lock.digest('hex')} ${process.platform}-${process.arch}\n`;
}

/** @param {string} root */
function hasPackagedNode(root) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const lock = readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  return lock.includes(`"node_modules/node-${platform}-${process.arch}"`);
}

const builtFolders = ['app', 'components', 'lib', 'public'];
const builtOfPackages = /^packages\/[^/]+\/(src\/|package\.json$)/;
const builtFile =
  /^(next\.config|postcss\.config|proxy|instrumentation(-client)?)\.[a-z]+$|^(package|package-lock|tsconfig)\.json$/;

/**
 * A hash over the names and contents of all that `next build` reads; times would lie after a checkout.
 * @param {string} root
 */
export function buildStamp(root) {
  const hash = createHash('sha256');
  const files = readdirSync(root).filter((name) => builtFile.test(name));
  for (const folder of builtFolders) files.push(...filesBelow(root, folder));
  files.push(...filesBelow(root, 'packages').filter((file) => builtOfPackages.test(file)));
  for (const file of files.sort()) {
    const content = readFileSync(path.join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return `${hash.digest('hex')}\n`;
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]} paths from the root on, with slashes
 */
function filesBelow(root, folder) {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(root, file);
    return entry.isFile() ? [file] : [];
  });
}

/**
 * What the lock file asks for on this machine and `node_modules` does not have, by npm's own record, which it writes
 * last. So an install that somebody else has done, or `npm install something`, is taken as it is.
 * @param {string} root
 * @returns {string[]} paths such as `node_modules/zod`
 */
export function missingPackages(root) {
  const wanted = readLock(root, 'package-lock.json') ?? {};
  const present = readLock(root, 'node_modules/.package-lock.json') ?? {};
  return Object.entries(wanted)
    .filter(([at, entry]) => at !== '' && !entry.link && isWantedHere(entry))
    .filter(([at, entry]) => present[at]?.version !== entry.version || present[at]?.integrity !== entry.integrity)
    .map(([at]) => at);
}

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean,
 *   os?: string | string[], cpu?: string | string[], libc?: string | string[] }} LockEntry
 */

/**
 * Whether a package belongs on this machine. An optional one that names no platform may be missing: it came with one
 * that does.
 * @param {LockEntry} entry
 */
function isWantedHere({ optional, os, cpu, libc }) {
  if (!optional) return true;
  if (!os && !cpu) return false;
  return fits(os, process.platform) && fits(cpu, process.arch) && (!libc || fits(libc, libcName()));
}

/**
 * @param {string | string[] | undefined} allowed
 * @param {string} ours
 */
function fits(allowed, ours) {
  return allowed === undefined || [allowed].flat().includes(ours);
}

function libcName() {
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (
    /** @type {unknown} */ (process.report.getReport())
  );
  return header.glibcVersionRuntime ? 'glibc' : 'musl';
}

/**
 * @param {string} root
 * @param {string} file
 * @returns {Record<string, LockEntry> | undefined} undefined when the file is missing or was cut off while written
 */
function readLock(root, file) {
  const text = readIfThere(path.join(root, file));
  try {
    return text === undefined ? undefined : JSON.parse(text).packages;
  } catch {
    return undefined;
  }
}

/** @param {string} file */
function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

async function main() {
  const known = ['--build', '--chromium', '--postgresql'];
  const args = process.argv.slice(2);
  const unknown = args.find((arg) => !known.includes(arg));
  if (unknown) throw new Refusal(`unknown option ${unknown}; there are ${known.join(', ')}.`);
  await ensureInstalled();
  if (args.includes('--chromium')) await ensureDebianPackage('chromium');
  if (args.includes('--postgresql')) await ensureDebianPackage('postgresql');
  if (args.includes('--build')) await ensureBuilt();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runMain(main);
