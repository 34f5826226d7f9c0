/** What is not the model's words: KaTeX's double of a formula, the names and buttons over code. */
const notWords = '.katex, .md-code-head';

/** Where a pattern is found in the words of a block, as ranges of its text nodes. */
export function findRanges(block: Element, pattern: RegExp): Range[] {
  const nodes = textNodesIn(block);
  const text = nodes.map(({ data }) => data).join('');
  const ranges: Range[] = [];
  let at = 0; // the node in hand, and where it begins
  let start = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const range = document.createRange();
    const end = match.index + match[0].length;
    let node = nodes[at];
    while (node && start + node.length <= match.index) {
      start += node.length;
      node = nodes[++at];
    }
    if (!node) break;
    range.setStart(node, match.index - start);
    let last = at;
    let lastStart = start;
    while (nodes[last + 1] && lastStart + (nodes[last]?.length ?? 0) < end) lastStart += nodes[last++]?.length ?? 0;
    range.setEnd(nodes[last] ?? node, end - lastStart);
    ranges.push(range);
  }
  return ranges;
}

function textNodesIn(block: Element): Text[] {
  const filter = (node: Node) => {
    if (node instanceof Text) return NodeFilter.FILTER_ACCEPT;
    return node instanceof Element && node.matches(notWords) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  };
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, filter);
  const nodes: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) if (node instanceof Text) nodes.push(node);
  return nodes;
}
