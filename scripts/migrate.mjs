// @ts-check
// `npm run migrate`: brings the tables up to date, before the servers of the new version start. Programs of before go on
// beside them, and may even start again, where the newer tables say so.
import { Refusal, runMain } from './cli.mjs';
import { loadTypeScript, readPlaces } from './stores.mjs';

await runMain(async () => {
  const { openEngine } = await loadTypeScript(() => import('../lib/server/store/store.ts'));
  const { findVersion, latestVersion } = await import('../lib/server/store/migrations.ts');
  const { AppError } = await import('../lib/errors.ts');
  const { file, databaseUrl } = readPlaces();
  try {
    const engine = await openEngine(
      databaseUrl ? { kind: 'postgres', url: databaseUrl } : { kind: 'sqlite', path: file },
    );
    const version = await findVersion(engine);
    await engine.close();
    const isNewer =
      version > latestVersion ? `, newer than this program's ${latestVersion}, which may work on them` : '';
    console.log(`The tables are at version ${version}${isNewer}.`);
  } catch (error) {
    throw error instanceof AppError ? new Refusal(error.message) : error;
  }
});
