'use client';

import { ArrowDown, ChevronDown, List, Maximize2, Minimize2, Search } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { Message } from '../../../lib/conversation.ts';
import { textOfKind } from '../../../lib/stream-part.ts';
import { LazyMarkdown } from '../../markdown/lazy-markdown.tsx';
import { IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Lens } from '../../ui/lens.tsx';
import { useFollowEnd } from '../../ui/use-follow-end.ts';
import type { ConversationStore } from '../../conversation/conversation-store.ts';
import { formatDuration, formatTokens } from '../../../lib/quantity-words.ts';
import type { GenerationView } from '../../conversation/generation-store.ts';
import { PaneBody } from './pane-body.tsx';
import { usePane } from './pane-choice.ts';
import { ThinkingLine } from '../running-line.tsx';
import { useShownText } from '../shown-texts.ts';
import type { Guide, GuideOptions } from './thinking-guide.ts';
import { endThoughtJump, type ThoughtJump, useThoughtJump } from './thinking-jump.ts';
import { ThinkingMenu } from './thinking-menu.tsx';
import './thinking.css';

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
  const jump = useThoughtJump(id);
  const { open, toggle } = pane;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is opened for this jump; the reader may fold it again
  useEffect(() => {
    if (!jump) return;
    if (!open) toggle();
    section.current?.scrollIntoView({ block: 'nearest' });
  }, [jump]);

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
        <ThinkingBody id={bodyId} answerId={id} view={view} text={text} jump={jump} store={store} message={message} />
      </PaneBody>
    </section>
  );
}

/** "Thought for 12.3 s · 1,234 tokens": from the server's times, so a reload says the same. */
export function thoughtWords(view: GenerationView): string {
  const { reasoningStart, reasoningEnd, answerStart, end } = view.state.times;
  const until = reasoningEnd ?? answerStart ?? end;
  // An answer that goes on with another has a thought that was counted there.
  const tokens = view.reasoningTokens > 0 ? ` · ${formatTokens(view.reasoningTokens)}` : '';
  if (reasoningStart === undefined || until === undefined) return `Thought${tokens}`;
  return `Thought for ${formatDuration(until - reasoningStart)}${tokens}`;
}

interface ThinkingBodyProps {
  id: string;
  answerId: string;
  view: GenerationView;
  text: string;
  /** A place that is to be brought into view. */
  jump: ThoughtJump | undefined;
  store: ConversationStore | undefined;
  message: Message | undefined;
}

/** A thought shorter than this, in characters, needs no outline and no search. */
const longThought = 1500;
/** From here on parts of it are not drawn (components/markdown/markdown-text.tsx). */
const veryLong = 3000;

