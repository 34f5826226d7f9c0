'use client';

import { Brain, ChevronDown, FileText, Type } from 'lucide-react';
import { useState } from 'react';
import { type Segment, textOfKind } from '../../lib/stream-part.ts';
import { copyText } from '../ui/copy-button.tsx';
import { MenuEntries, MenuEntry } from '../ui/menu.tsx';
import { MenuButton } from '../ui/menu-button.tsx';
import { copyFormatted, withThinking } from './copy-as.ts';

/** In which form an answer is copied: as Markdown, with its thinking or without, or as it looks. */
export function CopyMenu({ segments }: { segments: readonly Segment[] }) {
  const [said, setSaid] = useState('');
  const answer = textOfKind(segments, 'answer').trim();
  const thinks = segments.some(({ kind, text }) => kind === 'reasoning' && text.trim() !== '');
  const say = (copying: Promise<boolean>) =>
    copying.then(
      (done) => setSaid(done ? 'Copied' : 'Copying was not allowed'),
      () => setSaid('Not copied'), // what draws it could not be loaded, as the page says
    );
  return (
    <>
      <MenuButton
        label="Copy as…"
        icon={<ChevronDown aria-hidden size={14} />}
        panel="Copy as"
        onOpen={() => setSaid('')}
      >
        <MenuEntries>
          <MenuEntry icon={<FileText aria-hidden size={15} />} onPick={() => void say(copyText(answer))}>
            Copy as Markdown
          </MenuEntry>
          {thinks && (
            <MenuEntry icon={<Brain aria-hidden size={15} />} onPick={() => void say(copyText(withThinking(segments)))}>
              Copy with thinking, as Markdown
            </MenuEntry>
          )}
          <MenuEntry icon={<Type aria-hidden size={15} />} onPick={() => void say(copyFormatted(answer))}>
            Copy as formatted text
          </MenuEntry>
        </MenuEntries>
      </MenuButton>
      <span role="status" className="sr-only">
        {said}
      </span>
    </>
  );
}
