import 'katex/contrib/mhchem';
import remarkCjkFriendly from 'remark-cjk-friendly';
import remarkCjkStrikethrough from 'remark-cjk-friendly-gfm-strikethrough';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { namesAnotherHost, readAddress } from '../../lib/markdown/address.ts';
import { allBlocks, type Block, cutBlocks, readCode, readText } from '../../lib/markdown/blocks.ts';
import { headingElement, topHeadingOf } from './top-heading.ts';
import { hasOverlongWord, isTooDense, limitDepth } from '../../lib/markdown/limits.ts';
import { extractFormulas, type Formula, sourceToCopy, splitAtFormulas } from '../../lib/markdown/math.ts';
import { drawFormula } from './draw-formula.ts';
import { isPlain } from './plain-text.ts';
import { flattenDeep, maxFormulas, plainSyntax, readFormulas, textOf } from './syntax.ts';

/**
 * A model's text as HTML, for pages that need no program in the browser: the same blocks, the same syntax, the same
 * limits as on the screen, drawn once and whole. Every word is escaped here; every element and attribute is one of ours.
 */

/** Formulas drawn in one text; more are shown as their source. */
const maxDrawn = 1000;
/** Blocks of one box that the browser may leave undrawn while it is far from the screen. */
const groupBlocks = 10;
const groupLength = 5000;

interface Node {
  type: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: Node[];
}

const parser = unified()
  .use(remarkParse)
  .use(remarkGfm, { singleTilde: false })
  .use(remarkCjkFriendly)
  .use(remarkCjkStrikethrough, { singleTilde: false })
  .use(plainSyntax)
  .freeze();
const converter = unified().use(remarkRehype).freeze();

/**
 * The text in pieces of HTML, one after the other, so that a long one can be drawn with pauses between.
 * @param idOf the id of the block that begins at this offset, for what links to it.
 */
export function* renderMarkdown(
  text: string,
  tone: 'answer' | 'reasoning',
  idOf: (start: number) => string | undefined = () => undefined,
): Generator<string> {
  const blocks = allBlocks(cutBlocks(text));
  const drawing = { left: maxDrawn, topHeading: topHeadingOf(blocks) };
  yield `<div class="md" data-tone="${tone}">`;
  for (const group of groupsOf(blocks)) {
    yield `<div class="md-group" style="contain-intrinsic-block-size:auto ${heightOf(group)}px">`;
    for (const block of group) yield renderBlock(block, drawing, idOf(block.start));
    yield '</div>';
  }
  yield '</div>';
}

function* groupsOf(blocks: readonly Block[]): Generator<Block[]> {
  let group: Block[] = [];
  let length = 0;
  for (const block of blocks) {
    group.push(block);
    length += block.text.length;
    if (group.length < groupBlocks && length < groupLength) continue;
    yield group;
    group = [];
    length = 0;
  }
  if (group.length > 0) yield group;
}

/** A first guess, in px, for a browser that has not drawn it. */
function heightOf(group: readonly Block[]): number {
  let lines = 0;
  for (const { text } of group) {
    for (const line of text.split('\n')) lines += Math.ceil(line.length / 80);
    lines += 0.6;
  }
  return Math.round(lines * 26);
}

interface Drawing {
  /** Formulas that may still be drawn. */
  left: number;
  /** The highest heading of the text. */
  topHeading: number;
}

function renderBlock(block: Block, drawing: Drawing, id: string | undefined): string {
  const continued = block.continued ? ' data-continued="true"' : '';
  let inner: string;
  try {
    inner = block.kind === 'code' ? renderCodeBlock(block) : renderText(readText(block), drawing);
  } catch {
    inner = renderPlain(block.text); // what cannot be read as Markdown is shown as it was written
  }
  const marks = `${id === undefined ? '' : ` id="${id}"`}${continued}${overlongMark(block.text)}`;
  return inner === '' ? '' : `<div class="md-block"${marks} dir="auto">${inner}</div>`;
}

/** The attribute of an element whose text must not be kerned, or nothing. */
export function overlongMark(text: string): string {
  return hasOverlongWord(text) ? ' data-overlong="true"' : '';
}

function renderCodeBlock(block: Block): string {
  const { info, code } = readCode(block);
  return renderCode(info, code, block.continued);
}

