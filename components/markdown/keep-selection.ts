interface End {
  /** Characters of the element's text before it. */
  offset: number;
  isAnchor: boolean;
}

/**
 * Whether something may have been selected since we last asked: to ask makes the browser lay the page out, and in most
 * frames nobody has touched anything. The selection's own event may come a frame late.
 */
let mayBeSelected = true;
if (typeof document !== 'undefined') {
  const look = () => {
    mayBeSelected = true;
  };
  for (const type of ['selectstart', 'selectionchange', 'pointerdown', 'pointermove', 'pointerup', 'keydown']) {
    document.addEventListener(type, look, { capture: true, passive: true });
  }
}

/**
 * Remembers what a reader has selected inside an element whose text is about to change at its end: a browser forgets the
 * place when the text node it is in gets its new text. Undefined when nothing is selected there; else what selects the
 * same words again once the new text is drawn.
 */
export function keepSelection(element: Element): (() => void) | undefined {
  if (!mayBeSelected) return undefined;
  const selection = document.getSelection();
  mayBeSelected = selection !== null && !selection.isCollapsed;
  if (!selection || !mayBeSelected) return undefined;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  if (!anchorNode || !focusNode) return undefined;
  const ends: End[] = [];
  if (element.contains(anchorNode))
    ends.push({ offset: lengthUntil(element, anchorNode, anchorOffset), isAnchor: true });
  if (element.contains(focusNode)) ends.push({ offset: lengthUntil(element, focusNode, focusOffset), isAnchor: false });
  if (ends.length === 0) return undefined;
  return () => {
    let [anchor, focus]: [Place, Place] = [
      { node: anchorNode, offset: anchorOffset },
      { node: focusNode, offset: focusOffset },
    ];
    for (const { offset, isAnchor } of ends) {
      const place = placeAt(element, offset);
      if (!place) return;
      if (isAnchor) anchor = place;
      else focus = place;
    }
    if (
      isAt(selection.anchorNode, selection.anchorOffset, anchor) &&
      isAt(selection.focusNode, selection.focusOffset, focus)
    )
      return;
    if (!anchor.node.isConnected || !focus.node.isConnected) return;
    selection.setBaseAndExtent(anchor.node, anchor.offset, focus.node, focus.offset);
  };
}

interface Place {
  node: Node;
  offset: number;
}

function isAt(node: Node | null, offset: number, place: Place): boolean {
  return node === place.node && offset === place.offset;
}

function lengthUntil(element: Element, node: Node, offset: number): number {
  const range = document.createRange();
  range.setStart(element, 0);
  range.setEnd(node, offset);
  return range.toString().length;
}

/** The place in an element's text, at the end of a node rather than at the beginning of the next. */
function placeAt(element: Element, offset: number): Place | undefined {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let left = offset;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.nodeValue?.length ?? 0;
    if (left <= length) return { node, offset: left };
    left -= length;
  }
  return undefined;
}
