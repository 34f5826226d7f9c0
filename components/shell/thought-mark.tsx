'use client';

import { formatShortCount } from '../../lib/quantity-words.ts';
import { orbFill } from '../client/orb-fill.ts';
import type { ThoughtMark } from '../client/thoughts.ts';

const words = { waiting: 'Waiting', thinking: 'Thinking', answering: 'Answering' };

/** In a conversation's row: what it is at and how far, or that it ended where nobody looked. */
export default function ThoughtMarkView({ mark }: { mark: ThoughtMark }) {
  if (mark.state === 'unseen') {
    return (
      <span className="flex min-w-0 items-center gap-1.5" title={mark.words}>
        <span
          aria-hidden
          className={`size-2 flex-none rounded-full ${mark.failed ? 'bg-danger' : 'bg-accent'} forced-colors:bg-[Highlight]`}
        />
        <span className="truncate text-ink">{mark.failed ? 'No answer, not seen yet' : 'Not seen yet'}</span>
        <span className="sr-only">{mark.words}</span>
      </span>
    );
  }
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-accent" translate="no">
      <Orb tokens={mark.tokens} />
      <span className="truncate">
        {words[mark.doing]}
        {mark.tokens > 0 && (
          <>
            {' '}
            · {formatShortCount(mark.tokens)}
            <span className="sr-only"> tokens so far</span>
          </>
        )}
      </span>
    </span>
  );
}

/** A glass that fills as tokens come. */
function Orb({ tokens }: { tokens: number }) {
  const share = orbFill(tokens);
  return (
    <svg aria-hidden="true" width={12} height={12} viewBox="0 0 12 12" className="flex-none">
      <defs>
        <clipPath id="orb">
          <circle cx="6" cy="6" r="5" />
        </clipPath>
      </defs>
      <rect x="0" y={11 - 10 * share} width="12" height="12" fill="currentColor" clipPath="url(#orb)" />
      <circle cx="6" cy="6" r="5.25" fill="none" stroke="currentColor" strokeWidth="1.25" />
    </svg>
  );
}
