'use client';

import { ChevronDown } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import type { Message } from '../../../lib/conversation.ts';
import { thinkingMsOf } from '../../../lib/token-rate.ts';
import { formatDuration, formatTokens } from '../../../lib/quantity-words.ts';
import { textOfKind } from '../../../lib/stream-part.ts';
import type { ConversationStore } from '../../conversation/conversation-store.ts';
import type { GenerationView } from '../../conversation/generation-store.ts';
import { useAway } from '../../client/connection.ts';
import { Lens } from '../../ui/lens.tsx';
import { ThinkingLine } from '../running-line.tsx';
import { PaneBody } from './pane-body.tsx';
import { usePane } from './pane-choice.ts';
import { ThinkingBody } from './thinking-body.tsx';
import { useThoughtJump } from './thought-jump.ts';
import { useThoughtKey } from './thought-key.ts';
import './thinking.css';

interface ReasoningPanelProps {
  id: string;
  view: GenerationView;
  /** Absent where an answer is only shown. */
  store?: ConversationStore;
  message?: Message;
  /** Where its reader has not chosen otherwise it is open, answered or not. */
  startsOpen?: true;
}

/**
 * A model's thinking: open while it thinks, folded once its answer begins. The reader's own choice wins, also after a
 * reload. Nothing at all for a model that did not think.
 */
export function ReasoningPanel({ id, view, store, message, startsOpen }: ReasoningPanelProps) {
  const text = textOfKind(view.state.segments, 'reasoning');
  const answered = view.state.segments.some((s) => s.kind === 'answer' && s.text.trim() !== '');
  const section = useRef<HTMLDivElement>(null);
  const pane = usePane(id, { answered: answered && !startsOpen, pane: section });
  const bodyId = useId();
  const jump = useThoughtJump(id);
  const away = useAway();
  const { open, toggle } = pane;
  const hasThought = text.trim() !== '';
  useThoughtKey(section, hasThought, toggle);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is opened for this jump; the reader may fold it again
  useEffect(() => {
    if (!jump) return;
    if (!open) toggle();
    section.current?.scrollIntoView({ block: 'nearest' });
  }, [jump]);

  if (!hasThought) return <HiddenThinking view={view} />;
  const thinking = view.state.phase === 'thinking';
  return (
    // biome-ignore lint/a11y/useSemanticElements: no fields of a form; and many landmarks of one name would lead nowhere
    <div
      ref={section}
      role="group"
      className="think relative rounded-lg text-base text-think-ink"
      data-thinking={(thinking && !away) || undefined}
      aria-label="Thinking"
    >
      <div className="think-head flex">
        <button
          type="button"
          className="group flex min-h-10 min-w-0 flex-1 items-center gap-2.5 rounded-[inherit] px-3.5 py-2 text-left text-base font-medium text-think-ink-strong"
          aria-expanded={pane.open}
          aria-controls={pane.open ? bodyId : undefined}
          aria-keyshortcuts="Alt+T"
          data-resizes
          onClick={pane.toggle}
        >
          <Lens size={20} active={thinking && !away} />
          <span className="min-w-0 flex-1 tabular-nums">
            {thinking ? <ThinkingLine view={view} /> : thoughtWords(view)}
          </span>
          <ChevronDown
            aria-hidden
            size={16}
            className="flex-none opacity-65 transition-transform group-aria-expanded:rotate-180 print:hidden"
          />
        </button>
      </div>
      <PaneBody pane={pane}>
        <ThinkingBody id={bodyId} answerId={id} view={view} text={text} jump={jump} store={store} message={message} />
      </PaneBody>
    </div>
  );
}

/** "Thought for 12.3 s · 1,234 tokens": from the server's times, so a reload says the same. */
function thoughtWords(view: GenerationView): string {
  const ms = thinkingMsOf(view.state.times, view.state.usage);
  // An answer that goes on with another has a thought that was counted there.
  const tokens = view.reasoningTokens > 0 ? ` · ${formatTokens(view.reasoningTokens)}` : '';
  return ms === undefined ? `Thought${tokens}` : `Thought for ${formatDuration(ms)}${tokens}`;
}

/** Some providers tell only how much was thought. */
function HiddenThinking({ view }: { view: GenerationView }) {
  const { usage, phase } = view.state;
  if (phase !== 'done' || !usage || usage.reasoningTokens === 0) return null;
  if (usage.source !== 'reported' && usage.source !== 'split') return null;
  return (
    <p className="running-line flex min-h-7 items-center gap-2.5 text-base text-ink-muted">
      <Lens size={18} /> Thought for {usage.source === 'split' && 'about '}
      {formatTokens(usage.reasoningTokens)}, not shown
    </p>
  );
}
