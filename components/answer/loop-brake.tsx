'use client';

import { Square } from 'lucide-react';
import type { Segment } from '../../lib/stream-part.ts';
import { findLoopStart } from '../../lib/reasoning/before-loop.ts';
import { estimateTokens } from '../../lib/usage.ts';
import { formatTokens } from '../../lib/quantity-words.ts';
import { Button } from '../ui/button.tsx';
import { AnswerNowButton, BeforeLoopButton, type ContinueProps } from './continue-buttons.tsx';

interface LoopBrakeProps extends ContinueProps {
  segments: readonly Segment[];
  running: boolean;
  thinking: boolean;
  onRetry: () => void;
}

/** What can be done about an answer that is in a loop, or ended in one: nothing new comes, and each word is paid for. */
export default function LoopBrake(props: LoopBrakeProps) {
  const { store, message, segments, running, thinking } = props;
  const text = segments.findLast((segment) => segment.kind !== 'discarded' && segment.text.trim() !== '')?.text ?? '';
  const start = findLoopStart(text);
  if (!running && start === undefined) return null; // it found out by itself
  const spent = start === undefined ? undefined : Math.round(estimateTokens(text.slice(start)));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of buttons is no fieldset
    <div role="group" aria-label="The loop" className="flex flex-wrap items-center gap-2 print:hidden">
      {spent !== undefined && (
        <span className="text-sm text-ink-muted tabular-nums">The loop: about {formatTokens(spent)} so far</span>
      )}
      {running && (
        <Button onClick={() => void store.stop(message.threadId)}>
          <Square aria-hidden size={11} fill="currentColor" /> Stop
        </Button>
      )}
      {running && thinking && <AnswerNowButton {...props} />}
      <BeforeLoopButton {...props} />
    </div>
  );
}