function ThinkingBody(props: ThinkingBodyProps) {
  const { view, text, answerId, jump } = props;
  const thinking = view.state.phase === 'thinking';
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [expanded, setExpanded] = useState(false);
  const [whole, setWhole] = useState(false);
  const [shown, setShown] = useState<{ outline: boolean; find: boolean }>({ outline: false, find: false });
  const places = useShownText(answerId, 'reasoning');
  const { following, toEnd } = useFollowEnd({ box, content, growing: thinking && !expanded });
  const overflows = useOverflows(box, content);
  const latest = useRef(view);
  useEffect(() => {
    latest.current = view;
  }, [view]);
  const viewOf = useCallback(() => latest.current, []);
  // A short thought has a guide too, for as long as it takes to lead to a place in it.
  const tools = useTools(text.length > longThought || jump !== undefined, { box, content, places, viewOf });
  const guide = tools?.guide;
  useEffect(() => {
    if (!guide || !jump) return;
    guide.show(jump);
    endThoughtJump(answerId);
  }, [guide, jump, answerId]);

  /** A change of the pane's shape leaves the text where it is. */
  const reshape = (change: () => void) => {
    if (!guide || following) return change();
    const top = guide.placeAtTop();
    flushSync(change);
    guide.goTop(top);
  };
  const showOutline = (outline: boolean) => reshape(() => setShown((now) => ({ ...now, outline })));
  const showFind = (find: boolean) => reshape(() => setShown((now) => ({ ...now, find })));
  const onKeyDown = (event: KeyboardEvent) => {
    if (!tools || event.key.toLowerCase() !== 'f' || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    event.preventDefault();
    const field = event.currentTarget.querySelector<HTMLInputElement>('.find-field');
    if (field) field.select();
    else showFind(true);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the shortcut of what the buttons below do
    <div
      id={props.id}
      className="think-body"
      data-reading={shown.outline || shown.find || undefined}
      onKeyDown={onKeyDown}
    >
      {tools && shown.find && <tools.FindBar guide={tools.guide} onClose={() => closeFind(box, showFind)} />}
      <div className="think-frame" data-outline={(tools && shown.outline) || undefined}>
        {tools && shown.outline && <tools.OutlineList guide={tools.guide} onClose={() => showOutline(false)} />}
        <section
          ref={box}
          className="think-scroll"
          data-expanded={expanded || undefined}
          data-mapped={(tools && (overflows || expanded)) || undefined}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          tabIndex={0}
          aria-label="The text of the thinking"
        >
          <div ref={content} className="think-text">
            <LazyMarkdown
              text={text}
              growing={view.state.phase !== 'done'}
              tone="reasoning"
              places={places}
              whole={whole}
            />
          </div>
        </section>
        {tools && (overflows || expanded) && <tools.Minimap guide={tools.guide} />}
      </div>
      {thinking && !expanded && !following && (
        <button type="button" className="pill think-jump" onClick={toEnd}>
          <ArrowDown aria-hidden size={14} /> Jump to latest
        </button>
      )}
      <div className="think-foot" data-expanded={expanded || undefined}>
        {expanded || overflows ? (
          <button
            type="button"
            className="quiet-button"
            aria-pressed={expanded}
            data-resizes
            onClick={() => reshape(() => setExpanded(!expanded))}
          >
            {expanded ? <Minimize2 aria-hidden size={14} /> : <Maximize2 aria-hidden size={14} />}
            <span className="think-foot-words">Full height</span>
          </button>
        ) : (
          <span />
        )}
        {tools && (overflows || expanded) && <tools.PlaceCount guide={tools.guide} />}
        <span className="grow" />
        {tools && (
          <>
            <IconButton label="Outline" aria-pressed={shown.outline} onClick={() => showOutline(!shown.outline)}>
              <List aria-hidden size={15} />
            </IconButton>
            <IconButton label="Find in thinking" aria-pressed={shown.find} onClick={() => showFind(!shown.find)}>
              <Search aria-hidden size={15} />
            </IconButton>
          </>
        )}
        <CopyButton label="Copy the thinking" textOf={() => textOfKind(viewOf().state.segments, 'reasoning')} />
        <ThinkingMenu
          viewOf={viewOf}
          store={props.store}
          message={props.message}
          whole={text.length > veryLong ? whole : undefined}
          onWhole={setWhole}
        />
      </div>
    </div>
  );
}

/** Who closes the search goes on reading. */
function closeFind(box: RefObject<HTMLElement | null>, showFind: (shown: boolean) => void): void {
  box.current?.focus({ preventScroll: true });
  showFind(false);
}

type Tools = Pick<typeof import('./thinking-tools.tsx'), 'FindBar' | 'OutlineList' | 'Minimap' | 'PlaceCount'> & {
  guide: Guide;
};

interface ToolsOptions extends Pick<GuideOptions, 'places'> {
  box: RefObject<HTMLElement | null>;
  content: RefObject<HTMLElement | null>;
  viewOf: () => GenerationView;
}

/** What leads through a long thought; fetched when there is one. */
function useTools(wanted: boolean, { box, content, places, viewOf }: ToolsOptions): Tools | undefined {
  const [tools, setTools] = useState<Tools>();
  useEffect(() => {
    if (!wanted) return;
    let end = () => {};
    let left = false;
    Promise.all([import('./thinking-tools.tsx'), import('./thinking-guide.ts')]).then(
      ([{ FindBar, OutlineList, Minimap, PlaceCount }, { Guide }]) => {
        if (left || !box.current || !content.current) return;
        const guide = new Guide({
          box: box.current,
          content: content.current,
          places,
          textOf: () => textOfKind(viewOf().state.segments, 'reasoning'),
          tokensOf: () => viewOf().reasoningTokens,
          isGrowing: () => viewOf().state.phase !== 'done',
        });
        end = guide.start();
        setTools({ guide, FindBar, OutlineList, Minimap, PlaceCount });
      },
      () => {}, // offline, or a new version was deployed: the text is there all the same
    );
    return () => {
      left = true;
      end();
      setTools(undefined);
    };
  }, [wanted, box, content, places, viewOf]);
  return tools;
}

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
