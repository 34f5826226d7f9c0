'use client';

import { formatCount } from '../../../lib/quantity-words.ts';
import type { Guide } from './guide.ts';
import { useGuide } from './use-guide.ts';

/** How far the reader is, in tokens. */
export function PlaceCount({ guide }: { guide: Guide }) {
  const { tokensHere, tokens } = useGuide(guide);
  return (
    <span
      className="px-1 text-xs whitespace-nowrap text-ink-muted tabular-nums"
      title="Tokens of thinking up to here, and in all"
    >
      {formatCount(Math.min(tokensHere, tokens))} / {formatCount(tokens)}
    </span>
  );
}
