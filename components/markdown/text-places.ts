import { flushSync } from 'react-dom';
import type { Block } from '../../lib/markdown/blocks.ts';

/** A block that is in the page now. */
export interface DrawnBlock {
  block: Block;
  element: HTMLElement;
}

/**
 * Where the places of a text are on the screen, and the other way round; places that are not drawn are estimated, or drawn
 * on request. Offsets are in UTF-16 units of the text, heights in px of the window.
 */
export class TextPlaces {
  #element: HTMLElement | undefined;
  #groups: readonly (readonly Block[])[] = [];
  readonly #draws = new Map<number, () => void>();

  /** Called by the renderer: the element whose children are the groups, one for one. */
  attach(element: HTMLElement | null, groups: readonly (readonly Block[])[]): void {
    this.#element = element ?? undefined;
    this.#groups = groups;
  }

  /** Called by a group: how to draw it. Returns what ends that. */
  register(start: number, draw: () => void): () => void {
    this.#draws.set(start, draw);
    return () => {
      if (this.#draws.get(start) === draw) this.#draws.delete(start);
    };
  }

  /** The element all of the text is in. */
  get element(): HTMLElement | undefined {
    return this.#element;
  }

  /** The block an offset is in, if it is in the page. */
  drawnAt(offset: number): DrawnBlock | undefined {
    const at = this.#groupAt(offset);
    return this.#drawnBlock(at, blockAt(this.#groups[at] ?? [], offset));
  }

  /** Draws the group in which an offset is, at once; the caller scrolls there, or it is soon taken out again. */
  draw(offset: number): DrawnBlock | undefined {
    const at = this.#groupAt(offset);
    const start = this.#groups[at]?.[0]?.start;
    if (start === undefined) return undefined;
    if (!this.#groupElement(at)?.firstElementChild) flushSync(() => this.#draws.get(start)?.());
    return this.drawnAt(offset);
  }

  /** Where the line of an offset is, at the top of it; undefined before anything is drawn. */
  topOf(offset: number): number | undefined {
    const at = this.#groupAt(offset);
    const group = this.#groups[at];
    const element = this.#groupElement(at);
    if (!group || !element) return undefined;
    const drawn = this.#drawnBlock(at, blockAt(group, offset));
    if (!drawn) return interpolate(element, shareOf(group, offset));
    return interpolate(drawn.element, (offset - drawn.block.start) / Math.max(1, drawn.block.text.length));
  }

  /** The offset that is at a height of the window: the nearest there is. */
  offsetAt(y: number): number {
    const at = lastIndex(this.#groups.length, (i) => (this.#groupElement(i)?.getBoundingClientRect().top ?? 0) <= y);
    const group = this.#groups[at];
    const element = this.#groupElement(at);
    const first = group?.[0];
    if (!group || !element || !first) return 0;
    if (!element.firstElementChild) return first.start + Math.floor(shareAt(element, y) * lengthOf(group));
    const inside = lastIndex(group.length, (i) => (element.children[i]?.getBoundingClientRect().top ?? 0) <= y);
    const drawn = this.#drawnBlock(at, inside);
    if (!drawn) return first.start;
    return drawn.block.start + Math.floor(shareAt(drawn.element, y) * drawn.block.text.length);
  }

  /** All blocks that are in the page, in their order. */
  drawnBlocks(): DrawnBlock[] {
    return this.#groups.flatMap((group, at) => {
      if (!this.#groupElement(at)?.firstElementChild) return [];
      return group.flatMap((_, i) => this.#drawnBlock(at, i) ?? []);
    });
  }

  #groupAt(offset: number): number {
    return lastIndex(this.#groups.length, (i) => (this.#groups[i]?.[0]?.start ?? 0) <= offset);
  }

  #groupElement(at: number): HTMLElement | undefined {
    const element = this.#element?.children[at];
    return element instanceof HTMLElement ? element : undefined;
  }

  #drawnBlock(at: number, i: number): DrawnBlock | undefined {
    const block = this.#groups[at]?.[i];
    const element = this.#groupElement(at)?.children[i];
    return block && element instanceof HTMLElement ? { block, element } : undefined;
  }
}

function blockAt(group: readonly Block[], offset: number): number {
  return lastIndex(group.length, (i) => (group[i]?.start ?? 0) <= offset);
}

function lengthOf(group: readonly Block[]): number {
  return group.reduce((sum, block) => sum + block.text.length, 0);
}

function shareOf(group: readonly Block[], offset: number): number {
  return (offset - (group[0]?.start ?? 0)) / Math.max(1, lengthOf(group));
}

function interpolate(element: Element, share: number): number {
  const { top, height } = element.getBoundingClientRect();
  return top + Math.min(1, Math.max(0, share)) * height;
}

function shareAt(element: Element, y: number): number {
  const { top, height } = element.getBoundingClientRect();
  return height === 0 ? 0 : Math.min(1, Math.max(0, (y - top) / height));
}

/** The last of `count` indices for which `holds`, which holds for the first ones only; 0 when it holds for none. */
function lastIndex(count: number, holds: (i: number) => boolean): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
