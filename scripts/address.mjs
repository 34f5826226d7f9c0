// @ts-check
// Where the app listens, and what speaks against it.
import { existsSync, readFileSync } from 'node:fs';
import { createServer, isIP } from 'node:net';
import path from 'node:path';
import * as util from 'node:util';
import { Refusal } from './cli.mjs';

/**
 * Where to listen: HOST and PORT of the environment, else of `.env.local` or `.env`, else 127.0.0.1:3000.
 * @param {string} root the folder of the two files
 * @param {Record<string, string | undefined>} environment
 * @returns {{ host: string, port: number, isOpen: boolean }} `isOpen`: others can reach it, and that is meant
 * @throws {Refusal} for a port that is none, and for an address that others can reach unless that is asked for
 */
export function readAddress(root, environment) {
  const settings = readSettings(root, environment);
  const host = settings.HOST || '127.0.0.1';
  const port = settings.PORT || '3000';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new Refusal(`PORT is "${port}"; it must be a number from 0 to 65535.`);
  }
  const isOpen = !isLoopback(host);
  if (isOpen && settings.THINKGLASS_OPEN !== '1') {
    throw new Refusal(
      `HOST is "${host}", which others can reach, and whoever reaches this app spends your providers' keys. ` +
        'Leave HOST out to listen on 127.0.0.1 only, or set THINKGLASS_OPEN=1 as well if you mean it.',
    );
  }
  return { host, port: Number(port), isOpen };
}

/**
 * The environment over `.env.local` over `.env`, as Next reads them.
 * @param {string} root the folder of the two files
 * @param {Record<string, string | undefined>} environment
 * @returns {Record<string, string | undefined>}
 */
export function readSettings(root, environment) {
  return { ...readEnvFile(root, '.env'), ...readEnvFile(root, '.env.local'), ...environment };
}

/** @param {string} host */
function isLoopback(host) {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * @param {string} root
 * @param {string} name
 * @returns {Record<string, string | undefined>} empty when there is no such file
 */
function readEnvFile(root, name) {
  const file = path.join(root, name);
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
export function refuseTakenPort(host, port) {
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
