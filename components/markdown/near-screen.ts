/** How far outside the screen still counts as near, in px: more than a quick flick of the wheel. */
const margin = 1200;

type OnChange = (near: boolean, height: number) => void;

interface Watch {
  observer: IntersectionObserver;
  changes: Map<Element, OnChange>;
}

const watches = new Map<Element | null, Watch>();

/**
 * Tells whether an element is near what the reader sees, now and at every change, with its height. One observer serves
 * all elements in the same scrolling box. Returns what ends it.
 */
export function observeNear(element: Element, onChange: OnChange): () => void {
  const root = scrollerOf(element);
  const watch = watches.get(root) ?? createWatch(root);
  watch.changes.set(element, onChange);
  watch.observer.observe(element);
  return () => {
    watch.observer.unobserve(element);
    watch.changes.delete(element);
    if (watch.changes.size > 0) return;
    watch.observer.disconnect();
    watches.delete(root);
  };
}

function createWatch(root: Element | null): Watch {
  const changes = new Map<Element, OnChange>();
  // `scrollMargin` widens the scrolling boxes between the root and the element, such as the thinking pane
  const options = { root, rootMargin: `${margin}px 0px`, scrollMargin: `${margin}px 0px` };
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) changes.get(entry.target)?.(entry.isIntersecting, entry.boundingClientRect.height);
  }, options);
  const watch = { observer, changes };
  watches.set(root, watch);
  return watch;
}

/** By parent: to ask for a style in the middle of a frame makes the browser reckon all that has changed. */
const scrollers = new WeakMap<Element, { box: Element | null }>();

/** The outermost box that scrolls the element; null when that is the page. */
function scrollerOf(element: Element): Element | null {
  const known = element.parentElement && scrollers.get(element.parentElement);
  if (known) return known.box;
  let box: Element | null = null;
  for (let parent = element.parentElement; parent && parent !== document.body; parent = parent.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(parent).overflowY)) box = parent;
  }
  if (element.parentElement) scrollers.set(element.parentElement, { box });
  return box;
}
