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
    const html = katex.renderToString(tex, {
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
