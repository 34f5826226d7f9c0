// @ts-check
// The walls between the rooms (CONTRIBUTING.md, "Rooms and walls"): who may import whom, and no cycles, types included.
//
// Our own check, because dependency-cruiser cannot read TypeScript 7 (which has no JavaScript API) and biome's import
// rules see the words of an import, not the file it leads to. The imports are the compiler's own: `tsc` tells every
// module it resolves, type imports, `import()` and packages included. What is no import (process.env, fetch in a page)
// is held by rules of biome.json.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot, Refusal, runMain } from './cli.mjs';
import { nodePath } from './node-24.mjs';

/**
 * @typedef {{ from: string, to: string, isPackage: boolean }} Import `from` and `to` are files, as paths from the root on
 *   with slashes; for a package, `to` is what was written
 * @typedef {{ name: string, files: RegExp, mayUse: readonly string[], apart?: true, notPackages?: RegExp }} Room
 *   `mayUse` names rooms. A room may always use itself; one whose folders are `apart` is as many rooms as its pattern's
 *   group has values
 */

const screen = /^(react|react-dom|next|lucide-react)(\/|$)/;
const machine = /^(node:|server-only$)/;
const screenOrMachine = new RegExp(`${screen.source}|${machine.source}`);

const pure = ['splitter', 'vocabulary', 'prompts', 'reasoning', 'search', 'lab nouns', 'lib'];
const serverRooms = [
  'config',
  'auth',
  'store',
  'calls',
  'protocol',
  'protocols',
  'a protocol',
  'providers',
  'tokenizer',
  'telemetry',
  'generation',
  'the lab',
  'the training',
  'server',
];
const floor = ['ui', 'charts', 'markdown', 'client', 'words', 'rewards'];
/** What shows a conversation, lowest first: each may use those before it. */
const conversing = ['conversation', 'asking', 'answer'];
const screens = ['chat', 'compare', 'raw', 'compute', 'settings', 'lab', 'zero'];

/**
 * A file is in the first room whose pattern fits. One in no room (tests, scripts, the root's own files) may use all.
 * @type {readonly Room[]}
 */
