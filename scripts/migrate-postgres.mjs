// @ts-check
// `npm run migrate:postgres`: brings all that is in the SQLite file to the empty PostgreSQL database that DATABASE_URL names,
// and compares both. The file stays as it is. It may be broken off and begun again.
import { existsSync } from 'node:fs';
import { Refusal, runMain, tell } from './cli.mjs';
import { conversationsInWords, copyAll, loadTypeScript, readPlaces } from './stores.mjs';

await runMain(async () => {
  const { dataFolder, file, databaseUrl, secret } = readPlaces();
  if (!databaseUrl) throw new Refusal('DATABASE_URL names no database: postgres://user:password@host:5432/name');
  if (!existsSync(file)) throw new Refusal(`there is no store in ${dataFolder}; THINKGLASS_DATA names another folder.`);
  await refuseIfUsed(file);
  const conversations = await copyAll({ kind: 'sqlite', path: file }, { kind: 'postgres', url: databaseUrl });
  tell(
    secret
      ? 'THINKGLASS_SECRET stays what it is: keys and cookies go on.'
      : `THINKGLASS_SECRET of every server must be what is in ${dataFolder}/secret: then keys and cookies go on.`,
  );
  console.log(`In PostgreSQL: ${conversationsInWords(conversations)}.`);
});

/**
 * What is written after the copy has begun would stay behind.
 * @param {string} file
 */
async function refuseIfUsed(file) {
  const { openStore } = await loadTypeScript(() => import('../lib/server/store/store.ts'));
  const store = await openStore({ kind: 'sqlite', path: file });
  try {
    const used = (await store.instances.list()).some(({ silentMs }) => Math.abs(silentMs) < 12_000);
    if (used) throw new Refusal('the app runs on this store, or did a moment ago: stop it first (and wait 12 s).');
  } finally {
    await store.close();
  }
}
