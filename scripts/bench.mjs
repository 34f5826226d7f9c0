// @ts-check
// `npm run bench`: installs and builds what is due, then measures (bench/run.ts says how to choose what).
import path from 'node:path';
import { projectRoot, runCommand, runMain } from './cli.mjs';
import { ensureDebianPackage } from './debian.mjs';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';
import { nodePath, toolEnvironment } from './node-24.mjs';

await runMain(async () => {
  await ensureInstalled();
  await ensureDebianPackage('chromium');
  if (process.argv.includes('instances')) {
    for (const name of /** @type {const} */ (['postgresql', 'redis-server', 'nginx'])) await ensureDebianPackage(name);
  }
  await ensureBuilt();
  const args = [path.join(projectRoot, 'bench', 'run.ts'), ...process.argv.slice(2)];
  const { code } = await runCommand(nodePath(projectRoot), args, { env: toolEnvironment(projectRoot), ownGroup: true });
  return code;
});
