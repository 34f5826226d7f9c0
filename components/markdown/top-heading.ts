import type { Block } from '../../lib/markdown/blocks.ts';

const headingMarks = /^ {0,3}(#{1,6})(?=\s|$)/gm;
const noHeading = 7;

/** A block that is finished is looked through once. */
const known = new WeakMap<Block, number>();

function topOf(block: Block): number {
  if (block.kind === 'code') return noHeading;
  let top = known.get(block);
  if (top === undefined) {
    top = Math.min(noHeading, ...[...block.text.matchAll(headingMarks)].map(([, mark = '']) => mark.length));
    known.set(block, top);
  }
  return top;
}

/** The highest heading that is marked by `#`; of those that are underlined there are two levels, which become one. */
export function topHeadingOf(blocks: readonly Block[]): number {
  const top = blocks.reduce((highest, block) => Math.min(highest, topOf(block)), noHeading);
  return top === noHeading ? 2 : top;
}

/**
 * The element of a model's heading: whatever level it begins with, its highest one stands right below the heading of the
 * answer, which is an h2.
 */
export function headingElement(level: number, top: number): 'h3' | 'h4' | 'h5' | 'h6' {
  return elements[Math.max(0, level - top)] ?? 'h6';
}

const elements = ['h3', 'h4', 'h5', 'h6'] as const;
