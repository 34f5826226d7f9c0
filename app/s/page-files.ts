import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { PageFiles } from '../../components/share/share-page.ts';
import { getConfig } from '../../lib/server/config.ts';
import { readPageStyle } from './page-style.ts';

/**
 * What a shared page is drawn with. It is made without Next.js, so that it holds nothing but what is shared; its looks are
 * still the app's own: the same theme, the same style sheet for models' texts, the same fonts.
 */
interface TextFile {
  text: string;
  type: string;
  version: string;
}

const address = '/s/files';

/** Where fonts lie in their packages, by the folder they have on the page. */
const fontFolders: Record<string, string> = {
  inter: '@fontsource-variable/inter/files',
  serif: '@fontsource-variable/source-serif-4/files',
  mono: '@fontsource-variable/jetbrains-mono/files',
  han: '@fontsource-variable/noto-sans-sc/files',
  katex: 'katex/dist/fonts',
};

/** As in app/radical.css. */
const radicalFace = `@font-face{font-family:"Radical Sign";font-display:swap;src:url(${address}/katex/KaTeX_Main-Regular.woff2) format("woff2");unicode-range:U+221A}`;

let kept: Promise<Record<string, TextFile>> | undefined;

/** The style sheets and the script, by name. */
function textFiles(): Promise<Record<string, TextFile>> {
  const { isDevelopment } = getConfig();
  if (!kept || isDevelopment) {
    kept = readTextFiles({ fresh: isDevelopment });
    kept.catch(() => {
      kept = undefined; // the next reader asks again
    });
  }
  return kept;
}

async function readTextFiles(options: { fresh: boolean }): Promise<Record<string, TextFile>> {
  const style = 'text/css; charset=utf-8';
  const page = [
    fontFaces('@fontsource-variable/inter/index.css', 'inter'),
    fontFaces('@fontsource-variable/source-serif-4/index.css', 'serif'),
    fontFaces('@fontsource-variable/source-serif-4/wght-italic.css', 'serif'),
    fontFaces('@fontsource-variable/jetbrains-mono/index.css', 'mono'),
    radicalFace,
    await readPageStyle(options),
  ].join('\n');
  const type = 'text/javascript; charset=utf-8';
  const copy = textFile(readFileSync('components/markdown/copy-selection.js', 'utf8'), type);
  const script = readFileSync('components/share/page-script.js', 'utf8').replace(
    '../markdown/copy-selection.js',
    `${address}/copy.js?v=${copy.version}`,
  );
  return {
    'page.css': textFile(page, style),
    'han.css': textFile(fontFaces('@fontsource-variable/noto-sans-sc/index.css', 'han'), style),
    'katex.css': textFile(fontFaces('katex/dist/katex.min.css', 'katex'), style),
    'page.js': textFile(script, type),
    'copy.js': copy,
  };
}

function textFile(text: string, type: string): TextFile {
  return { text, type, version: createHash('sha256').update(text).digest('base64url').slice(0, 12) };
}

/** A package's style sheet, its fonts at our addresses and in the one format every browser takes. */
function fontFaces(file: string, folder: string): string {
  return readFileSync(packageFile(file), 'utf8').replace(
    /url\((?:\.\/)?(?:files|fonts)\/([\w.-]+)\)/g,
    `url(${address}/${folder}/$1)`,
  );
}

function packageFile(name: string): string {
  return createRequire(path.resolve('package.json')).resolve(name);
}

/** What a page needs to be drawn, by the text that is in it. */
export async function pageFiles(text: string): Promise<PageFiles> {
  const files = await textFiles();
  const named = (name: string) => `${address}/${name}?v=${files[name]?.version}`;
  const styles = ['page.css'];
  if (/[$\\]/.test(text)) styles.push('katex.css'); // where a formula may be
  if (/[\u3400-\u9fff\uf900-\ufaff]/.test(text)) styles.push('han.css');
  return { styles: styles.map(named), script: named('page.js') };
}

/** One of the files, by its path under `/s/files`; undefined for any other. */
export async function findPageFile(segments: readonly string[]): Promise<Response | undefined> {
  const [first = '', second] = segments;
  const files = await textFiles();
  const fixed = { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' };
  const file = second === undefined && Object.hasOwn(files, first) ? files[first] : undefined;
  if (file) {
    const headers = { ...fixed, 'content-type': file.type, 'cache-control': 'public, max-age=31536000, immutable' };
    return new Response(file.text, { headers });
  }
  if (segments.length !== 2 || second === undefined || !/^[\w-]{1,80}\.woff2$/.test(second)) return undefined;
  const folder = Object.hasOwn(fontFolders, first) ? fontFolders[first] : undefined;
  if (folder === undefined) return undefined;
  const place = path.join('node_modules', folder, second);
  if (!existsSync(place)) return undefined;
  const headers = { ...fixed, 'content-type': 'font/woff2', 'cache-control': 'public, max-age=604800' };
  return new Response(new Uint8Array(readFileSync(place)), { headers });
}
