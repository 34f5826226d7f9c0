'use client';

import { Brain, ChevronDown, FileText, Type } from 'lucide-react';
import { useRef, useState } from 'react';
import { type Segment, textOfKind } from '../../lib/stream-part.ts';
import { IconButton } from '../ui/button.tsx';
import { copyText } from '../ui/copy-button.tsx';
import { Popover } from '../ui/popover.tsx';
import { copyFormatted, withThinking } from './copy-as.ts';
import { MenuEntry } from './thinking/thinking-menu.tsx';

/** In which form an answer is copied: as Markdown, with its thinking or without, or as it looks. */
export function CopyMenu({ segments }: { segments: readonly Segment[] }) {
  const anchor = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState('');
  const answer = textOfKind(segments, 'answer').trim();
  const thinks = segments.some(({ kind, text }) => kind === 'reasoning' && text.trim() !== '');

  /** An entry closes the menu, then does its work. */
  const pick = (copy: () => Promise<boolean>) => async () => {
    setOpen(false);
    anchor.current?.querySelector('button')?.focus({ preventScroll: true });
    setSaid((await copy()) ? 'Copied' : 'Copying was not allowed');
  };
  return (
    <span ref={anchor} className="inline-flex">
      <IconButton
        label="Copy as…"
        aria-expanded={open}
        aria-haspopup="dialog"
        // the open panel closes by itself on a press outside it, before the click
        onPointerDown={(event) => open && event.preventDefault()}
        onClick={() => {
          setSaid('');
          setOpen(!open);
        }}
      >
        <ChevronDown aria-hidden size={14} />
      </IconButton>
      {open && (
        <Popover anchor={anchor} mode="auto" label="Copy as" className="entries" onClose={() => setOpen(false)}>
          <MenuEntry icon={<FileText aria-hidden size={15} />} onPick={pick(() => copyText(answer))}>
            Copy as Markdown
          </MenuEntry>
          {thinks && (
            <MenuEntry icon={<Brain aria-hidden size={15} />} onPick={pick(() => copyText(withThinking(segments)))}>
              Copy with thinking, as Markdown
            </MenuEntry>
          )}
          <MenuEntry icon={<Type aria-hidden size={15} />} onPick={pick(() => copyFormatted(answer))}>
            Copy as formatted text
          </MenuEntry>
        </Popover>
      )}
      <span role="status" className="sr-only">
        {said}
      </span>
    </span>
  );
}
