'use client';

import { ArrowDownUp, CodeXml, Copy, CopyPlus, Ellipsis, ScrollText } from 'lucide-react';
import { useState } from 'react';
import type { Message } from '../../../lib/conversation.ts';
import { textOfKind } from '../../../lib/stream-part.ts';
import { copyText } from '../../ui/copy-button.tsx';
import { MenuEntries, MenuEntry } from '../../ui/menu.tsx';
import { MenuButton } from '../../ui/menu-button.tsx';
import type { ConversationStore } from '../../conversation/conversation-store.ts';
import { setAside } from '../aside.ts';
import type { GenerationView } from '../../conversation/generation-store.ts';
import { refileThinking } from '../refile/refile-thinking.ts';

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
export function ThinkingMenu(props: ThinkingMenuProps) {
  const [said, setSaid] = useState('');
  const copy = async (text: string) => setSaid((await copyText(text)) ? 'Copied' : 'Copying was not allowed');

  return (
    <>
      <MenuButton
        label="More about the thinking"
        icon={<Ellipsis aria-hidden size={16} />}
        panel="The thinking"
        onOpen={() => setSaid('')}
      >
        <Entries {...props} onCopy={(text) => void copy(text)} />
      </MenuButton>
      <span role="status" className="sr-only">
        {said}
      </span>
    </>
  );
}

function Entries(props: ThinkingMenuProps & { onCopy: (text: string) => void }) {
  const { viewOf, store, message, whole, onWhole, onCopy } = props;
  return (
    <MenuEntries>
      <MenuEntry icon={<Copy aria-hidden size={15} />} onPick={() => onCopy(thinkingOf(viewOf()))}>
        Copy thinking
      </MenuEntry>
      <MenuEntry icon={<CopyPlus aria-hidden size={15} />} onPick={() => onCopy(allOf(viewOf()))}>
        Copy all, with tags
      </MenuEntry>
      {whole !== undefined && (
        <MenuEntry icon={<ScrollText aria-hidden size={15} />} onPick={() => onWhole(!whole)}>
          {whole ? 'Draw only what is near' : 'Show all of it'}
        </MenuEntry>
      )}
      {message && (
        <MenuEntry icon={<CodeXml aria-hidden size={15} />} onPick={() => setAside(message.id, { dialog: 'raw' })}>
          Raw text
        </MenuEntry>
      )}
      {store && message && viewOf().state.phase === 'done' && (
        <MenuEntry
          icon={<ArrowDownUp aria-hidden size={15} />}
          onPick={() => refileThinking(store, message.id, viewOf().state.segments).catch(() => undefined)}
        >
          This was the answer
        </MenuEntry>
      )}
    </MenuEntries>
  );
}

function thinkingOf(view: GenerationView): string {
  return textOfKind(view.state.segments, 'reasoning');
}

/** The thinking between its tags, then the answer: as an R1 model writes it. */
function allOf(view: GenerationView): string {
  return `<think>\n${thinkingOf(view).trim()}\n</think>\n\n${textOfKind(view.state.segments, 'answer').trim()}\n`;
}
