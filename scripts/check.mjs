// @ts-check
// `npm run check`: format, lint, types, walls and the scale. All of them run whatever fails.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot, runCommand, runMain } from './cli.mjs';
import { ensureInstalled } from './ensure.mjs';
import { nodePath, toolEnvironment } from './node-24.mjs';
import { findLongClasses, findOffScale, findTooMuch, readSources } from './scale.mjs';
import { findViolations, readImports } from './walls.mjs';

/** @type {readonly { name: string, passes: () => Promise<boolean> }[]} */
const checks = [
  {
    name: 'format and lint',
    passes: () => runsWell('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--diagnostic-level=warn'),
  },
  {
    name: 'types',
    // the types of the routes first: they are Next's to make and not in git
    passes: async () =>
      (await runsWell('next/dist/bin/next', 'typegen')) && (await runsWell('typescript/bin/tsc', '--noEmit')),
  },
  { name: 'walls', passes: async () => hasNone(findViolations(readImports(projectRoot))) },
  {
    name: 'scale',
    passes: async () => {
      const sources = readSources(projectRoot);
      return hasNone([...findOffScale(sources), ...findTooMuch(sources)]);
    },
  },
  // functions are held by the lint
  { name: 'sizes', passes: async () => hasNone(findLongClasses(readSources(projectRoot))) },
];

/**
 * Runs all checks; what they find goes to stdout.
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
export async function runChecks() {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, passes } of checks) {
    const passed = await passes();
    totals[passed ? 'passed' : 'failed'] += 1;
    console.log(`  ${passed ? '✓' : '✗'} ${name}`);
  }
  return totals;
}

/**
 * @param {string} program below node_modules
 * @param {...string} args
 */
async function runsWell(program, ...args) {
  const file = path.join(projectRoot, 'node_modules', ...program.split('/'));
  const env = toolEnvironment(projectRoot);
  const { code } = await runCommand(nodePath(projectRoot), [file, ...args], { env });
  return code === 0;
}

/** @param {readonly string[]} violations */
function hasNone(violations) {
  for (const violation of violations) console.log(`    ${violation}`);
  return violations.length === 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await runMain(async () => {
    await ensureInstalled();
    const { failed } = await runChecks();
    return failed > 0 ? 1 : 0;
  });
}
