// @ts-check
// The Node that runs the app: version 24, brought along by npm as an optional dependency, whatever the machine has.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Refusal } from './cli.mjs';

/** `node:sqlite` without a warning, and an SQLite that no longer corrupts its log on a reset. */
const oldest = { major: 24, minor: 15 };

/**
 * The path of the Node that runs the app.
 * @param {string} root the project's folder, after `npm ci`
 * @throws {Refusal} when npm has none for this platform and our own is too old
 */
export function nodePath(root) {
  const packaged = packagedNode(root);
  if (existsSync(packaged)) return packaged;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return process.execPath;
  throw new Refusal(
    `This app needs Node ${oldest.major}.${oldest.minor} or newer, this is ${process.version}, and npm brings none along for ` +
      `${process.platform}-${process.arch}. Install Node 24 and try again.`,
  );
}

/** @param {string} root */
export function packagedNode(root) {
  return process.platform === 'win32'
    ? path.join(root, 'node_modules', `node-win-${process.arch}`, 'bin', 'node.exe')
    : path.join(root, 'node_modules', '.bin', 'node');
}

/**
 * An environment in which `node` and the tools of `node_modules/.bin` are the project's own.
 * @param {string} root
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(root) {
  const folders = [path.dirname(nodePath(root)), path.join(root, 'node_modules', '.bin'), process.env.PATH ?? ''];
  return { ...process.env, PATH: folders.join(path.delimiter), NEXT_TELEMETRY_DISABLED: '1' };
}

/**
 * The environment without `node_modules/.bin` in its path: npm must not run on a Node that it is about to delete.
 * @returns {NodeJS.ProcessEnv}
 */
export function systemEnvironment() {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const isOurs = (/** @type {string} */ folder) => /node_modules[\\/](\.bin|node-[^\\/]+[\\/]bin)[\\/]?$/.test(folder);
  return { ...process.env, PATH: folders.filter((folder) => !isOurs(folder)).join(path.delimiter) };
}
