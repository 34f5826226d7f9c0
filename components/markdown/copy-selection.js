// @ts-check
// What a reader selects of a model's text, as it goes to the clipboard: formulas as their TeX, once; tables, lists and code
// as such; paragraphs with their breaks; and none of what the page puts around it. Plain JavaScript, for a shared page gets
// this file as it is.

/**
 * A stretch of what is copied. Strings are words whose white space means no more than a blank; `exact` is text as it stands.
 * @typedef {{ tag: string, children: Content[], exact?: string, marker?: string, start?: number, href?: string, joins?: boolean }} Piece
 * `marker`: what stands before a list's item; `joins`: it goes on with the piece before it
 * @typedef {string | Piece} Content
 */

/** What was said: a model's texts, questions, and what is folded. All else is names, notes and figures around it. */
const said = '.md, .question, .question-text, details';
/** What is no text in these: controls, and what is there for the ear only. */
const around = 'button, summary, svg, select, textarea, dialog, .sr-only, .md-code-head, [data-uncopied]';
/** Boxes that only hold others. */
const boxes = '.md, .md-group, .md-block, .md-code, .md-table';
/** What stands between their children is no text. */
const holders = 'table, thead, tbody, tr, ul, ol, blockquote';
const keepsLines = 'pre, .md-plain, .question, .question-text, .whitespace-pre-wrap';
const named = new Set(
  'p em strong del ul ol li blockquote sup code pre table thead tbody tr th td h1 h2 h3 h4 h5 h6 a br hr'.split(' '),
);
const blocks = new Set(
  'p ul ol blockquote pre table h1 h2 h3 h4 h5 h6 hr div section article main header details source'.split(' '),
);
/** Of these, two that join are one. */
const joined = new Set(['pre', 'ul', 'ol', 'table']);

/**
 * What groups of blocks that are not drawn hold, as it was written: a selection may go over them.
 * @type {WeakMap<Element, () => string>}
 */
export const undrawnTexts = new WeakMap();

/**
 * Puts what is selected on the clipboard, if any of it is a model's text; a listener of `copy`.
 * @param {ClipboardEvent} event
 */
export function putSelection(event) {
  const { target, clipboardData } = event;
  if (event.defaultPrevented || !clipboardData) return;
  if (target instanceof Element && target.closest('input, textarea, [contenteditable]')) return;
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed) return;
  const ranges = Array.from({ length: selection.rangeCount }, (_, i) => selection.getRangeAt(i));
  if (!ranges.some(holdsModelText)) return;
  const contents = ranges.flatMap(contentsOf);
  const text = textOf(contents);
  if (text === '') return;
  clipboardData.setData('text/plain', text);
  clipboardData.setData('text/html', htmlOf(contents));
  event.preventDefault();
}

/** @param {Range} range */
function holdsModelText(range) {
  const root = elementOf(range.commonAncestorContainer);
  if (root?.closest('.md')) return true;
  return [...(root?.querySelectorAll('.md') ?? [])].some((text) => range.intersectsNode(text));
}

/** @param {Node} node */
function elementOf(node) {
  return node instanceof Element ? node : node.parentElement;
}

/**
 * What a range holds, from the structure it is in on: rows are of a table, items of a list, lines of code.
 * @param {Range} range
 * @returns {Content[]}
 */
export function contentsOf(range) {
  let root = elementOf(range.commonAncestorContainer);
  root = root?.closest('.md-formula, pre')?.parentElement ?? root;
  if (root?.matches('table, thead, tbody, tr')) root = root.closest('table')?.parentElement ?? null;
  if (root?.matches('ul, ol')) root = root.parentElement;
  return root ? childrenOf(root, range) : [];
}

/**
 * @param {Element} element
 * @param {Range} range
 * @returns {Content[]}
 */
function childrenOf(element, range) {
  /** @type {Content[]} */
  const contents = [];
  for (const node of element.childNodes) {
    if (!range.intersectsNode(node)) continue;
    for (const content of readNode(node, range)) {
      const before = contents.at(-1);
      const joins = typeof content === 'object' && content.joins && typeof before === 'object';
      if (joins && before.tag === content.tag && joined.has(content.tag)) join(before, content);
      else contents.push(content);
    }
  }
  return contents;
}

/**
 * @param {Piece} before
 * @param {Piece} piece
 */
function join(before, piece) {
  if (piece.tag === 'pre') before.exact = `${before.exact}\n${piece.exact}`;
  else before.children.push(...piece.children);
}

/**
 * @param {Node} node
 * @param {Range} range
 * @returns {Content[]}
 */
