// @ts-check
// `npm run backup -- FOLDER`: a whole copy of the store, of the secret and of the models trained here, while the app runs or not. The store is a SQLite
// file there, also when it is PostgreSQL.
//
// The copy is looked at before it counts: a backup that cannot be restored must fail today, not then.
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Refusal, runMain } from './cli.mjs';
import { checkFile, conversationsInWords, copyAll, copyModels, loadTypeScript, readPlaces } from './stores.mjs';

await runMain(async () => {
  const target = process.argv[2];
  if (!target) throw new Refusal('name a folder for the backup: npm run backup -- ../backup-of-today');
  const folder = path.resolve(target);
  const copy = path.join(folder, 'thinkglass.db');
  const { dataFolder, file, databaseUrl, secret } = readPlaces();
  if (!databaseUrl && !existsSync(file)) {
    throw new Refusal(`there is no store in ${dataFolder}; THINKGLASS_DATA names another folder.`);
  }
  if (existsSync(copy)) throw new Refusal(`${copy} is there already; name another folder.`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    if (databaseUrl)
      await copyAll({ kind: 'postgres', url: databaseUrl, asItIs: true }, { kind: 'sqlite', path: copy });
    else await copyFile(file, copy);
  } catch (error) {
    for (const half of [copy, `${copy}-wal`, `${copy}-shm`]) rmSync(half, { force: true });
    throw error;
  }
  chmodSync(copy, 0o600);
  const conversations = conversationsInWords(await checkFile(copy));
  const models = copyModels(dataFolder, folder);
  console.log(`${conversations}${models} ${copySecret(dataFolder, folder, secret)} are in ${folder}.`);
});

/**
 * @param {string} file
 * @param {string} copy
 */
async function copyFile(file, copy) {
  const { DatabaseSync } = await loadTypeScript(() => import('node:sqlite'));
  const store = new DatabaseSync(file);
  store.exec('pragma busy_timeout = 5000');
  store.prepare('vacuum into ?').run(copy);
  store.close();
}

/**
 * @param {string} dataFolder
 * @param {string} target
 * @param {string | undefined} fromEnvironment
 * @returns {string} in words, what of the secret is in the backup
 */
function copySecret(dataFolder, target, fromEnvironment) {
  if (fromEnvironment || !existsSync(path.join(dataFolder, 'secret')))
    return 'without the secret (keep THINKGLASS_SECRET as well)';
  copyFileSync(path.join(dataFolder, 'secret'), path.join(target, 'secret'));
  chmodSync(path.join(target, 'secret'), 0o600);
  return 'and the secret';
}
