/** After a jump, what is drawn above and below changes its height for about this long, in ms. */
export const settlingMs = 900;

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

/** Keeps what was just opened in view while it is drawn, until the reader takes over. Returns what ends that. */
export function keepInView(element: Element): () => void {
  const settling = untilReaderMoves({ keys: true });
  const sizes = new ResizeObserver(() => element.scrollIntoView({ block: 'nearest' }));
  sizes.observe(element);
  settling.signal.addEventListener('abort', () => sizes.disconnect());
  setTimeout(() => settling.abort(), settlingMs);
  return () => settling.abort();
}
