// @ts-check
// Serves what `npm run image` has laid out: nothing is installed or built, and this process is the server.
//
// It does what the server.js of Next.js's standalone output does, with this app's address and its orderly end.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { readAddress, refuseTakenPort } from './address.mjs';
import { projectRoot, Refusal, runMain, tell } from './cli.mjs';

await runMain(async () => {
  const { host, port, isOpen } = readAddress(projectRoot, process.env);
  const recorded = path.join(projectRoot, '.next', 'required-server-files.json');
  if (!existsSync(recorded))
    throw new Refusal('nothing is built here: npm run image -- FOLDER makes what this serves.');
  if (isOpen) tell(`open to everybody who can reach ${host}, because THINKGLASS_OPEN=1`);
  await refuseTakenPort(host, port);
  const { config } = JSON.parse(readFileSync(recorded, 'utf8'));
  process.chdir(projectRoot);
  Object.assign(process.env, {
    NODE_ENV: 'production',
    HOST: host,
    PORT: String(port),
    NEXT_TELEMETRY_DISABLED: '1',
    // The app finishes what it is writing before it exits (instrumentation.ts); Next's own handler would not wait.
    NEXT_MANUAL_SIG_HANDLE: 'true',
    __NEXT_PRIVATE_STANDALONE_CONFIG: JSON.stringify(config),
  });
  const require = createRequire(import.meta.url);
  require('next');
  const { startServer } = require('next/dist/server/lib/start-server');
  await startServer({ dir: projectRoot, isDev: false, hostname: host, port, allowRetry: false });
});
