// @ts-check
// `npm run restore -- FOLDER`: puts what `npm run backup` has made where the settings say that the store is: a SQLite file
// in the data folder, or an empty PostgreSQL database. Nothing that is there is written over.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Refusal, runMain } from './cli.mjs';
import { checkFile, conversationsInWords, copyAll, copyModels, readPlaces, secretIn } from './stores.mjs';

await runMain(async () => {
  const source = process.argv[2];
  if (!source) throw new Refusal('name the folder of a backup: npm run restore -- ../backup-of-today');
  const folder = path.resolve(source);
  const backup = path.join(folder, 'thinkglass.db');
  const { dataFolder, file, databaseUrl, secret } = readPlaces();
  const saved = secretIn(folder);
  const present = secret ?? secretIn(dataFolder);
  await checkFile(backup);
  if (saved !== undefined && present !== undefined && saved !== present) {
    throw new Refusal(
      `the secret of the backup is not the one ${secret ? 'of THINKGLASS_SECRET' : `in ${dataFolder}`}: with another one all keys and cookies are void. Move that one away, or unset it.`,
    );
  }
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const conversations = databaseUrl ? await fill(databaseUrl, backup) : await place(backup, file);
  if (saved !== undefined && present === undefined) {
    writeFileSync(path.join(dataFolder, 'secret'), saved, { mode: 0o600, flag: 'wx' });
  }
  const words =
    (saved ?? present) ? 'and the secret are' : 'without a secret (set THINKGLASS_SECRET to that of before) are';
  const models = copyModels(folder, dataFolder);
  console.log(`${conversationsInWords(conversations)}${models} ${words} in place.`);
});

/**
 * @param {string} backup
 * @param {string} file
 * @returns {Promise<number>} how many conversations are there now
 */
async function place(backup, file) {
  if (existsSync(file)) throw new Refusal(`${file} is there already: stop the app and move it away first.`);
  for (const beside of [`${file}-wal`, `${file}-shm`]) {
    if (existsSync(beside)) throw new Refusal(`${beside} belongs to another store: move it away first.`);
  }
  const unfinished = `${file}.restoring`;
  copyFileSync(backup, unfinished);
  chmodSync(unfinished, 0o600);
  const conversations = await checkFile(unfinished);
  renameSync(unfinished, file);
  return conversations;
}

/**
 * @param {string} url
 * @param {string} backup stays as it is: its tables may be of an older version
 * @returns {Promise<number>}
 */
async function fill(url, backup) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-restore-'));
  try {
    const copy = path.join(folder, 'thinkglass.db');
    copyFileSync(backup, copy);
    return await copyAll({ kind: 'sqlite', path: copy }, { kind: 'postgres', url });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
