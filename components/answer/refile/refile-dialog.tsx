'use client';

import type { RefileWish } from '../../../lib/reasoning/refile.ts';
import type { PartKind, Segment } from '../../../lib/stream-part.ts';
import { estimateTokens } from '../../../lib/usage.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import type { ConversationStore } from '../../conversation/conversation-store.ts';
import { setAside } from '../aside.ts';
import { formatTokens } from '../../../lib/quantity-words.ts';
import { refileAnswer } from './refile-answer.ts';

const kindWords: Record<PartKind, string> = { reasoning: 'Thinking', answer: 'Answer', discarded: 'Discarded text' };
const wishWords: Record<RefileWish['kind'], string> = {
  reasoning: 'This was thinking',
  answer: 'This was the answer',
};
const wishes: readonly RefileWish['kind'][] = ['reasoning', 'answer'];

/** More parts than this are not listed. */
const mostParts = 50;
const excerptLength = 160;

/** The parts of an answer and what each is taken for, to be put right. */
export default function RefileDialog(props: {
  store: ConversationStore;
  messageId: string;
  segments: readonly Segment[];
  /** As they stand under the answer. */
  tokens: { reasoning: number; answer: number };
  onClose: () => void;
}) {
  const { store, messageId } = props;
  const parts = props.segments.filter((segment) => segment.text !== ''); // as the server counts them
  const refile = (wish: RefileWish) => {
    props.onClose();
    void refileAnswer(store, messageId, wish);
  };
  return (
    <Dialog title="Thinking or answer?" width="md" onClose={props.onClose}>
      <p className="text-sm text-ink-muted">
        If a part was taken for the wrong thing, say what it was. It counts for what is sent with your next question,
        too. It can be taken back.
      </p>
      <ul className="grid min-h-24 divide-y divide-line overflow-auto border-y border-line">
        {parts.slice(0, mostParts).map(({ kind, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: its place is its name, also on the server
          <li key={index} className="grid items-center gap-x-4 gap-y-1 py-3 text-sm md:grid-cols-[minmax(0,1fr)_auto]">
            <p className="font-semibold">
              {kindWords[kind]}{' '}
              <span className="font-normal text-ink-muted">{tokensOf(parts, index, props.tokens)}</span>
            </p>
            <p className="wrap-anywhere text-ink-muted md:col-start-1">{excerptOf(text)}</p>
            <p className="grid gap-1.5 max-md:justify-items-start md:col-start-2 md:row-span-2 md:row-start-1">
              {wishes
                .filter((wish) => wish !== kind)
                .map((wish) => (
                  <Button key={wish} onClick={() => refile({ index, kind: wish })}>
                    {wishWords[wish]}
                  </Button>
                ))}
            </p>
          </li>
        ))}
      </ul>
      {parts.length > mostParts && (
        <p className="text-sm text-ink-muted">
          These are the first {mostParts} of {parts.length} parts.
        </p>
      )}
      <div className="-mr-2 flex justify-end">
        <Button tone="ghost" onClick={() => setAside(messageId, { dialog: 'raw' })}>
          Show the raw text
        </Button>
      </div>
    </Dialog>
  );
}

/** Those that stand under the answer; where several parts share them, each its part of them. */
function tokensOf(
  parts: readonly Segment[],
  index: number,
  { reasoning, answer }: { reasoning: number; answer: number },
): string {
  const part = parts[index];
  if (!part) return '';
  const own = estimateTokens(part.text);
  if (part.kind === 'discarded') return `about ${formatTokens(Math.round(own))}`;
  const alike = parts.filter(({ kind }) => kind === part.kind);
  const all = part.kind === 'reasoning' ? reasoning : answer;
  if (alike.length === 1) return formatTokens(all);
  const sum = alike.reduce((total, { text }) => total + estimateTokens(text), 0);
  return `about ${formatTokens(Math.round((all * own) / Math.max(1, sum)))}`;
}

function excerptOf(text: string): string {
  const line = text.slice(0, 4 * excerptLength).replace(/\s+/g, ' ');
  return line.length > excerptLength || text.length > 4 * excerptLength ? `${line.slice(0, excerptLength)}…` : line;
}
