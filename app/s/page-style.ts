import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Where `npm run build` leaves the style sheet of shared pages; `next build` empties the folder first. */
export const builtStyle = '.next/shared-page.css';

const source = 'components/share/page.css';

/** The style sheet of shared pages: as it was built or, where it is not or was asked for `fresh`, made now. */
export async function readPageStyle({ fresh }: { fresh: boolean }): Promise<string> {
  return !fresh && existsSync(builtStyle) ? readFile(builtStyle, 'utf8') : compilePageStyle();
}

/**
 * Makes the style sheet of shared pages: the app's theme, what models' texts look like, and the utilities that the page's
 * HTML names. It is apart from the app's own, because it has an address of its own and nothing that a shared page lacks.
 */
export async function compilePageStyle(): Promise<string> {
  const { compile } = await import('tailwindcss');
  const base = path.resolve(path.dirname(source));
  const { sources, build } = await compile(await readFile(source, 'utf8'), { base, loadStylesheet });
  const texts = await Promise.all(sources.map((named) => readFile(path.join(named.base, named.pattern), 'utf8')));
  return build(texts.flatMap((text) => text.split(/[\s"'`]+/)));
}

async function loadStylesheet(id: string, base: string) {
  const file = id.startsWith('.')
    ? path.join(base, id)
    : createRequire(path.resolve('package.json')).resolve(`${id}/index.css`);
  return { path: file, base: path.dirname(file), content: await readFile(file, 'utf8') };
}
