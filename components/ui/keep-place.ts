/**
 * Remembers where an element stands on the screen. Call it before a change of what is below the element, and what it
 * returns once the change is drawn, before the browser paints: the element then stands where it stood. Where the box it
 * scrolls in has become too short for that, the box keeps its length until the reader scrolls up or its content has
 * grown into it.
 *
 * An element above the box's upper edge comes to that edge: what remains of it must be in view.
 */
export function keepPlace(element: HTMLElement): () => void {
  const box = scrollerOf(element);
  if (!box) return () => {};
  const stood = Math.max(element.getBoundingClientRect().top, box.getBoundingClientRect().top);
  return () => {
    const moved = () => element.getBoundingClientRect().top - stood;
    if (!element.isConnected || Math.abs(moved()) < 1) return;
    box.scrollTop += moved();
    const missing = moved();
    if (missing < 1) return;
    lengthen(box, missing);
    box.scrollTop += missing;
  };
}

/** Makes what is in a box `missing` px longer for as long as that is in view. */
function lengthen(box: HTMLElement, missing: number): void {
  const content = box.firstElementChild;
  if (!(content instanceof HTMLElement)) return;
  let room = content.offsetHeight + missing;
  content.style.minHeight = `${room}px`;
  const giveBack = () => {
    const below = content.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom;
    if (below > 1) room -= below;
    if (content.offsetHeight > Math.ceil(parseFloat(content.style.minHeight)) + 1 || room <= 0) {
      content.style.minHeight = '';
      box.removeEventListener('scroll', giveBack);
    } else if (below > 1) content.style.minHeight = `${room}px`;
  };
  box.addEventListener('scroll', giveBack, { passive: true });
}

function scrollerOf(element: HTMLElement): HTMLElement | undefined {
  for (let parent = element.parentElement; parent; parent = parent.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(parent).overflowY)) return parent;
  }
  return undefined;
}
