'use client';

import { ArrowDown, ChevronDown, Maximize2, Minimize2 } from 'lucide-react';
import { type RefObject, useCallback, useEffect, useId, useRef, useState } from 'react';
import type { Message } from '../../lib/conversation.ts';
import { textOfKind } from '../../lib/stream-part.ts';
import { LazyMarkdown } from '../markdown/lazy-markdown.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Lens } from '../ui/lens.tsx';
import { useFollowEnd } from '../ui/use-follow-end.ts';
import type { ConversationStore } from './conversation-store.ts';
import { formatDuration, formatTokens } from './format.ts';
import type { GenerationView } from './generation-store.ts';
import { PaneBody } from './pane-body.tsx';
import { usePane } from './pane-choice.ts';
import { ThinkingLine } from './running-line.tsx';
import { ThinkingMenu } from './thinking-menu.tsx';

interface ReasoningPanelProps {
  id: string;
  view: GenerationView;
  /** Absent where an answer is only shown. */
  store?: ConversationStore;
  message?: Message;
}

/**
 * A model's thinking: open while it thinks, folded once its answer begins. The reader's own choice wins, also after a
 * reload. Nothing at all for a model that did not think.
 */
export function ReasoningPanel({ id, view, store, message }: ReasoningPanelProps) {
  const text = textOfKind(view.state.segments, 'reasoning');
  const answered = view.state.segments.some((s) => s.kind === 'answer' && s.text.trim() !== '');
  const section = useRef<HTMLElement>(null);
  const pane = usePane(id, { answered, pane: section });
  const bodyId = useId();

  if (text.trim() === '') return <HiddenThinking view={view} />;
  const thinking = view.state.phase === 'thinking';
  return (
    <section ref={section} className="think" data-thinking={thinking || undefined} aria-label="Thinking">
      <div className="think-head">
        <button
          type="button"
          className="think-toggle"
          aria-expanded={pane.open}
          aria-controls={pane.open ? bodyId : undefined}
          data-resizes
          onClick={pane.toggle}
        >
          <Lens size={20} active={thinking} />
          <span className="think-title">{thinking ? <ThinkingLine view={view} /> : thoughtWords(view)}</span>
          <ChevronDown aria-hidden size={16} className="think-chevron" />
        </button>
      </div>
      <PaneBody pane={pane}>
        <ThinkingBody id={bodyId} view={view} text={text} store={store} message={message} />
      </PaneBody>
    </section>
  );
}

/** "Thought for 12.3 s · 1,234 tokens": from the server's times, so a reload says the same. */
export function thoughtWords(view: GenerationView): string {
  const { reasoningStart, reasoningEnd, answerStart, end } = view.state.times;
  const until = reasoningEnd ?? answerStart ?? end;
  const tokens = formatTokens(view.reasoningTokens);
  if (reasoningStart === undefined || until === undefined) return `Thought · ${tokens}`;
  return `Thought for ${formatDuration(until - reasoningStart)} · ${tokens}`;
}

interface ThinkingBodyProps {
  id: string;
  view: GenerationView;
  text: string;
  store: ConversationStore | undefined;
  message: Message | undefined;
}

function ThinkingBody(props: ThinkingBodyProps) {
  const { view, text } = props;
  const thinking = view.state.phase === 'thinking';
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [expanded, setExpanded] = useState(false);
  const { following, toEnd } = useFollowEnd({ box, content, growing: thinking && !expanded });
  const overflows = useOverflows(box, content);
  const latest = useRef(view);
  useEffect(() => {
    latest.current = view;
  }, [view]);
  const viewOf = useCallback(() => latest.current, []);

  return (
    <div id={props.id} className="think-body">
      <section
        ref={box}
        className="think-scroll"
        data-expanded={expanded || undefined}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="The text of the thinking"
      >
        <div ref={content} className="think-text">
          <LazyMarkdown text={text} growing={view.state.phase !== 'done'} tone="reasoning" />
        </div>
      </section>
      {thinking && !expanded && !following && (
        <button type="button" className="pill think-jump" onClick={toEnd}>
          <ArrowDown aria-hidden size={14} /> Jump to latest
        </button>
      )}
      <div className="think-foot">
        {expanded || overflows ? (
          <button
            type="button"
            className="quiet-button"
            aria-pressed={expanded}
            data-resizes
            onClick={() => setExpanded(!expanded)}
          >
            {expanded ? <Minimize2 aria-hidden size={14} /> : <Maximize2 aria-hidden size={14} />}
            Full height
          </button>
        ) : (
          <span />
        )}
        <span className="inline-flex">
          <CopyButton label="Copy the thinking" textOf={() => text} />
          <ThinkingMenu viewOf={viewOf} store={props.store} message={props.message} whole={undefined} onWhole={noop} />
        </span>
      </div>
    </div>
  );
}

const noop = () => {};

/** Whether a box holds more than it shows. */
function useOverflows(box: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>): boolean {
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element || !content.current) return;
    const sizes = new ResizeObserver(() => setOverflows(element.scrollHeight > element.clientHeight + 1));
    sizes.observe(element);
    sizes.observe(content.current);
    return () => sizes.disconnect();
  }, [box, content]);
  return overflows;
}

/** Some providers tell only how much was thought. */
function HiddenThinking({ view }: { view: GenerationView }) {
  const { usage, phase } = view.state;
  if (phase !== 'done' || usage?.source !== 'reported' || usage.reasoningTokens === 0) return null;
  return (
    <p className="running-line">
      <Lens size={18} /> Thought for {formatTokens(usage.reasoningTokens)}, not shown
    </p>
  );
}
