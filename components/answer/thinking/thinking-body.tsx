'use client';

import { ArrowDown } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { Message } from '../../../lib/conversation.ts';
import type { ConversationStore } from '../../conversation/conversation-store.ts';
import type { GenerationView } from '../../conversation/generation-store.ts';
import { LazyMarkdown } from '../../markdown/lazy-markdown.tsx';
import { Button } from '../../ui/button.tsx';
import { keyOf } from '../../ui/keys.ts';
import { useFollowEnd } from '../../ui/use-follow-end.ts';
import { useShownText } from '../shown-texts.ts';
import type { Guide } from './guide.ts';
import { ThinkingFoot } from './thinking-foot.tsx';
import { endThoughtJump, type ThoughtJump } from './thought-jump.ts';
import { useOverflows } from './use-overflows.ts';
import { useThinkingTools } from './use-thinking-tools.ts';

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

/** From here on parts of it are not drawn (components/markdown/markdown-text.tsx). */
const veryLong = 3000;

/** The text of a thought in its box, the bar under it, and what leads through it when it is long. */
export function ThinkingBody(props: ThinkingBodyProps) {
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
  const viewOf = useLatest(view);
  // A thought that is all in view has a guide too, for as long as it takes to lead to a place in it.
  const tools = useThinkingTools(overflows || expanded || shown.outline || shown.find || jump !== undefined, {
    box,
    content,
    places,
    viewOf,
  });
  const mapped = tools !== undefined && (overflows || expanded);
  useJump(tools?.guide, jump, answerId);

  /** A change of the pane's shape leaves the text where it is. */
  const reshape = (change: () => void) => {
    if (!tools || following) return change();
    const top = tools.guide.placeAtTop();
    flushSync(change);
    tools.guide.goTop(top);
  };
  const show = (change: Partial<typeof shown>) => reshape(() => setShown((now) => ({ ...now, ...change })));

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the shortcut of what the buttons below do
    <div
      id={props.id}
      className="think-body @container/think relative border-t border-think-line"
      data-reading={shown.outline || shown.find || undefined}
      onKeyDown={(event) => tools && isFind(event) && findIn(event, () => show({ find: true }))}
    >
      {tools && shown.find && <tools.FindBar guide={tools.guide} onClose={() => closeFind(box, show)} />}
      <div
        className="think-frame"
        data-outline={(tools && shown.outline) || undefined}
        data-expanded={expanded || undefined}
      >
        {tools && shown.outline && <tools.OutlineList guide={tools.guide} onClose={() => show({ outline: false })} />}
        <div className="relative grid min-w-0">
          {/* biome-ignore lint/a11y/useSemanticElements: no fields of a form */}
          <div
            ref={box}
            role="group"
            className={`think-scroll col-start-1 row-start-1 overflow-y-auto pt-3 pl-4 focus-visible:rounded-sm focus-visible:-outline-offset-2 ${mapped ? 'pr-7 [scrollbar-width:none]' : 'pr-4'}`}
            data-expanded={expanded || undefined}
            data-mapped={mapped || undefined}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
            tabIndex={0}
            aria-label="The text of the thinking"
          >
            <div ref={content} className="think-text min-w-0 text-base leading-loose wrap-break-word">
              <LazyMarkdown
                text={text}
                growing={view.state.phase !== 'done'}
                tone="reasoning"
                places={places}
                whole={whole}
              />
            </div>
          </div>
          {mapped && <tools.Minimap guide={tools.guide} className={expanded ? mapLook.sticky : mapLook.beside} />}
        </div>
      </div>
      {thinking && !expanded && !following && (
        <Button
          tone="pill"
          className="absolute bottom-13 left-1/2 -translate-x-1/2 text-ink print:hidden"
          onClick={toEnd}
        >
          <ArrowDown aria-hidden size={14} /> Jump to latest
        </Button>
      )}
      <ThinkingFoot
        tools={tools}
        mapped={mapped}
        shown={shown}
        onShow={show}
        canExpand={expanded || overflows}
        expanded={expanded}
        onExpand={() => reshape(() => setExpanded(!expanded))}
        menu={{
          viewOf,
          store: props.store,
          message: props.message,
          whole: text.length > veryLong ? whole : undefined,
          onWhole: setWhole,
        }}
      />
    </div>
  );
}

/** The strip stands beside the box; at full height it stays in sight beside what is read. */
const mapLook = {
  beside: 'absolute top-1.5 right-1 bottom-1.5 max-h-[calc(100dvh-16rem)]',
  sticky:
    'sticky top-1.5 col-start-1 row-start-1 mt-1.5 mr-1 h-[calc(100%-0.75rem)] max-h-[calc(100dvh-16rem)] justify-self-end',
};

/** The view as it is now, for what asks for it later and is not to be made again with each word. */
function useLatest(view: GenerationView): () => GenerationView {
  const latest = useRef(view);
  useEffect(() => {
    latest.current = view;
  }, [view]);
  return useCallback(() => latest.current, []);
}

/** Leads to a place that was asked for, as soon as there is something to lead; that stays until the place is in view. */
function useJump(guide: Guide | undefined, jump: ThoughtJump | undefined, answerId: string): void {
  useEffect(() => {
    if (!guide || !jump) return;
    guide.show(jump).addEventListener('abort', () => endThoughtJump(answerId, jump), { once: true });
  }, [guide, jump, answerId]);
}

function isFind(event: KeyboardEvent): boolean {
  return keyOf(event)?.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey) && !event.shiftKey;
}

/** Opens the search of the pane instead of the browser's, or goes back to its field. */
function findIn(event: KeyboardEvent, open: () => void): void {
  event.preventDefault();
  const field = event.currentTarget.querySelector<HTMLInputElement>('[data-find] input');
  if (field) field.select();
  else open();
}

/** Who closes the search goes on reading. */
function closeFind(box: RefObject<HTMLElement | null>, show: (change: { find: boolean }) => void): void {
  box.current?.focus({ preventScroll: true });
  show({ find: false });
}