function renderCode(info: string, code: string, continued = false): string {
  const language = /^[\w+#.-]{1,24}/.exec(info)?.[0] ?? '';
  const head = continued
    ? ''
    : `<div class="md-code-head flex min-h-9 items-center justify-between pr-1 pl-3.5 font-sans text-xs text-ink-muted"><span>${escapeHtml(language)}</span></div>`;
  const mark = continued ? ' data-continued="true"' : '';
  return `<div class="md-code"${mark} dir="ltr">${head}<pre tabindex="0"><code>${escapeHtml(code)}</code></pre></div>`;
}

function renderPlain(text: string): string {
  return `<p class="md-plain">${escapeHtml(text.trim())}</p>`;
}

function renderText(text: string, drawing: Drawing): string {
  const bare = text.trim();
  if (bare === '') return '';
  const { text: source, formulas } = extractFormulas(text, false);
  if (formulas.length <= maxFormulas && isPlain(source.trim())) {
    const pieces = splitAtFormulas(source.trim(), formulas);
    return `<p>${pieces.map((piece) => (typeof piece === 'string' ? escapeHtml(piece) : renderFormula(piece, drawing))).join('')}</p>`;
  }
  if (isTooDense(source)) return renderPlain(bare);
  const markdown = parser.parse(limitDepth(source));
  readFormulas(formulas)(markdown as Node);
  const tree = converter.runSync(markdown) as Node;
  flattenDeep()(tree);
  return renderNodes(tree.children ?? [], drawing);
}

function renderFormula({ source, tex, display, complete }: Formula, drawing: Drawing): string {
  const name = display ? 'md-formula md-display' : 'md-formula';
  const html = complete && drawing.left > 0 ? drawFormula(tex, display) : undefined;
  if (html === undefined) return `<span class="${name}" data-source="refused" dir="ltr">${escapeHtml(source)}</span>`;
  drawing.left -= 1;
  // KaTeX's own output with `trust: false`; all it takes from the model it escapes.
  return `<span class="${name}" data-tex="${escapeHtml(sourceToCopy(source, tex))}" dir="ltr">${html}</span>`;
}

function renderNodes(nodes: readonly Node[], drawing: Drawing): string {
  return nodes.map((node) => renderNode(node, drawing)).join('');
}

/** Elements that are drawn as they are. */
const elements = new Set('p em strong del ul ol li blockquote hr br sup code thead tbody tr th td'.split(' '));
const empty = new Set(['hr', 'br']);

function renderNode(node: Node, drawing: Drawing): string {
  if (node.type === 'text') return escapeHtml(node.value ?? '');
  if (node.type !== 'element') return renderNodes(node.children ?? [], drawing);
  const { tagName: name = '', properties = {}, children = [] } = node;
  if (name === 'md-formula') return renderFormulaNode(node, drawing);
  if (name === 'pre') return renderFence(node);
  if (name === 'a') return renderLink(String(properties['href'] ?? ''), renderNodes(children, drawing), textOf(node));
  if (name === 'img') return renderImage(String(properties['src'] ?? ''), String(properties['alt'] ?? ''));
  if (name === 'input') return `<input type="checkbox" disabled${properties['checked'] ? ' checked' : ''}>`;
  const inner = renderNodes(children, drawing);
  if (name === 'table') return `<div class="md-table"><table>${inner}</table></div>`;
  const level = /^h([1-6])$/.exec(name)?.[1];
  const own = level === undefined ? name : headingElement(Number(level), drawing.topHeading);
  if (level === undefined && !elements.has(own)) return inner;
  const tag = `${own}${attributesOf(name, properties)}`;
  return empty.has(own) ? `<${tag}>` : `<${tag}>${inner}</${own}>`;
}

function attributesOf(name: string, properties: Record<string, unknown>): string {
  const heading = /^h([1-6])$/.exec(name)?.[1];
  if (heading !== undefined) return ` class="md-h${Math.min(4, Number(heading))}"`;
  if (name === 'ol' && Number.isInteger(properties['start'])) return ` start="${Number(properties['start'])}"`;
  if ((name === 'th' || name === 'td') && /^(left|right|center)$/.test(String(properties['align']))) {
    return ` style="text-align:${properties['align']}"`;
  }
  const classes = Array.isArray(properties['className']) ? properties['className'].map(String) : [];
  const tasks = classes.filter((c) => c === 'contains-task-list' || c === 'task-list-item');
  return tasks.length > 0 ? ` class="${tasks.join(' ')}"` : '';
}

function renderFormulaNode(node: Node, drawing: Drawing): string {
  const { tex, display, draw } = node.properties ?? {};
  return renderFormula(
    { source: textOf(node), tex: String(tex), display: Boolean(display), complete: Boolean(draw) },
    drawing,
  );
}

/** Code inside a list or a quote. */
function renderFence(node: Node): string {
  const code = node.children?.[0];
  if (!code) return '';
  const classes = code.properties?.['className'];
  const named = Array.isArray(classes) ? classes.map(String).find((name) => name.startsWith('language-')) : undefined;
  return renderCode((named ?? '').slice('language-'.length), textOf(code).replace(/\n$/, ''));
}

function renderLink(href: string, inner: string, words: string): string {
  const address = readAddress(href);
  if (!address) return `<span class="md-dead-link">${inner}</span>`;
  const title = escapeHtml(`${address.host}\n${address.href.slice(0, 300)}`);
  const link = `<a href="${escapeHtml(address.href)}" title="${title}" target="_blank" rel="noopener noreferrer" referrerpolicy="no-referrer">${inner}</a>`;
  return namesAnotherHost(words, address)
    ? `${link}<span class="text-[0.86em] text-ink-muted"> (${escapeHtml(address.host)})</span>`
    : link;
}

/** Never loaded: an image's address could tell who reads. */
function renderImage(src: string, alt: string): string {
  const address = readAddress(src);
  const name = alt.trim() === '' ? 'Image' : alt;
  const words = address
    ? `${renderLink(src, escapeHtml(name), name)} <span class="text-[0.86em] text-ink-muted">${escapeHtml(address.host)}</span>`
    : escapeHtml(name);
  return `<span class="inline-block max-w-full rounded-md border border-line px-[0.6em] py-[0.1em]">${words}</span>`;
}

/** A text as it may stand in an element or in an attribute in quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
