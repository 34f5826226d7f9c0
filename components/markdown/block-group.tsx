'use client';

import { memo, startTransition, useEffect, useRef, useState } from 'react';
import type { Block } from '../../lib/markdown/blocks.ts';
import { BlockView } from './block-view.tsx';
import { undrawnTexts } from './copy-selection.js';
import { observeNear } from './near-screen.ts';
import type { TextPlaces } from './text-places.ts';

interface BlockGroupProps {
  blocks: readonly Block[];
  /** The block that is still being written, if it is in this group. */
  open: Block | undefined;
  tone: 'answer' | 'reasoning';
  drawAlways: boolean;
  /** Whether to draw it before it is known where the screen is. */
  drawFirst: boolean;
  places: TextPlaces | undefined;
}

/** Some neighbouring blocks; far from the screen, an empty box of their height. */
export const BlockGroup = memo(function BlockGroup(props: BlockGroupProps) {
  const { blocks, open, tone, drawAlways, drawFirst, places } = props;
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(() => (drawAlways || drawFirst ? undefined : estimateHeight(blocks)));
  const drawn = drawAlways || height === undefined;

  useEffect(() => {
    const element = box.current;
    if (drawAlways || !element) return;
    return observeNear(element, (near, measured) => {
      if (near) startTransition(() => setHeight(undefined));
      else if (!isSelected(element)) setHeight((former) => former ?? measured);
    });
  }, [drawAlways]);

  useEffect(() => {
    if (box.current) undrawnTexts.set(box.current, () => blocks.map((block) => block.text).join(''));
  }, [blocks]);

  const start = blocks[0]?.start ?? 0;
  useEffect(() => places?.register(start, () => setHeight(undefined)), [places, start]);

  return (
    <div
      ref={box}
      className="md-group"
      style={drawn ? undefined : { height }}
      data-drawn={drawn}
      data-continued={blocks[0]?.continued || undefined}
    >
      {drawn && blocks.map((block) => <BlockView key={block.start} block={block} open={block === open} tone={tone} />)}
    </div>
  );
}, isSameGroup);

function isSameGroup(before: BlockGroupProps, after: BlockGroupProps): boolean {
  return (
    before.tone === after.tone &&
    before.places === after.places &&
    before.drawAlways === after.drawAlways &&
    before.open === after.open &&
    before.blocks.length === after.blocks.length &&
    before.blocks.every((block, i) => block === after.blocks[i])
  );
}

/** What a reader has selected stays, or it could not be copied. */
function isSelected(element: HTMLElement): boolean {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(element, true);
}

/** A first guess, in px, until the group has been drawn and measured. */
function estimateHeight(blocks: readonly Block[]): number {
  let lines = 0;
  for (const block of blocks) {
    for (const line of block.text.split('\n')) lines += Math.ceil(line.length / 80);
    lines += 0.6;
  }
  return Math.round(lines * 27);
}
