/**
 * A browser's translator takes text nodes out of the page and puts `<font>` elements in their places. React keeps the text
 * nodes: what it writes into one is seen nowhere, and to take one out, or to put something before it, throws. So what was
 * put in the place of what is remembered: it is taken out or put before instead, and a text that changes comes back.
 */

/** The element that stands where a text stood, and the other way round. */
const standIns = new WeakMap<Node, Element>();
const textsOf = new WeakMap<Node, Text>();
let observer: MutationObserver | undefined;

/** Keeps the page whole under a translator, from now on. */
export function endureTranslation(): void {
  if (observer) return;
  observer = new MutationObserver(take);
  observer.observe(document.body, { childList: true, subtree: true });
  const { removeChild, insertBefore, appendChild } = Node.prototype;
  Node.prototype.removeChild = function <T extends Node>(this: Node, child: T): T {
    const shown = child.parentNode === this ? child : shownFor(child, this);
    if (shown) removeChild.call(this, shown);
    else if (!(child instanceof Text)) return removeChild.call(this, child) as T; // throws, as it should
    return child;
  };
  Node.prototype.insertBefore = function <T extends Node>(this: Node, node: T, before: Node | null): T {
    comeBack(node); // or what stands for it would stay where it was
    const isHere = before === null || before.parentNode === this;
    const shown = isHere ? before : shownFor(before, this);
    return insertBefore.call(this, node, shown ?? (before instanceof Text ? null : before)) as T;
  };
  Node.prototype.appendChild = function <T extends Node>(this: Node, node: T): T {
    comeBack(node);
    return appendChild.call(this, node) as T;
  };
}

/** The child of a node that stands for another one: what took its place, or what was put around it. */
function shownFor(node: Node, parent: Node): Node | undefined {
  if (observer) take(observer.takeRecords());
  let shown: Node | null = node.parentNode ? node : (standIns.get(node) ?? null);
  while (shown && shown.parentNode !== parent) shown = isFont(shown.parentNode) ? shown.parentNode : null;
  return shown ?? undefined;
}

function take(records: readonly MutationRecord[]): void {
  for (const record of records) {
    if (record.type === 'characterData') comeBack(record.target);
    else for (const removed of record.removedNodes) remember(removed, record);
  }
}

function remember(removed: Node, { addedNodes, previousSibling, nextSibling }: MutationRecord): void {
  const text = removed instanceof Text ? removed : textsOf.get(removed);
  if (!text || text.isConnected) return;
  const standIn = [...addedNodes, previousSibling, nextSibling].find((node) => isFont(node) && !textsOf.has(node));
  if (!(standIn instanceof Element)) return;
  standIns.set(text, standIn);
  textsOf.set(standIn, text);
  observer?.observe(text, { characterData: true });
}

/** A text that was written into is seen again; the translator will find it. */
function comeBack(text: Node): void {
  const standIn = standIns.get(text);
  if (!standIn?.isConnected || text.isConnected) return;
  standIns.delete(text);
  textsOf.delete(standIn);
  standIn.replaceWith(text);
}

function isFont(node: Node | null): node is Element {
  return node?.nodeName === 'FONT';
}
