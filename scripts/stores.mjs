// @ts-check
// What backup, restore and the move to PostgreSQL share: where the store is, and one copier for all of them.
import { chmodSync, constants, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readSettings } from './address.mjs';
import { projectRoot, Refusal, tell } from './cli.mjs';

/** @typedef {import('../lib/server/store/store.ts').StoreOptions} StoreOptions */

/** The settings that say where the store and the secret are. */
export function readPlaces() {
  const settings = readSettings(projectRoot, process.env);
  const dataFolder = path.resolve(projectRoot, settings.THINKGLASS_DATA || 'data');
  return {
    dataFolder,
    file: path.join(dataFolder, 'thinkglass.db'),
    databaseUrl: settings.DATABASE_URL || undefined,
    secret: settings.THINKGLASS_SECRET || undefined,
  };
}

/**
 * Copies a store into another one and compares both.
 * @param {StoreOptions & { asItIs?: true }} from
 * @param {StoreOptions} to
 * @returns {Promise<number>} how many conversations are there now
 * @throws {Refusal} in the store's words
 */
export async function copyAll(from, to) {
  const { copyStore } = await loadTypeScript(() => import('../lib/server/store/copy-store.ts'));
  const { openEngine } = await import('../lib/server/store/store.ts');
  const { AppError } = await import('../lib/errors.ts');
  const open = /** @type {import('../lib/server/store/engine.ts').Engine[]} */ ([]);
  try {
    for (const options of [from, to]) open.push(await openEngine(options));
    const [source, target] = open;
    if (!source || !target) return 0;
    const copied = await copyStore(source, target, {
      onTable: ({ name, rows }) => rows > 0 && tell(`${name}: ${rows} row${rows === 1 ? '' : 's'}, compared`),
    });
    return copied.find(({ name }) => name === 'conversations')?.rows ?? 0;
  } catch (error) {
    throw error instanceof AppError ? new Refusal(error.message) : error;
  } finally {
    for (const engine of open) await engine.close();
  }
}

/**
 * @template T
 * @param {() => Promise<T>} load
 * @returns {Promise<T>}
 * @throws {Refusal} on a Node that cannot
 */
export async function loadTypeScript(load) {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 24) throw new Refusal('this needs Node 24: run it by npm, after npm start has installed it.');
  return load();
}

/**
 * Opens a SQLite store and looks whether it is whole.
 * @param {string} file
 * @returns {Promise<number>} how many conversations are in it
 * @throws {Refusal} when it is none, or damaged
 */
export async function checkFile(file) {
  if (!existsSync(file)) throw new Refusal(`there is no store in ${path.dirname(file)}.`);
  const { DatabaseSync } = await loadTypeScript(() => import('node:sqlite'));
  try {
    const store = new DatabaseSync(file, { readOnly: true });
    const check = store.prepare('pragma integrity_check').get();
    if (check?.integrity_check !== 'ok') throw new Refusal(`${file} is damaged: ${check?.integrity_check}`);
    if (store.prepare('pragma foreign_key_check').get()) throw new Refusal(`${file} is damaged: rows without theirs`);
    const count = store.prepare('select count(*) as conversations from conversations').get();
    store.close();
    return Number(count?.conversations);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(`${file} is no store: ${String(error)}`);
  }
}

/**
 * @param {string} folder
 * @returns {string | undefined} the secret that lies there
 */
export function secretIn(folder) {
  const file = path.join(folder, 'secret');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** @param {number} count */
export function conversationsInWords(count) {
  return `${count} conversation${count === 1 ? '' : 's'}`;
}

/**
 * Copies the models that were trained here and kept, where none of their name is.
 * @param {string} from a data folder, or a backup
 * @param {string} to
 * @returns {string} in words, how many were copied; empty where there were none
 */
export function copyModels(from, to) {
  const [source, target] = [path.join(from, 'models'), path.join(to, 'models')];
  const names = existsSync(source) ? readdirSync(source).filter((name) => name.endsWith('.json')) : [];
  let copied = 0;
  for (const name of names) {
    const file = fileOf(path.join(source, name));
    if (file === undefined || !existsSync(path.join(source, file)) || existsSync(path.join(target, name))) continue;
    mkdirSync(target, { recursive: true, mode: 0o700 });
    // the file that names the other comes last, so that what is broken off is no model
    for (const each of [file, name]) {
      copyFileSync(path.join(source, each), path.join(target, each), constants.COPYFILE_EXCL);
      chmodSync(path.join(target, each), 0o600);
    }
    copied++;
  }
  return copied === 0 ? '' : `, ${copied} model${copied === 1 ? '' : 's'} trained here,`;
}

/**
 * @param {string} description of a model that was kept
 * @returns {string | undefined} the name of its file; undefined where that cannot be read, as in the app
 */
function fileOf(description) {
  try {
    const { file } = JSON.parse(readFileSync(description, 'utf8'));
    return typeof file === 'string' ? path.basename(file) : undefined;
  } catch {
    return undefined;
  }
}
