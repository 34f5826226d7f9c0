import katex from 'katex';

const maxSource = 2000;
const maxCells = 2000;
const maxBraces = 50;
const maxOutput = 500_000;

/**
 * A formula as KaTeX draws it, in HTML (with MathML for screen readers); undefined for what is not TeX, or too much.
 * This is the only HTML in the app that React did not make: no links, no images, no attributes of the model's choosing,
 * no definitions that outlive the formula.
 */
export function drawFormula(tex: string, display: boolean): string | undefined {
  if (tex.length > maxSource || countCells(tex) > maxCells || braceDepth(tex) > maxBraces) return undefined;
  try {
    const html = katex.renderToString(drawable(tex), {
      displayMode: display,
      trust: false,
      strict: 'ignore',
      throwOnError: true,
      maxSize: 20,
      maxExpand: 500,
      macros: {},
      errorColor: 'inherit',
    });
    return html.length > maxOutput ? undefined : html;
  } catch {
    return undefined;
  }
}

/** What KaTeX would read otherwise than meant: a percent sign is none of its comments, a label is no part of the picture. */
function drawable(tex: string): string {
  return tex
    .replace(/(?<!\\)((?:\\\\)*)%/g, '$1\\%')
    .replace(/\\label\s*\{[^{}]*\}/g, '')
    .replace(/\\eqref\s*\{([^{}]*)\}/g, '\\text{($1)}')
    .replace(/\\(?:auto|c|page)?ref\s*\{([^{}]*)\}/g, '\\text{$1}');
}

/** Whether a formula needs mhchem, which is loaded only then. */
export function needsChemistry(tex: string): boolean {
  return /\\(?:ce|pu)\s*\{/.test(tex);
}

/** Teaches KaTeX `\ce` and `\pu`, once for the page. */
export async function loadChemistry(): Promise<void> {
  await import('katex/contrib/mhchem');
}

function countCells(tex: string): number {
  return (tex.match(/&|\\\\|\\cr/g) ?? []).length;
}

function braceDepth(tex: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of tex.matchAll(/\\.|[{}]/gs)) {
    if (token === '{') depth += 1;
    else if (token === '}') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