const rooms = [
  { name: 'splitter', files: /^packages\/splitter\/src\//, mayUse: [], notPackages: /^/ },
  // its tests know nothing of the app, so that they can go where it goes
  { name: 'the tests of the splitter', files: /^packages\/splitter\/tests\//, mayUse: ['splitter'] },

  { name: 'presets', files: /^lib\/server\/providers\/presets\.json$/, mayUse: [] },
  { name: 'config', files: /^lib\/server\/config\.ts$/, mayUse: ['vocabulary', 'presets'], notPackages: screen },
  { name: 'auth', files: /^lib\/server\/auth\//, mayUse: ['vocabulary', 'config', 'store'] },
  {
    name: 'store',
    files: /^lib\/server\/store\//,
    mayUse: ['vocabulary', 'config', 'search', 'lab nouns'],
    notPackages: screen,
  },
  { name: 'calls', files: /^lib\/server\/calls\//, mayUse: ['vocabulary', 'config'], notPackages: screen },
  {
    name: 'protocol',
    files: /^lib\/server\/protocols\/protocol\.ts$/,
    mayUse: ['vocabulary', 'calls'],
    notPackages: screen,
  },
  { name: 'protocols', files: /^lib\/server\/protocols\/[^/]+$/, mayUse: ['protocol', 'a protocol'] },
  {
    name: 'a protocol',
    files: /^lib\/server\/protocols\/([^/]+)\//,
    apart: true,
    mayUse: ['vocabulary', 'prompts', 'config', 'calls', 'protocol'],
    notPackages: screen,
  },
  {
    name: 'providers',
    files: /^lib\/server\/providers\//,
    mayUse: ['vocabulary', 'config', 'presets', 'calls', 'protocol', 'protocols'],
    notPackages: screen,
  },
  { name: 'tokenizer', files: /^lib\/server\/tokenizer\//, mayUse: ['vocabulary', 'config'], notPackages: screen },
  { name: 'telemetry', files: /^lib\/server\/telemetry\//, mayUse: ['vocabulary', 'config'], notPackages: screen },
  {
    name: 'generation',
    files: /^lib\/server\/generation\//,
    mayUse: [
      'splitter',
      'vocabulary',
      'prompts',
      'reasoning',
      'config',
      'store',
      'calls',
      'providers',
      'tokenizer',
      'telemetry',
    ],
    notPackages: screen,
  },
  {
    name: 'the lab',
    files: /^lib\/server\/lab\//,
    mayUse: [...pure, 'config', 'store', 'generation'],
    notPackages: screen,
  },
  {
    name: 'the training',
    files: /^lib\/server\/training\//,
    mayUse: [...pure, 'config', 'a protocol'],
    notPackages: screen,
  },
  // what the doors share, and where the rooms are put together
  { name: 'server', files: /^lib\/server\/[^/]+$/, mayUse: [...pure, ...serverRooms] },

  { name: 'vocabulary', files: /^lib\/[^/]+$/, mayUse: ['splitter'], notPackages: screenOrMachine },
  { name: 'prompts', files: /^lib\/prompts\//, mayUse: pure, notPackages: screenOrMachine },
  { name: 'reasoning', files: /^lib\/reasoning\//, mayUse: pure, notPackages: screenOrMachine },
  { name: 'search', files: /^lib\/search\//, mayUse: pure, notPackages: screenOrMachine },
  { name: 'lab nouns', files: /^lib\/lab\//, mayUse: pure, notPackages: screenOrMachine },
  { name: 'lib', files: /^lib\/(?!server\/)/, mayUse: pure, notPackages: screenOrMachine },

  { name: 'ui', files: /^components\/ui\//, mayUse: [], notPackages: machine },
  { name: 'charts', files: /^components\/charts\//, mayUse: ['ui'], notPackages: machine },
  { name: 'markdown', files: /^components\/markdown\//, mayUse: [...pure, 'ui'], notPackages: machine },
  { name: 'client', files: /^components\/client\//, mayUse: [...pure, 'ui'], notPackages: machine },
  { name: 'words', files: /^components\/words\//, mayUse: pure, notPackages: screenOrMachine },
  { name: 'rewards', files: /^components\/rewards\//, mayUse: [...pure, 'ui', 'charts'], notPackages: machine },
  ...conversing.map((name, at) => ({
    name,
    files: new RegExp(`^components/${name}/`),
    mayUse: [...pure, ...floor, ...conversing.slice(0, at)],
    notPackages: machine,
  })),
  ...['share', 'search-screen'].map((name) => ({
    name,
    files: new RegExp(`^components/${name.replace('-screen', '')}/`),
    mayUse: [...pure, ...floor],
    notPackages: machine,
  })),
  {
    name: 'shell',
    files: /^components\/shell\//,
    mayUse: [...pure, ...floor, 'search-screen'],
    notPackages: machine,
  },
  ...screens.map((name) => ({
    name,
    files: new RegExp(`^components/${name}/`),
    mayUse: [...pure, ...floor, ...conversing, 'share', 'shell'],
    notPackages: machine,
  })),

  { name: 'app/api', files: /^app\/api\//, mayUse: [...pure, ...serverRooms] },
  {
    name: 'app',
    files: /^app\//,
    mayUse: [...pure, ...floor, 'share', 'shell', ...screens, 'config', 'auth', 'store', 'server'],
  },
  // A new folder gets a line above before it gets an import.
  { name: 'a folder that scripts/walls.mjs does not know', files: /^(lib|components|packages)\//, mayUse: [] },
];

/** Packages that one room keeps to itself, so that exchanging one is a change in one room. */
const keepers = [
  { packages: /^(node:sqlite|better-sqlite3|kysely|pg|pg-[a-z-]+)(\/|$)/, room: 'store' },
  { packages: /^undici(\/|$)/, room: 'calls' },
  { packages: /^(ai|@ai-sdk\/[a-z-]+)(\/|$)/, room: 'a protocol' },
  { packages: /^iron-session(\/|$)/, room: 'auth' },
  { packages: /^@base-ui\//, room: 'ui' },
  {
    packages: /^(react-markdown|unified|remark-[a-z-]+|rehype-[a-z-]+|hast-util-[a-z-]+|katex|lowlight)(\/|$)/,
    room: 'markdown',
  },
];

/**
 * What is wrong with these imports, one sentence each; empty when the walls stand.
 * @param {readonly Import[]} imports
 * @returns {string[]}
 */
export function findViolations(imports) {
  return [...imports.flatMap(brokenWalls), ...findCycles(imports).map((files) => `a cycle: ${files.join(' → ')}`)];
}

/**
 * @param {Import} edge
 * @returns {string[]}
 */
function brokenWalls({ from, to, isPackage }) {
  const room = roomOf(from);
  if (!room || to.endsWith('.css')) return [];
  if (!isPackage) {
    const other = roomOf(to);
    if (/^(tests|bench|scripts)\//.test(to))
      return [`${from} imports ${to}: the app does not know its tests and tools`];
    // the root's own files (package.json) are for all
    const isOwn = other?.name === room.name;
    if (isOwn && room.apart && folderIn(room, from) !== folderIn(room, to)) {
      return [`${from} imports ${to}: ${room.name} may not use another`];
    }
    const isAllowed = !other ? !to.includes('/') : isOwn || room.mayUse.includes(other.name);
    return isAllowed ? [] : [`${from} imports ${to}: ${room.name} may not use ${other?.name ?? 'that'}`];
  }
  const keeper = keepers.find(({ packages }) => packages.test(to));
  if (keeper) return keeper.room === room.name ? [] : [`${from} imports ${to}: only ${keeper.room} may use it`];
  return room.notPackages?.test(to) ? [`${from} imports ${to}: ${room.name} may not use it`] : [];
}

/**
 * @param {Room} room
 * @param {string} file
 */
function folderIn(room, file) {
  return room.files.exec(file)?.[1];
}

/** @param {string} file */
function roomOf(file) {
  return rooms.find(({ files }) => files.test(file));
}

/**
 * One shortest cycle through every file that is on one and not on a cycle already found.
 * @param {readonly Import[]} imports
 * @returns {string[][]} each begins and ends with the same file
 */
function findCycles(imports) {
  /** @type {Map<string, string[]>} */
  const next = new Map();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  /** @type {Set<string>} */
  const told = new Set();
  const cycles = [];
  for (const start of [...next.keys()].sort()) {
    const cycle = told.has(start) ? undefined : shortestWayBack(start, next);
    if (!cycle) continue;
    for (const file of cycle) told.add(file);
    cycles.push(cycle);
  }
  return cycles;
}

/**
 * @param {string} start
 * @param {ReadonlyMap<string, readonly string[]>} next
 * @returns {string[] | undefined}
 */
function shortestWayBack(start, next) {
  const seen = new Set();
  /** @type {string[][]} */
  const ways = [[start]];
  for (const way of ways) {
    for (const to of next.get(way.at(-1) ?? '') ?? []) {
      if (to === start) return [...way, start];
      if (seen.has(to)) continue;
      seen.add(to);
      ways.push([...way, to]);
    }
  }
  return undefined;
}

/**
 * All imports of the project's own files, as the compiler saw them.
 * @param {string} root a folder with a tsconfig.json
 * @returns {Import[]}
 * @throws {Refusal} when the compiler tells of none: its words have changed, or it did not run
 */
export function readImports(root) {
  const tsc = path.join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '-p', root, '--noEmit', '--noCheck', '--incremental', 'false', '--traceResolution'];
  const { stdout, stderr } = spawnSync(nodePath(projectRoot), args, { encoding: 'utf8', maxBuffer: 2 ** 29 });
  const exported = readExports(root);
  const imports = [];
  for (const [, specifier = '', file = ''] of stdout.matchAll(/^=+ Resolving module '(.+)' from '(.+)'\. =+$/gm)) {
    const from = path.relative(root, file).split(path.sep).join('/');
    if (from.startsWith('..') || /(^|\/)(node_modules|\.next)\//.test(from)) continue;
    // Imports carry their extension (a rule of biome's), so the words are the path.
    const ours = specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(from), specifier)
      : exported.get(specifier);
    imports.push({ from, to: ours ?? specifier, isPackage: ours === undefined });
  }
  if (imports.length === 0) throw new Refusal(`tsc told of no imports in ${root}: ${stderr}${stdout.slice(0, 500)}`);
  return imports;
}

/**
 * The files behind the names under which our own packages are imported.
 * @param {string} root
 * @returns {Map<string, string>} such as `@thinkglass/splitter` to `packages/splitter/src/splitter.ts`
 */
function readExports(root) {
  const folder = path.join(root, 'packages');
  /** @type {Map<string, string>} */
  const exported = new Map();
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const own = JSON.parse(readFileSync(path.join(folder, name, 'package.json'), 'utf8'));
    for (const [way, file] of Object.entries(own.exports))
      exported.set(path.posix.join(own.name, way), path.posix.join('packages', name, file));
  }
  return exported;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await runMain(async () => {
    const violations = findViolations(readImports(projectRoot));
    for (const violation of violations) console.log(violation);
    return violations.length > 0 ? 1 : 0;
  });
}