function readNode(node, range) {
  if (node instanceof Text) return readText(node, range);
  if (!(node instanceof Element) || node.matches(around)) return [];
  const tag = node.localName;
  if (tag === 'br' || tag === 'hr') return node.closest(said) ? [{ tag, children: [] }] : [];
  if (node instanceof HTMLInputElement) {
    const isTask = node.type === 'checkbox' && node.closest('.md') !== null;
    return isTask ? [node.checked ? '[x]' : '[ ]'] : [];
  }
  if (node.matches('.md-formula')) return readFormula(node, range);
  if ((node.matches('.md-group') && !node.firstElementChild) || node.matches('.turn[data-undrawn]')) {
    return [{ tag: 'source', children: [], exact: (undrawnTexts.get(node)?.() ?? '').trim() }];
  }
  if (tag === 'thead' && isToldBefore(node, range)) return [];
  if (blocks.has(tag) && !node.checkVisibility()) return []; // folded thinking
  if (tag === 'pre') return readCode(node, range);
  if (tag === 'ol' || tag === 'ul') return readList(node, range);
  const children = childrenOf(node, range);
  const isCell = (tag === 'td' || tag === 'th') && node.closest(said) !== null;
  if (children.length === 0 && !isCell) return [];
  if (node.matches(boxes)) return continued(node, children);
  if (named.has(tag) || blocks.has(tag)) {
    const href = tag === 'a' ? node.getAttribute('href') : null;
    return [{ tag, children, ...(href !== null && { href }) }];
  }
  return children;
}

/**
 * @param {Text} node
 * @param {Range} range
 * @returns {Content[]}
 */
function readText(node, range) {
  const from = node === range.startContainer ? range.startOffset : 0;
  const to = node === range.endContainer ? range.endOffset : node.length;
  const text = node.data.slice(from, to);
  const parent = node.parentElement;
  if (text === '' || !parent?.closest(said) || (text.trim() === '' && parent.matches(holders))) return [];
  return parent.closest(keepsLines) ? [{ tag: '', children: [], exact: text }] : [text];
}

/**
 * Any part of a formula stands for the whole.
 * @param {Element} node
 * @param {Range} range
 * @returns {Content[]}
 */
function readFormula(node, range) {
  if (textWithin(node, range) === '') return [];
  const exact = node.getAttribute('data-tex') ?? node.textContent ?? '';
  return [{ tag: node.matches('.md-display') ? 'formula' : '', children: [], exact }];
}

/**
 * @param {Element} node
 * @param {Range} range
 * @returns {Content[]}
 */
function readCode(node, range) {
  const exact = textWithin(node, range);
  return exact === '' ? [] : [{ tag: 'pre', children: [], exact }];
}

/**
 * @param {Element} node
 * @param {Range} range
 * @returns {Content[]}
 */
function readList(node, range) {
  const start = node instanceof HTMLOListElement ? node.start : undefined;
  /** @type {Piece[]} */
  const items = [];
  let first;
  for (const [at, item] of [...node.children].entries()) {
    const children = range.intersectsNode(item) ? childrenOf(item, range) : [];
    if (children.length === 0) continue;
    const number = start === undefined ? undefined : start + at;
    first ??= number;
    items.push({ tag: 'li', children, marker: number === undefined ? '- ' : `${number}. ` });
  }
  if (items.length === 0) return [];
  return [{ tag: node.localName, children: items, ...(first !== undefined && first !== 1 && { start: first }) }];
}

/**
 * The piece of a long block is one with the piece before it.
 * @param {Element} box
 * @param {Content[]} children
 * @returns {Content[]}
 */
function continued(box, children) {
  const [first, ...rest] = children;
  if (!box.matches('.md-block[data-continued]') || typeof first !== 'object') return children;
  return [{ ...first, joins: true }, ...rest];
}

/**
 * The head of a long table stands over each piece of it.
 * @param {Element} head
 * @param {Range} range
 */
function isToldBefore(head, range) {
  const block = head.closest('.md-block[data-continued]');
  return block !== null && !block.contains(range.startContainer) && block.querySelector('thead') === head;
}

/**
 * @param {Element} node
 * @param {Range} range
 */
function textWithin(node, range) {
  const within = document.createRange();
  within.selectNodeContents(node);
  if (node.contains(range.startContainer)) within.setStart(range.startContainer, range.startOffset);
  if (node.contains(range.endContainer)) within.setEnd(range.endContainer, range.endOffset);
  return within.toString();
}

/**
 * Contents as plain text: cells between tabs, items behind their markers, a blank line between paragraphs.
 * @param {readonly Content[]} contents
 */
export function textOf(contents) {
  const page = { text: '', breaks: 0, isLoose: false };
  for (const content of contents) write(content, page);
  return page.isLoose ? page.text.replace(/ $/, '') : page.text;
}

