'use client';

import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { formatTokens } from '../../../lib/quantity-words.ts';
import type { MessageState } from '../../../lib/stream-part.ts';
import type { Timeline } from '../../../lib/timeline.ts';
import { useLoaded } from '../../client/use-loaded.ts';
import { IconButton } from '../../ui/button.tsx';
import { keepInView } from '../find/reader-moves.ts';
import { Swatch } from './figure-rows.tsx';
import { describeStalls, phasesOf } from '../../words/timeline-figure.ts';
import { TimelinePlot } from './timeline-plot.tsx';

interface TokenTimelineProps {
  id: string;
  state: Pick<MessageState, 'times' | 'usage'>;
  onClose: () => void;
}

/** How the tokens of a finished answer came: over time, thinking and answer apart, with its silences. */
export default function TokenTimeline({ id, state, onClose }: TokenTimelineProps) {
  const load = useLoaded<{ timeline?: Timeline }>(`/api/generations/${id}`);
  const section = useRef<HTMLElement>(null);
  const hasLoaded = load.state !== 'loading';
  useEffect(() => {
    // Under the last answer it opens below what is seen, and its figure is drawn when its width is known.
    const element = section.current;
    return hasLoaded && element ? keepInView(element) : undefined;
  }, [hasLoaded]);
  return (
    <section
      ref={section}
      className="flex scroll-my-10 flex-col gap-1.5 rounded-md border border-line bg-surface px-3.5 pt-2.5 pb-3 text-xs text-ink-muted"
      aria-label="Tokens over time"
    >
      <div className="flex items-center gap-3.5">
        <h3 className="text-sm font-semibold text-ink">Tokens over time</h3>
        <Key look="bg-thinking" words="Thinking" />
        <Key look="bg-answer" words="Answer" />
        <span className="grow" />
        <IconButton label="Close the timeline" onClick={onClose}>
          <X aria-hidden size={14} />
        </IconButton>
      </div>
      {load.state === 'loading' && <div className="timeline-plot h-30 border-b border-line" aria-busy />}
      {load.state === 'failed' && <p role="alert">{load.reason}</p>}
      {load.state === 'ready' && load.value.timeline && <Figure timeline={load.value.timeline} state={state} />}
      {load.state === 'ready' && !load.value.timeline && (
        <p>
          None was kept: nothing had been written, the server was cut off, or the answer is from elsewhere or from
          before this was recorded.
        </p>
      )}
    </section>
  );
}

function Key({ look, words }: { look: string; words: string }) {
  return (
    <span>
      <Swatch look={look} />
      {words}
    </span>
  );
}

function Figure({ timeline, state }: { timeline: Timeline; state: TokenTimelineProps['state'] }) {
  const [lastAt, reasoning, answer] = timeline.points.at(-1) ?? [0, 0, 0];
  const end = Math.max(1, lastAt, state.times.end ?? 0);
  const phases = phasesOf(state.times, end);
  return (
    <>
      <TimelinePlot timeline={timeline} phases={phases} end={end} />
      <p>{describeStalls(timeline)}</p>
      <Differences reasoning={reasoning} answer={answer} usage={state.usage} />
    </>
  );
}

/** Where the usage has other figures than what was seen to come. */
function Differences(props: { reasoning: number; answer: number; usage: MessageState['usage'] }) {
  const { reasoning, answer, usage } = props;
  if (!usage || (usage.reasoningTokens === reasoning && usage.answerTokens === answer)) return null;
  if (reasoning === 0 && usage.answerTokens === answer) {
    return (
      <p>
        {formatTokens(usage.reasoningTokens)} of thinking were counted by the provider but not shown: when they came is
        not known.
      </p>
    );
  }
  return <p>It has been filed otherwise since; the colours are as the tokens came.</p>;
}
