// @ts-check
// `npm run backup -- FOLDER`: a whole copy of the SQLite store and of the secret, while the app runs or not.
//
// The copy is looked at before it counts: a backup that cannot be restored must fail today, not then.
import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { readSettings } from './address.mjs';
import { projectRoot, Refusal, runMain } from './cli.mjs';

await runMain(async () => {
  const target = process.argv[2];
  if (!target) throw new Refusal('name a folder for the backup: npm run backup -- ../backup-of-today');
  const settings = readSettings(projectRoot, process.env);
  if (settings.DATABASE_URL) {
    throw new Refusal('the store is PostgreSQL: use pg_dump, and keep THINKGLASS_SECRET or the file "secret".');
  }
  const dataFolder = path.resolve(projectRoot, settings.THINKGLASS_DATA || 'data');
  const conversations = await copyStore(dataFolder, path.resolve(target));
  const secret = copySecret(dataFolder, path.resolve(target), settings.THINKGLASS_SECRET);
  console.log(
    `${conversations} conversation${conversations === 1 ? '' : 's'} ${secret} are in ${path.resolve(target)}.`,
  );
});

/**
 * @param {string} dataFolder
 * @param {string} target made if missing
 * @returns {Promise<number>} how many conversations are in the copy
 * @throws {Refusal} when there is no store, a backup is there already, or the copy is not whole
 */
async function copyStore(dataFolder, target) {
  const file = path.join(dataFolder, 'thinkglass.db');
  const copy = path.join(target, 'thinkglass.db');
  if (!existsSync(file)) throw new Refusal(`there is no store in ${dataFolder}; THINKGLASS_DATA names another folder.`);
  if (existsSync(copy)) throw new Refusal(`${copy} is there already; name another folder.`);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  const { DatabaseSync } = await import('node:sqlite').catch(() => {
    throw new Refusal('this needs Node 24: run it as npm run backup, after npm start has installed it.');
  });
  const store = new DatabaseSync(file);
  store.exec('pragma busy_timeout = 5000');
  store.prepare('vacuum into ?').run(copy);
  store.close();

  chmodSync(copy, 0o600);
  const copied = new DatabaseSync(copy, { readOnly: true });
  const check = copied.prepare('pragma integrity_check').get();
  if (check?.integrity_check !== 'ok') throw new Refusal(`the copy is damaged: ${check?.integrity_check}`);
  const count = copied.prepare('select count(*) as conversations from conversations').get();
  copied.close();
  return Number(count?.conversations);
}

/**
 * @param {string} dataFolder
 * @param {string} target
 * @param {string | undefined} fromEnvironment
 * @returns {string} in words, what of the secret is in the backup
 */
function copySecret(dataFolder, target, fromEnvironment) {
  if (fromEnvironment) return 'without the secret (keep THINKGLASS_SECRET as well)';
  copyFileSync(path.join(dataFolder, 'secret'), path.join(target, 'secret'));
  chmodSync(path.join(target, 'secret'), 0o600);
  return 'and the secret';
}
