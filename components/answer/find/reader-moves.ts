import { readFrom } from '../../ui/use-follow-end.ts';

/** After a jump, what is drawn above and below has settled when its height has not changed for this long, in ms. */
export const settlingMs = 900;

/** However long it goes on changing, as a thought does that still grows. */
const longestSettlingMs = 6000;

const handed = ['wheel', 'touchstart', 'pointerdown'];

/**
 * Aborted as soon as the reader scrolls or presses something: what had been bringing a place into view leaves it alone.
 * @param options.keys also by the keyboard.
 */
export function untilReaderMoves(options: { keys: boolean }): AbortController {
  const moved = new AbortController();
  for (const type of options.keys ? [...handed, 'keydown'] : handed) {
    window.addEventListener(type, () => moved.abort(), { signal: moved.signal, capture: true, passive: true });
  }
  return moved;
}

/** Whether an element has more than it shows, and scrolls it. */
export function scrolls(element: Element): boolean {
  return element.scrollHeight > element.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(element).overflowY);
}

/**
 * Brings a place into view, and again whenever something is drawn, until it is all there or the reader takes over.
 * @param scroll brings it there; called now, and whenever `content` has another height or other elements in it: what is drawn
 * where it had been estimated rightly changes no height, and yet the place in it is elsewhere.
 * @returns ends it when it is aborted.
 */
export function settle(content: Element, scroll: () => void): AbortController {
  const settling = untilReaderMoves({ keys: true });
  const end = () => settling.abort();
  let rested = setTimeout(end, settlingMs);
  const longest = setTimeout(end, longestSettlingMs);
  const again = () => {
    scroll();
    clearTimeout(rested);
    rested = setTimeout(end, settlingMs);
  };
  const sizes = new ResizeObserver(again);
  const elements = new MutationObserver(again);
  settling.signal.addEventListener('abort', () => {
    sizes.disconnect();
    elements.disconnect();
    clearTimeout(rested);
    clearTimeout(longest);
  });
  scroll();
  sizes.observe(content);
  elements.observe(content, { childList: true, subtree: true });
  return settling;
}

/** Has a place read from here on: brings it into view as soon as it is found, and keeps it there like `settle`. */
export function settleAt(find: () => Element | null | undefined, block: 'start' | 'center'): void {
  settle(document.body, () => {
    const place = find();
    if (!place) return;
    readFrom(place);
    place.scrollIntoView({ block });
  });
}

/** Keeps what was just opened in view while it is drawn, until the reader takes over. Returns what ends that. */
export function keepInView(element: Element): () => void {
  const settling = settle(element, () => element.scrollIntoView({ block: 'nearest' }));
  return () => settling.abort();
}