/** @typedef {{ text: string, breaks: number, isLoose: boolean }} Page `isLoose`: a blank at its end means nothing */

/**
 * @param {Content} content
 * @param {Page} page
 */
function write(content, page) {
  if (typeof content === 'string') return putWords(content, page);
  const { tag, children, exact } = content;
  const breaks = tag === 'formula' ? 1 : blocks.has(tag) ? 2 : 0;
  breakLines(breaks, page);
  if (content.joins) page.breaks = Math.min(page.breaks, 1);
  if (tag === 'br') put('\n', page);
  else if (tag === 'hr') put('---', page);
  else if (exact !== undefined) put(exact, page);
  else if (tag === 'table') put(rowsOf(content).map(textOfRow).join('\n'), page);
  else if (tag === 'ul' || tag === 'ol') writeItems(content, page);
  else for (const child of children) write(child, page);
  breakLines(breaks, page);
}

/**
 * @param {string} words
 * @param {Page} page
 */
function putWords(words, page) {
  const spaced = words.replace(/[ \t\n\r\f]+/g, ' ');
  const isAtStart =
    page.text === '' || page.breaks > 0 || /\n$/.test(page.text) || (page.isLoose && / $/.test(page.text));
  const text = isAtStart ? spaced.replace(/^ /, '') : spaced;
  if (text === '') return;
  put(text, page);
  page.isLoose = true;
}

/**
 * @param {string} text
 * @param {Page} page
 */
function put(text, page) {
  if (page.isLoose && (page.breaks > 0 || text === '\n')) page.text = page.text.replace(/ $/, '');
  const made = /\n*$/.exec(page.text)?.[0].length ?? 0;
  page.text += `${'\n'.repeat(Math.max(0, page.breaks - made))}${text}`;
  page.breaks = 0;
  page.isLoose = false;
}

/**
 * @param {number} count
 * @param {Page} page
 */
function breakLines(count, page) {
  if (page.text !== '') page.breaks = Math.max(page.breaks, count);
}

/**
 * @param {Piece} list
 * @param {Page} page
 */
function writeItems(list, page) {
  for (const item of list.children) {
    if (typeof item === 'string') continue;
    const { marker = '' } = item;
    const isLoose = item.children.some((child) => typeof child === 'object' && child.tag === 'p');
    const lines = itemText(item).replace(/\n(?=[^\n])/g, `\n${' '.repeat(marker.length)}`);
    put(`${marker}${lines}`, page);
    breakLines(isLoose ? 2 : 1, page);
  }
}

/**
 * A list in an item stands right under its words.
 * @param {Piece} item
 */
function itemText({ children }) {
  const page = { text: '', breaks: 0, isLoose: false };
  const isTight = !children.some((child) => typeof child === 'object' && child.tag === 'p');
  for (const child of children) {
    const isList = typeof child === 'object' && (child.tag === 'ul' || child.tag === 'ol');
    if (isList && isTight) {
      breakLines(1, page);
      writeItems(child, page);
    } else write(child, page);
  }
  return page.isLoose ? page.text.replace(/ $/, '') : page.text;
}

/**
 * @param {Piece} table
 * @returns {Piece[]}
 */
function rowsOf({ children }) {
  return children.flatMap((child) => {
    if (typeof child === 'string') return [];
    return child.tag === 'tr' ? [child] : rowsOf(child);
  });
}

/** @param {Piece} row */
function textOfRow({ children }) {
  const cells = children.filter((child) => typeof child === 'object');
  return cells.map((cell) => textOf(cell.children).replace(/\s*\n\s*/g, ' ')).join('\t');
}

/**
 * Contents as HTML, without a look of their own.
 * @param {readonly Content[]} contents
 * @returns {string}
 */
export function htmlOf(contents) {
  return contents.map(htmlOfContent).join('');
}

/** @param {Content} content */
function htmlOfContent(content) {
  if (typeof content === 'string') return escapeText(content);
  const { tag, children, exact, start, href } = content;
  if (tag === 'br' || tag === 'hr') return `<${tag}>`;
  if (tag === 'pre') return `<pre><code>${escapeText(exact ?? '')}</code></pre>`;
  if (tag === 'formula') return `<span style="display:block">${escapeText(exact ?? '')}</span>`;
  if (tag === 'source') return `<p style="white-space:pre-wrap">${escapeText(exact ?? '')}</p>`;
  if (exact !== undefined) return escapeText(exact).replace(/\n/g, '<br>');
  const name = named.has(tag) ? tag : 'div';
  const attributes = `${start === undefined ? '' : ` start="${start}"`}${href === undefined ? '' : ` href="${escapeText(href)}"`}`;
  return `<${name}${attributes}>${htmlOf(children)}</${name}>`;
}

/** @param {string} text */
function escapeText(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
