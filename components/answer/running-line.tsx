'use client';

import { memo, useState } from 'react';
import { useAway } from '../client/connection.ts';
import { Lens } from '../ui/lens.tsx';
import { formatClock, formatCount, formatPace, formatTokens } from '../../lib/quantity-words.ts';
import type { PromptProgress } from '../../lib/stream-part.ts';
import type { GenerationView } from '../conversation/generation-store.ts';
import { pendingRetryOf } from './outcome.ts';
import { RetryWords } from './told.tsx';
import { useClock } from './use-clock.ts';

/** From this long on without a new token, the silence is shown. */
const silenceShownFromMs = 10_000;

/** "Thinking… 12 s · 1,234 tokens · 45 tok/s", ticking. */
export function ThinkingLine({ view }: { view: GenerationView }) {
  const away = useAway();
  if (away) return <LostWords view={view} />;
  return (
    <RunningWords word="Thinking…" view={view} since={view.state.times.reasoningStart} tokens={view.reasoningTokens} />
  );
}

/** What an answer is doing, and for how long; its thinking pane says the same while it thinks aloud. */
export function RunningLine({ view, providerLabel }: { view: GenerationView; providerLabel: string }) {
  const away = useAway();
  return (
    <p className="running-line flex min-h-7 items-center gap-2.5 text-base text-ink-muted">
      <Lens size={18} active={!away} />
      <PhaseWords view={view} providerLabel={providerLabel} />
    </p>
  );
}

function PhaseWords({ view, providerLabel }: { view: GenerationView; providerLabel: string }) {
  const away = useAway();
  const { phase, times, progress } = view.state;
  const retry = pendingRetryOf(view.state);
  if (away) return <LostWords view={view} />;
  if (retry) {
    return <RetryWords view={view} retry={retry} />;
  }
  switch (phase) {
    case 'queued':
      return <RunningWords word={`Waiting for ${providerLabel}…`} view={view} since={0} />;
    case 'loading':
      return <RunningWords word={`${providerLabel} is loading the model…`} view={view} since={0} />;
    case 'saving':
      return <span>Over; saved as soon as that can be done</span>;
    case 'in-line':
      return <RunningWords word={`${providerLabel} has the question. It waits for its turn…`} view={view} since={0} />;
    case 'first-token':
      return <RunningWords word="Waiting for the first token…" view={view} since={0} />;
    case 'reading':
      return <RunningWords word={readingWords(progress)} view={view} since={0} />;
    case 'thinking':
      return <RunningWords word="Thinking…" view={view} since={times.reasoningStart} tokens={view.reasoningTokens} />;
    default:
      return <RunningWords word="Answering…" view={view} since={times.answerStart} tokens={view.answerTokens} />;
  }
}

/** Nobody hears how it goes on; what had arrived is here and, but for the last moment, in the store. */
function LostWords({ view }: { view: GenerationView }) {
  const tokens = view.reasoningTokens + view.answerTokens;
  return (
    <span className="tabular-nums">
      Connection to Thinkglass lost · trying again
      {tokens > 0 && ` · ${formatTokens(tokens)} ${tokens === 1 ? 'is' : 'are'} safe`}
    </span>
  );
}

function readingWords(progress: PromptProgress | undefined): string {
  if (!progress) return 'Reading the prompt…';
  return `Reading the prompt, ${formatCount(progress.read)} of ${formatTokens(progress.total)}…`;
}

interface RunningWordsProps {
  word: string;
  view: GenerationView;
  since: number | undefined;
  tokens?: number;
}

/** Its figures change with the page's slow beat; the text that grows beside it changes with every frame. */
function RunningWords(props: RunningWordsProps) {
  const now = useClock(true);
  const [shown, setShown] = useState({ ...props, now });
  if (shown.now !== now || shown.word !== props.word) setShown({ ...props, now });
  return <ShownWords {...shown} />;
}

const ShownWords = memo(function ShownWords(props: RunningWordsProps & { now: number | undefined }) {
  const { view, since, tokens, now } = props;
  const elapsed = now === undefined || since === undefined ? undefined : Math.max(0, now - view.originAt - since);
  const facts: string[] = [];
  if (tokens !== undefined && tokens > 0) {
    facts.push(formatTokens(tokens));
    // A rate over less than a second is noise.
    if (elapsed !== undefined && elapsed >= 1000) facts.push(formatPace(tokens / (elapsed / 1000)));
  }
  const time = elapsed === undefined ? '' : ` ${formatClock(elapsed)}`;
  return (
    <span className="tabular-nums" translate="no">
      {[`${props.word}${time}`, ...facts].join(' · ')}
      {tokens !== undefined && <SilenceWords view={view} now={now} />}
    </span>
  );
});

function SilenceWords({ view, now }: { view: GenerationView; now: number | undefined }) {
  const quiet = now === undefined ? 0 : now - view.grewAt;
  return quiet >= silenceShownFromMs ? <span> · nothing new for {formatClock(quiet)}</span> : null;
}
