'use client';

import { ArrowDownUp, Brain, ChartSpline, CodeXml, FileBraces, FileText, Type } from 'lucide-react';
import { type Segment, textOfKind } from '../../lib/stream-part.ts';
import { copyText } from '../ui/copy-button.tsx';
import { MenuEntry } from '../ui/menu.tsx';
import { setAside } from './aside.ts';
import { copyFormatted, withThinking } from './copy-as.ts';

/** What can be seen of an answer, and the forms in which it is copied: as Markdown, with its thinking, or as it looks. */
export default function AnswerEntries(props: {
  id: string;
  segments: readonly Segment[];
  isCounted: boolean;
  /** Told what came of a copy. */
  onSaid: (words: string) => void;
}) {
  const { id, segments, isCounted, onSaid } = props;
  const answer = textOfKind(segments, 'answer').trim();
  const thinks = segments.some(({ kind, text }) => kind === 'reasoning' && text.trim() !== '');
  const say = (copying: Promise<boolean>) =>
    copying.then(
      (done) => onSaid(done ? 'Copied' : 'Copying was not allowed'),
      () => onSaid('Not copied'), // what draws it could not be loaded, as the page says
    );
  return (
    <>
      {isCounted && (
        <MenuEntry icon={<ChartSpline aria-hidden size={15} />} onPick={() => setAside(id, { timeline: true })}>
          Tokens over time
        </MenuEntry>
      )}
      {segments.length > 0 && (
        <>
          <MenuEntry icon={<CodeXml aria-hidden size={15} />} onPick={() => setAside(id, { dialog: 'raw' })}>
            Raw text
          </MenuEntry>
          <MenuEntry icon={<ArrowDownUp aria-hidden size={15} />} onPick={() => setAside(id, { dialog: 'refile' })}>
            Thinking or answer?
          </MenuEntry>
        </>
      )}
      <MenuEntry icon={<FileBraces aria-hidden size={15} />} onPick={() => setAside(id, { dialog: 'sent' })}>
        What was sent
      </MenuEntry>
      {answer !== '' && (
        <>
          <MenuRule />
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
        </>
      )}
    </>
  );
}

/** Between what belongs together and the rest. */
function MenuRule() {
  return <hr className="my-1 border-line" />;
}
