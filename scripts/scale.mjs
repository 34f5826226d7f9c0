// @ts-check
// The scale of app/theme.css is the only one: no size, radius or colour of one's own, in a style sheet or a utility. And
// how much of a page's looks is written by hand, and how long a class may be (functions are held by biome's
// noExcessiveLinesPerFunction).
//
// Our own check: what is allowed differs by room (Markdown's sizes are relative to its text), and a class of biome's
// rules counts lines of functions and files only.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot, Refusal, runMain } from './cli.mjs';

/** @typedef {{ file: string, text: string }} Source `file` is a path from the root, with slashes */

/** Lines of style sheets that may be written by hand: all of them but the theme, and the frame's. */
const mostLines = { all: 1400, globals: 200 };
const longestClass = 300;
/** Longer for a reason. */
const longClasses = new Map([
  ['packages/splitter/src/splitter.ts', 620], // one state machine of many small methods, held by laws and a slow twin
  ['lib/reasoning/equality/expression.ts', 360], // one reader of one grammar, a small method for each kind of mark
  ['lib/server/generation/ask.ts', 345], // every way of asking, each a method over one way of starting
]);

const theme = 'app/theme.css';
const markdownRoom = /^components\/markdown\//;
const literalColour = /#[\da-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|oklch|oklab|lab|lch)\(/i;
/** A mix of roles is theirs; the space it is mixed in is no colour. */
const mixingSpace = /\bin_?\s*okl(?:ab|ch)\b/g;

/**
 * What is wrong with these sources, one sentence each; empty when all is by the scale.
 * @param {readonly Source[]} sources
 * @returns {string[]}
 */
export function findOffScale(sources) {
  return sources.flatMap(({ file, text }) => {
    if (file === theme) return [];
    const find = file.endsWith('.css') ? offScaleInCss : offScaleInMarkup;
    return text.split('\n').flatMap((line, i) => find(line, file).map((what) => `${file}:${i + 1} ${what}`));
  });
}

/**
 * @param {string} line
 * @param {string} file
 */
function offScaleInCss(line, file) {
  const found = [];
  const declaration = /^\s*([\w-]+):\s*(.*?);?\s*$/.exec(line);
  const [, property = '', value = ''] = declaration ?? [];
  if (property === 'font-size' && !isScaled(value, 'text') && !(markdownRoom.test(file) && /^[\d.]+em$/.test(value)))
    found.push(`font-size: ${value} is not of the scale`);
  if (/^border(-\w+-\w+)?-radius$/.test(property) && !value.split(/[\s/]+/).every((v) => isScaled(v, 'radius')))
    found.push(`${property}: ${value} is not of the scale`);
  if (literalColour.test(line.replace(mixingSpace, ''))) found.push(`a colour of its own: ${line.trim()}`);
  return found;
}

/**
 * @param {string} value
 * @param {string} name
 */
function isScaled(value, name) {
  return value === 'inherit' || value === '0' || value.startsWith(`var(--${name}-`);
}

/**
 * @param {string} line
 * @param {string} file
 */
function offScaleInMarkup(line, file) {
  const utilities = line.match(/(?<![\w-])(?:[a-z]+(?:-[a-z]+)*)-\[[^\]\s]+\]/g) ?? [];
  return utilities.flatMap((utility) => {
    const value = utility.slice(utility.indexOf('[') + 1, -1);
    const isColour = literalColour.test(value.replace(mixingSpace, ''));
    const isSize = /^(?:text|rounded(?:-[a-z]+)*)-\[/.test(utility) && /\d/.test(value) && !value.startsWith('var(');
    const isRelative = markdownRoom.test(file) && /^[\d.]+em$/.test(value);
    return isColour || (isSize && !isRelative) ? [`${utility} is not of the scale`] : [];
  });
}

/**
 * Whether more is written by hand than there may be, one sentence each.
 * @param {readonly Source[]} sources
 * @param {{ all: number, globals: number }} [most]
 * @returns {string[]}
 */
export function findTooMuch(sources, most = mostLines) {
  const sheets = sources.filter(({ file }) => file.endsWith('.css') && file !== theme);
  const lines = (/** @type {readonly Source[]} */ some) =>
    some.reduce((sum, { text }) => sum + text.trimEnd().split('\n').length, 0);
  const all = lines(sheets);
  const globals = lines(sheets.filter(({ file }) => file === 'app/globals.css'));
  return [
    ...(all > most.all ? [`${all} lines of style sheets are written by hand: at most ${most.all}`] : []),
    ...(globals > most.globals ? [`app/globals.css has ${globals} lines: at most ${most.globals}`] : []),
  ];
}

/**
 * Classes that are too long, one sentence each. It trusts the formatter: a class ends where a line begins with `}`.
 * @param {readonly Source[]} sources
 * @returns {string[]}
 */
export function findLongClasses(sources) {
  return sources.flatMap(({ file, text }) => {
    if (!/\.tsx?$/.test(file)) return [];
    const lines = text.split('\n');
    return lines.flatMap((line, at) => {
      const [, name] = /^(?:export )?(?:default )?(?:abstract )?class (\w+)/.exec(line) ?? [];
      if (name === undefined) return [];
      const length = line.endsWith('}') ? 1 : lines.slice(at).findIndex((later) => later.startsWith('}')) + 1;
      const most = longClasses.get(file) ?? longestClass;
      return length > most ? [`${file}:${at + 1} class ${name} has ${length} lines: at most ${most}`] : [];
    });
  });
}

/**
 * What the checks look at: the app's style sheets, markup and code.
 * @param {string} root
 * @returns {Source[]}
 */
export function readSources(root) {
  // Node 20 runs this before it can bring its own Node 24 along, so no newer way to list files.
  return ['app', 'components', 'lib', 'packages'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file.split(path.sep).join('/')}`)
      .filter((file) => isSource(file))
      .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') })),
  );
}

/** @param {string} file */
function isSource(file) {
  if (/(^|\/)node_modules\//.test(file)) return false;
  if (/^(app|components)\//.test(file)) return /\.(css|tsx|ts)$/.test(file);
  return /^(lib\/.*|packages\/[^/]+\/src\/.*)\.ts$/.test(file);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await runMain(async () => {
    const sources = readSources(projectRoot);
    const found = [...findOffScale(sources), ...findTooMuch(sources), ...findLongClasses(sources)];
    if (found.length > 0) throw new Refusal(found.join('\n'));
    return 0;
  });
}
