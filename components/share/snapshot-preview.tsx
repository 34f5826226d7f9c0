'use client';

import type { SharedAnswer, SharedColumn, ShareSnapshot } from '../../lib/share.ts';
import { LazyMarkdown } from '../markdown/lazy-markdown.tsx';
import { healthSignsOf } from '../words/health-words.ts';
import { useHanFont } from '../ui/han-font.ts';
import { endingWords, filesWords, numbersWords, thoughtWords } from './words.ts';
import { Tag } from '../ui/tag.tsx';

/** All that a snapshot holds, as small as it can be read. */
export function SnapshotPreview({ snapshot }: { snapshot: ShareSnapshot }) {
  useHanFont(snapshot.title);
  return (
    <div
      className={`h-96 max-h-[52dvh] overflow-auto overscroll-contain rounded-lg border border-line bg-paper px-4 py-3.5 text-base max-md:h-auto max-md:max-h-[30dvh] ${snapshot.columns.length > 1 ? 'grid auto-cols-[minmax(15rem,1fr)] grid-flow-col gap-5' : ''}`}
      data-columns={snapshot.columns.length}
    >
      {snapshot.columns.map((column, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a snapshot never changes
        <Column key={i} column={column} snapshot={snapshot} />
      ))}
    </div>
  );
}

function Column({ column, snapshot }: { column: SharedColumn; snapshot: ShareSnapshot }) {
  return (
    <div className="flex min-w-0 flex-col gap-3.5">
      {snapshot.columns.length > 1 && <h3 className="text-sm font-semibold">{column.model}</h3>}
      {column.systemPrompt !== undefined && (
        <div className="rounded-md border border-line px-3 py-1.75 text-sm text-ink-muted">
          <strong>System prompt</strong>
          <div className="wrap-anywhere whitespace-pre-wrap">{column.systemPrompt}</div>
        </div>
      )}
      {column.messages.map((message, i) =>
        message.role === 'user' ? (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a snapshot never changes
            key={i}
            className="max-w-[85%] self-end rounded-lg rounded-br-sm bg-ink/6 px-3 py-1.75 wrap-anywhere whitespace-pre-wrap"
          >
            {message.text}
            {message.files && <small className="mt-1 block text-xs text-ink-muted">{filesWords(message.files)}</small>}
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a snapshot never changes
          <Answer key={i} answer={message} open={snapshot.thinking === 'shown'} />
        ),
      )}
    </div>
  );
}

function Answer({ answer, open }: { answer: SharedAnswer; open: boolean }) {
  const numbers = numbersWords(answer);
  const signs = answer.health ? healthSignsOf(answer.health).map(({ name, value }) => `${name} ${value}`) : [];
  const more = [...signs, ...(answer.timeline ? ['its tokens over time'] : [])];
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <p className="text-sm font-semibold">
        {answer.model} {answer.recording && <Tag>Recording</Tag>}
      </p>
      {answer.thinking !== undefined && (
        <details
          key={String(open)}
          open={open}
          className="rounded-md border border-think-line bg-think-bg px-3 py-1.75 text-sm text-think-ink"
        >
          <summary className="font-medium text-think-ink-strong in-open:mb-2">{thoughtWords(answer)}</summary>
          <LazyMarkdown text={answer.thinking} growing={false} tone="reasoning" />
        </details>
      )}
      {answer.answer !== '' && (
        <div className="md-answer">
          <LazyMarkdown text={answer.answer} growing={false} tone="answer" />
        </div>
      )}
      {answer.ending && <p className="text-xs text-ink-muted tabular-nums">{endingWords[answer.ending]}</p>}
      {numbers !== undefined && <p className="text-xs text-ink-muted tabular-nums">{numbers}</p>}
      {more.length > 0 && <p className="text-xs text-ink-muted tabular-nums">{more.join(' · ')}</p>}
    </div>
  );
}
