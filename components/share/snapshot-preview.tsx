'use client';

import type { SharedAnswer, SharedColumn, ShareSnapshot } from '../../lib/share.ts';
import { LazyMarkdown } from '../markdown/lazy-markdown.tsx';
import { useHanFont } from '../ui/han-font.ts';
import { endingWords, filesWords, numbersWords, thoughtWords } from './words.ts';
import { Tag } from '../ui/tag.tsx';

/** All that a snapshot holds, as small as it can be read. */
export function SnapshotPreview({ snapshot }: { snapshot: ShareSnapshot }) {
  useHanFont(snapshot.title);
  return (
    <div className="snapshot" data-columns={snapshot.columns.length}>
      {snapshot.columns.map((column, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a snapshot never changes
        <Column key={i} column={column} snapshot={snapshot} />
      ))}
    </div>
  );
}

function Column({ column, snapshot }: { column: SharedColumn; snapshot: ShareSnapshot }) {
  return (
    <div className="snapshot-column">
      {snapshot.columns.length > 1 && <h4>{column.model}</h4>}
      {column.systemPrompt !== undefined && (
        <div className="snapshot-system">
          <strong>System prompt</strong>
          <div className="snapshot-words">{column.systemPrompt}</div>
        </div>
      )}
      {column.messages.map((message, i) =>
        message.role === 'user' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a snapshot never changes
          <div key={i} className="snapshot-question">
            {message.text}
            {message.files && <small className="snapshot-files">{filesWords(message.files)}</small>}
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
  return (
    <div className="snapshot-answer">
      <p className="snapshot-model">
        {answer.model} {answer.recording && <Tag>Recording</Tag>}
      </p>
      {answer.thinking !== undefined && (
        <details key={String(open)} open={open} className="snapshot-think">
          <summary>{thoughtWords(answer)}</summary>
          <LazyMarkdown text={answer.thinking} growing={false} tone="reasoning" />
        </details>
      )}
      {answer.answer !== '' && <LazyMarkdown text={answer.answer} growing={false} tone="answer" />}
      {answer.ending && <p className="snapshot-numbers">{endingWords[answer.ending]}</p>}
      {numbers !== undefined && <p className="snapshot-numbers">{numbers}</p>}
    </div>
  );
}
