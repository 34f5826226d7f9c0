// @ts-check
// `npm test`: installs what is missing, runs the parts asked for and ends with one line, `N passed, N failed`.
//
//   node scripts/test.mjs                                  check, unit, integration, browser
//   node scripts/test.mjs unit slow                        these parts (`journeys`: the longer ones in a browser)
//   node scripts/test.mjs tests/unit/stream-part.test.ts   these files
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot, Refusal, runCommand, runMain, tell } from './cli.mjs';
import { runChecks } from './check.mjs';
import { ensureDebianPackage } from './debian.mjs';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';
import { nodePath, toolEnvironment } from './node-24.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */

const minute = 60_000;

/** What compiles the trainer of the models inside (training/). */
const compiling = /** @type {const} */ (['gcc', 'make', 'libc6-dev', 'libopenblas-pthread-dev']);

/**
 * @typedef {import('./debian.mjs').DebianPackage | 'build'} Need
 * @typedef {{ needs: readonly Need[], limitMs: number, testLimitMs: number }} Part `limitMs`: for the whole part; a test
 *   that leaves a timer or a socket open would otherwise hold up everything
 * @type {Record<string, Part>}
 */
const parts = {
  check: { needs: [], limitMs: 5 * minute, testLimitMs: minute },
  unit: { needs: [], limitMs: 8 * minute, testLimitMs: 2 * minute },
  integration: { needs: ['postgresql'], limitMs: 15 * minute, testLimitMs: 2 * minute },
  browser: { needs: ['chromium', 'build'], limitMs: 12 * minute, testLimitMs: minute },
  journeys: { needs: ['chromium', 'build'], limitMs: 30 * minute, testLimitMs: minute },
  slow: {
    needs: ['postgresql', 'redis-server', 'nginx', 'libfaketime', 'build', ...compiling],
    limitMs: 24 * minute,
    testLimitMs: 10 * minute,
  },
};

await runMain(async () => {
  const wanted = readArguments(process.argv.slice(2));
  /** @type {string[]} */
  const lines = [];
  /** @type {Totals} */
  let sum = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, files] of wanted) {
    const begin = performance.now();
    const totals = await runPart(name, files);
    sum = add(sum, totals);
    lines.push(`${name.padEnd(12)} ${inWords(totals)}  (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
  }
  console.log(`\n${lines.join('\n')}\n\n${inWords(sum)}`);
  return sum.failed > 0 ? 1 : 0;
});

/**
 * @param {readonly string[]} args
 * @returns {Map<string, string[] | undefined>} the parts to run in order, with the files of those that run only some
 */
function readArguments(args) {
  /** @type {Map<string, string[] | undefined>} */
  const wanted = new Map();
  for (const arg of args.length > 0 ? args : ['check', 'unit', 'integration', 'browser']) {
    const file = path.relative(projectRoot, path.resolve(arg)).split(path.sep).join('/');
    const name = partOf(file) ?? arg;
    if (!parts[name])
      throw new Refusal(`"${arg}" is neither a part (${Object.keys(parts).join(', ')}) nor a test file.`);
    if (name === arg) wanted.set(name, undefined);
    else wanted.set(name, [...(wanted.get(name) ?? []), file]);
  }
  return wanted;
}

/**
 * Runs one part. Whatever keeps it from running counts as one failure, and the next part goes on.
 * @param {string} name
 * @param {string[] | undefined} onlyFiles
 * @returns {Promise<Totals>}
 */
async function runPart(name, onlyFiles) {
  const part = /** @type {Part} */ (parts[name]);
  console.log(`\n${name}`);
  try {
    await ensureInstalled();
    if (name === 'check') return await runChecks();
    const files = onlyFiles ?? testFilesOf(name);
    if (files.length === 0) {
      console.log('  no tests yet');
      return { passed: 0, failed: 0, skipped: 0 };
    }
    for (const need of part.needs) await (need === 'build' ? ensureBuilt() : ensureDebianPackage(need));
    return await runTests(name, part, files);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.log(`  ✗ ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/**
 * @param {string} name
 * @param {Part} part
 * @param {readonly string[]} files
 * @returns {Promise<Totals>}
 */
async function runTests(name, { limitMs, testLimitMs }, files) {
  const folder = mkdtempSync(path.join(tmpdir(), 'thinkglass-tests-'));
  const totalsFile = path.join(folder, 'totals.json');
  const args =
    name === 'browser' || name === 'journeys'
      ? [path.join(projectRoot, 'node_modules/@playwright/test/cli.js'), 'test', ...files]
      : [
          '--test',
          '--test-concurrency=2',
          `--test-timeout=${testLimitMs}`,
          '--test-reporter=./tests/reporter-node.ts',
          ...files,
        ];
  try {
    const { code, timedOut } = await runCommand(nodePath(projectRoot), args, {
      env: { ...testEnvironment(), TEST_TOTALS: totalsFile },
      stdio: ['ignore', 'inherit', 'inherit'],
      ownGroup: true,
      limitMs,
    });
    if (timedOut) tell(`the ${name} tests were stopped after ${limitMs / minute} minutes`);
    return judge(name, code, readTotals(totalsFile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What the reporter has counted, and one failure more if the runner's end contradicts it.
 * @param {string} name
 * @param {number} code
 * @param {Totals | undefined} totals
 * @returns {Totals}
 */
function judge(name, code, totals) {
  const counted = totals ?? { passed: 0, failed: 0, skipped: 0 };
  /** @type {string | undefined} */
  let complaint;
  if (!totals) complaint = `the runner of the ${name} tests broke off with code ${code}`;
  else if (code !== 0 && counted.failed === 0) complaint = `the runner of the ${name} tests ended with code ${code}`;
  else if (counted.passed + counted.failed === 0) complaint = `there are ${name} tests, but none ran`;
  if (!complaint) return counted;
  console.log(`  ✗ ${complaint}`);
  return { ...counted, failed: counted.failed + 1 };
}

/**
 * @param {string} file
 * @returns {Totals | undefined} undefined when the reporter did not get to its end
 */
function readTotals(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/**
 * The environment without the app's own settings: no test may meet the keys, the database or the port of whoever runs it.
 * @returns {NodeJS.ProcessEnv}
 */
function testEnvironment() {
  const env = toolEnvironment(projectRoot);
  const example = readFileSync(path.join(projectRoot, '.env.example'), 'utf8');
  for (const [, name = ''] of example.matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)) delete env[name];
  return env;
}

/**
 * The part a test file belongs to; our packages' tests are unit tests.
 * @param {string} file
 */
function partOf(file) {
  if (/^packages\/[^/]+\/tests\/.+\.test\.ts$/.test(file)) return 'unit';
  return /^tests\/([a-z]+)\/.+\.(test|spec)\.ts$/.exec(file)?.[1];
}

/** @param {string} name */
function testFilesOf(name) {
  const files = testFilesBelow(`tests/${name}`);
  return name === 'unit' ? [...testFilesBelow('packages'), ...files] : files;
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function testFilesBelow(folder) {
  if (!existsSync(path.join(projectRoot, folder))) return [];
  return readdirSync(path.join(projectRoot, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const file = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return testFilesBelow(file);
      return /\.(test|spec)\.ts$/.test(entry.name) ? [file] : [];
    })
    .sort();
}

/**
 * @param {Totals} a
 * @param {Totals} b
 * @returns {Totals}
 */
function add(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** @param {Totals} totals */
function inWords({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
