'use client';

import { ArrowDownUp, CodeXml, Copy, CopyPlus, Ellipsis, ScrollText } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import type { Message } from '../../../lib/conversation.ts';
import { textOfKind } from '../../../lib/stream-part.ts';
import { IconButton } from '../../ui/button.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { Popover } from '../../ui/popover.tsx';
import type { ConversationStore } from '../../conversation/conversation-store.ts';
import { setAside } from '../filing.ts';
import type { GenerationView } from '../../conversation/generation-store.ts';
import { refileThinking } from '../refile-thinking.ts';
import './thinking-menu.css';

export interface ThinkingMenuProps {
  /** Asked when an entry needs it, so that the menu is not drawn again with every word. */
  viewOf: () => GenerationView;
  /** Absent where an answer is only shown. */
  store?: ConversationStore | undefined;
  message?: Message | undefined;
  /** Whether all of the thinking is drawn; undefined where it always is. */
  whole: boolean | undefined;
  onWhole: (whole: boolean) => void;
}

/** What else can be done with a thought. */
export function ThinkingMenu({ viewOf, store, message, whole, onWhole }: ThinkingMenuProps) {
  const anchor = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState(false);
  // A press on the button while the menu is open closes it by itself first; that press must not open it again.
  const closedAt = useRef(0);
  const [said, setSaid] = useState('');

  const closed = () => {
    closedAt.current = performance.now();
    setOpen(false);
  };
  const close = () => {
    closed();
    anchor.current?.querySelector('button')?.focus({ preventScroll: true });
  };
  /** An entry closes the menu, then does its work. */
  const pick = (action: () => void) => () => {
    close();
    action();
  };
  const copy = (text: string) => async () => setSaid((await copyText(text)) ? 'Copied' : 'Copying was not allowed');

  return (
    <span ref={anchor} className="inline-flex">
      <IconButton
        label="More about the thinking"
        aria-expanded={open}
        aria-haspopup="dialog"
        onClick={() => {
          setSaid('');
          if (performance.now() - closedAt.current > 200) setOpen(true);
        }}
      >
        <Ellipsis aria-hidden size={16} />
      </IconButton>
      {open && (
        <Popover anchor={anchor} mode="auto" label="The thinking" className="entries" onClose={closed}>
          <MenuEntry icon={<Copy aria-hidden size={15} />} onPick={pick(copy(thinkingOf(viewOf())))}>
            Copy thinking
          </MenuEntry>
          <MenuEntry icon={<CopyPlus aria-hidden size={15} />} onPick={pick(copy(allOf(viewOf())))}>
            Copy all, with tags
          </MenuEntry>
          {whole !== undefined && (
            <MenuEntry icon={<ScrollText aria-hidden size={15} />} onPick={pick(() => onWhole(!whole))}>
              {whole ? 'Draw only what is near' : 'Show all of it'}
            </MenuEntry>
          )}
          {message && (
            <MenuEntry
              icon={<CodeXml aria-hidden size={15} />}
              onPick={pick(() => setAside(message.id, { dialog: 'raw' }))}
            >
              Raw text
            </MenuEntry>
          )}
          {store && message && viewOf().state.phase === 'done' && (
            <MenuEntry
              icon={<ArrowDownUp aria-hidden size={15} />}
              onPick={pick(() => void refileThinking(store, message.id, viewOf().state.segments))}
            >
              This was the answer
            </MenuEntry>
          )}
          {/* More entries go here. */}
        </Popover>
      )}
      <span role="status" className="sr-only">
        {said}
      </span>
    </span>
  );
}

/** One line of the menu. */
export function MenuEntry(props: { icon: ReactNode; onPick: () => void; children: ReactNode }) {
  return (
    <button type="button" className="entry" onClick={props.onPick}>
      {props.icon}
      <span>{props.children}</span>
    </button>
  );
}

function thinkingOf(view: GenerationView): string {
  return textOfKind(view.state.segments, 'reasoning');
}

/** The thinking between its tags, then the answer: as an R1 model writes it. */
function allOf(view: GenerationView): string {
  return `<think>\n${thinkingOf(view).trim()}\n</think>\n\n${textOfKind(view.state.segments, 'answer').trim()}\n`;
}
