'use client';

import { ChartSpline } from 'lucide-react';
import { useEffect } from 'react';
import type { Generation } from '../../../lib/conversation.ts';
import { IconButton } from '../../ui/button.tsx';
import { HoverCard } from '../../ui/popover.tsx';
import { formatTokens } from '../../../lib/quantity-words.ts';
import { sourceWord } from '../../words/usage-source.ts';
import { setAside, useAside } from '../aside.ts';
import type { GenerationView } from '../../conversation/generation-store.ts';
import { lazyPart } from '../../ui/lazy-part.tsx';

const UsageCard = lazyPart(() => import('./usage-card.tsx'));

/** How many tokens an answer took and how we know; the rest of the account on hover, focus or press. */
export function UsageBadge(props: { conversationId: string; view: GenerationView; generation: Generation }) {
  const { view } = props;
  const total = view.reasoningTokens + view.answerTokens;
  // How it was reported or counted is said where there is room, and in the account.
  const [kind, ...rest] = sourceWord(view.state.usage?.source ?? 'estimated').split(' ');
  useEffect(UsageCard.preload, []); // there before anybody asks for it
  if (total === 0) return null;
  return (
    <HoverCard
      className="badge -ml-2 inline-flex items-center gap-1.75 rounded-full px-2 py-1 text-sm text-ink-muted hover:bg-ink/6 hover:text-ink pointer-coarse:min-h-10"
      trigger={
        <>
          <span className="tabular-nums">{formatTokens(total)}</span>{' '}
          <span className="border-l border-line pl-1.75">
            {kind} <span className="@max-[25rem]/foot:sr-only">{rest.join(' ')}</span>
          </span>
        </>
      }
    >
      <UsageCard {...props} />
    </HoverCard>
  );
}

/** Opens and closes how the tokens of an answer came over time. */
export function TimelineButton({ id }: { id: string }) {
  const { timeline } = useAside(id);
  return (
    <IconButton
      label="Tokens over time"
      className="px-1.5 @max-[31rem]/foot:hidden"
      aria-expanded={timeline ?? false}
      onPointerEnter={() => void import('./token-timeline.tsx').catch(() => undefined)}
      onClick={() => setAside(id, { timeline: timeline ? undefined : true })}
    >
      <ChartSpline aria-hidden size={15} />
      <span className="text-sm">Over time</span>
    </IconButton>
  );
}
