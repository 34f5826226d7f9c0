'use client';

import { startTransition, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { allBlocks, type Block, type Cut, cutBlocks, growBlocks } from '../../lib/markdown/blocks.ts';
import { BlockGroup } from './block-group.tsx';
import { CodePieces, piecesFrom } from './code-pieces.ts';
import { putSelection } from './copy-selection.js';
import { FormulaSlots, SlotsOfText } from './formula-slots.ts';
import type { TextPlaces } from './text-places.ts';
import { topHeadingOf } from './top-heading.ts';
import { TopHeading } from './top-heading-context.ts';
import { usePrinting } from './use-printing.ts';
import './markdown.css';

export interface MarkdownTextProps {
  text: string;
  /** More is coming: the end is drawn as what it will most likely become. */
  growing: boolean;
  tone: 'answer' | 'reasoning';
  /** Told where the text's places are, for those who lead the reader to one. */
  places?: TextPlaces;
  /** Draw all of it, also what is far from the screen. */
  whole?: boolean;
}

/** From this length on, in characters, what is far from the screen is not drawn. */
const longText = 3000;
const groupBlocks = 10;
const groupLength = 1600;

if (typeof document !== 'undefined') document.addEventListener('copy', putSelection);

/**
 * A model's text as Markdown with mathematics and code. The text is cut into blocks; a finished block is drawn once and
 * never again while the text grows, and in a long text only groups of blocks near the screen are drawn.
 */
export function MarkdownText({ text, growing, tone, places, whole = false }: MarkdownTextProps) {
  const [kept, setCut] = useState<Cut>(() => cutBlocks(text));
  let cut = kept;
  if (cut.text !== text) {
    cut = growBlocks(kept, text);
    setCut(cut);
  }
  const groups = useMemo(() => groupOf(cut), [cut]);
  const topHeading = useMemo(() => topHeadingOf(allBlocks(cut)), [cut]);
  const latest = useRef(cut);
  useEffect(() => {
    latest.current = cut;
  }, [cut]);
  const pieces = useMemo(() => (start: number) => piecesFrom(latest.current, start), []);
  const long = text.length > longText;
  const [grew] = useState(growing);
  const [slots] = useState(() => new FormulaSlots());
  const printing = usePrinting();
  const drawnFirst = useRisingCount(whole, groups.length);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => places?.attach(box.current, groups), [places, groups]);
  useLayoutEffect(() => slots.setRoomForAll(printing || whole), [slots, printing, whole]);

  return (
    <CodePieces value={pieces}>
      <TopHeading value={topHeading}>
        <SlotsOfText value={slots}>
          {/* A browser's translator replaces text nodes, and what still grows would be lost with the ones it replaced. */}
          <div ref={box} className="md" data-tone={tone} translate={growing ? 'no' : undefined}>
            {groups.map((blocks, i) => (
              <BlockGroup
                key={blocks[0]?.start}
                blocks={blocks}
                open={growing && i === groups.length - 1 ? cut.open : undefined}
                tone={tone}
                drawAlways={!long || printing || i < drawnFirst || (growing && i === groups.length - 1)}
                places={places}
                drawFirst={grew || i < 2 || i >= groups.length - 2}
              />
            ))}
          </div>
        </SlotsOfText>
      </TopHeading>
    </CodePieces>
  );
}

/** Rises from 0 to `count` in small steps, so that the page stays alive meanwhile; 0 while it is off. */
function useRisingCount(on: boolean, count: number): number {
  const [risen, setRisen] = useState(0);
  if (!on && risen > 0) setRisen(0);
  useEffect(() => {
    if (!on || risen >= count) return;
    const timer = setTimeout(() => startTransition(() => setRisen(risen + 4)), 0);
    return () => clearTimeout(timer);
  }, [on, risen, count]);
  return on ? risen : 0;
}

/** Neighbouring blocks in groups; a group that is full stays as it is when the text grows. */
function groupOf(cut: Cut): Block[][] {
  const groups: Block[][] = [];
  let group: Block[] = [];
  let length = 0;
  for (const block of allBlocks(cut)) {
    if (group.length >= groupBlocks || length >= groupLength) {
      groups.push(group);
      group = [];
      length = 0;
    }
    group.push(block);
    length += block.text.length;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
