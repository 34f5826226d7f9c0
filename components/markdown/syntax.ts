import { type Formula, restoreFormulas, splitAtFormulas } from '../../lib/markdown/math.ts';

/** As much of a syntax tree's node as is used here; mdast and hast nodes are both of this shape. */
interface TreeNode {
  type: string;
  value?: string;
  url?: string;
  title?: string | null;
  alt?: string | null;
  align?: (string | null)[] | null;
  children?: TreeNode[];
  data?: Record<string, unknown>;
}

/** Formulas drawn in one block; more are shown as source. */
export const maxFormulas = 100;
const maxDepth = 50;

/**
 * What models write, not all of Markdown: no HTML blocks (tags are shown, what is between them is still Markdown), no
 * code by indentation, no definitions and footnotes (they reach across blocks, and would hide text).
 */
export function plainSyntax(this: unknown): void {
  const processor = this as { data(): { micromarkExtensions?: unknown[] } }; // unified's; its types are not ours to import
  const data = processor.data();
  data.micromarkExtensions ??= [];
  data.micromarkExtensions.push({
    disable: {
      null: [
        'htmlFlow',
        'codeIndented',
        'definition',
        'gfmFootnoteDefinition',
        'gfmFootnoteCall',
        'gfmPotentialFootnoteCall',
      ],
    },
  });
}

/** Puts formulas where their tokens stand, line breaks where lines end, and HTML as the text it is. */
export function readFormulas(formulas: readonly Formula[]): (tree: TreeNode) => void {
  let drawn = 0;

  function read(node: TreeNode): void {
    for (const field of ['url', 'title', 'alt'] as const) {
      const value = node[field];
      if (typeof value === 'string') node[field] = restoreFormulas(value, formulas);
    }
    if (node.value !== undefined) node.value = restoreFormulas(node.value, formulas);
    if (!node.children) return;
    node.children = node.children.flatMap((child) => {
      if (child.type === 'text') return readText(child.value ?? '');
      if (child.type === 'table') widen(child);
      if (child.type === 'link')
        return splitAddress(child).flatMap((part) =>
          part.type === 'text' ? readText(part.value ?? '') : [readAll(part)],
        );
      if (child.type === 'html') return [readTag(restoreFormulas(child.value ?? '', formulas))];
      return [readAll(child)];
    });
  }

  function readAll(node: TreeNode): TreeNode {
    read(node);
    return node;
  }

  function readText(text: string): TreeNode[] {
    return splitAtFormulas(text, formulas).flatMap((piece) => {
      if (typeof piece === 'string') return readWords(piece);
      drawn += 1;
      return [formulaNode(piece, drawn <= maxFormulas)];
    });
  }

  return read;
}

/** A row with more cells than its head keeps them: the table is as wide as its widest row. */
function widen(table: TreeNode): void {
  if (!table.align) return;
  const most = Math.max(...(table.children ?? []).map((row) => row.children?.length ?? 0));
  while (table.align.length < most) table.align.push(null);
}

/** Where another script's sentence goes on behind a bare address: its punctuation, quotes, or Korean particles. */
const addressEnd =
  /[\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65“”‘’«»‹›„‚…·、。]|(?<=[\w/])(?:을|를|이|가|은|는|의|와|과|에|에서|으로|로|도|입니다|이다|에게|부터|까지)(?=$|[^\p{L}])|(?<=:\/\/[\w.-]+)\p{sc=Hangul}/u;

/** A bare address (its words are the address) ends where a sentence in another script goes on; the rest is text. */
function splitAddress(link: TreeNode): TreeNode[] {
  const [words] = link.children ?? [];
  const said = words?.type === 'text' && link.children?.length === 1 ? (words.value ?? '') : '';
  const url = link.url ?? '';
  if (said === '' || (url !== said && url !== `http://${said}` && url !== `mailto:${said}`)) return [link];
  const end = addressEnd.exec(said)?.index ?? -1;
  if (end <= 0) return [link];
  const kept = withoutEnd(said.slice(0, end));
  const short = {
    ...link,
    url: url.slice(0, url.length - (said.length - kept.length)),
    children: [{ type: 'text', value: kept }],
  };
  return [short, ...readAddresses(said.slice(kept.length))];
}

/** An address without the sentence's own marks at its end: a full stop, a bracket that it did not open. */
function withoutEnd(address: string): string {
  let kept = address;
  for (;;) {
    const isOpened = kept.split('(').length >= kept.split(')').length;
    if (!/[.,:;!?'"*_~]$/.test(kept) && (isOpened || !kept.endsWith(')'))) return kept;
    kept = kept.slice(0, -1);
  }
}

/** The addresses in what stood behind one, which the parser took for a part of it. */
function readAddresses(text: string): TreeNode[] {
  const found = /https?:\/\/[^\s<]+/i.exec(text);
  if (!found) return [{ type: 'text', value: text }];
  const address = withoutEnd(found[0]);
  const next = { type: 'link', url: address, title: null, children: [{ type: 'text', value: address }] };
  const rest = text.slice(found.index + address.length);
  const before = { type: 'text', value: text.slice(0, found.index) };
  return [before, ...splitAddress(next), ...(rest === '' ? [] : [{ type: 'text', value: rest }])];
}

function formulaNode(formula: Formula, draw: boolean): TreeNode {
  const { source, tex, display, complete } = formula;
  const hProperties = { tex, display, draw: complete && draw };
  const children = [{ type: 'text', value: source }];
  return { type: 'formula', children, data: { hName: 'md-formula', hProperties } };
}

/** Text with its line breaks, and footnote marks raised. */
function readWords(text: string): TreeNode[] {
  return text.split(/(\n|\[\^[\w-]{1,20}\])/).flatMap((words): TreeNode[] => {
    if (words === '') return [];
    if (words === '\n') return [{ type: 'break' }];
    const note = /^\[\^(.+)\]$/.exec(words)?.[1];
    if (note === undefined) return [{ type: 'text', value: words }];
    return [{ type: 'note', children: [{ type: 'text', value: note }], data: { hName: 'sup' } }];
  });
}

function readTag(html: string): TreeNode {
  return /^<br[ \t]*\/?>$/i.test(html) ? { type: 'break' } : { type: 'text', value: html };
}

/** What is nested deeper than 50 elements becomes plain text. */
export function flattenDeep(): (tree: TreeNode) => void {
  return (tree) => {
    let level = [tree];
    for (let depth = 0; level.length > 0; depth++) {
      const next: TreeNode[] = [];
      for (const node of level) {
        if (!node.children) continue;
        if (depth >= maxDepth) node.children = [{ type: 'text', value: textOf(node) }];
        else next.push(...node.children);
      }
      level = next;
    }
  };
}

/** All text in a tree, without recursion: it may be too deep for that. */
export function textOf(tree: TreeNode): string {
  const stack = [tree];
  let text = '';
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.type === 'text') text += node.value ?? '';
    if (node.children) stack.push(...[...node.children].reverse());
  }
  return text;
}
