'use client';

import type { ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { useHanFont } from '../ui/han-font.ts';

/** The app itself speaks, in a model's place: no model was asked, and nothing went wrong. */
export function AppNotice(props: {
  /** What is the case, in a sentence or two. */
  children: ReactNode;
  /** What can be asked instead; pressing one asks it. */
  questions: readonly string[];
  /** Undefined where nothing can be asked. */
  onAsk: ((question: string) => void) | undefined;
  /** What else can be done: links and buttons. */
  more?: ReactNode;
}) {
  const { questions, onAsk, more } = props;
  useHanFont(questions.join(' '));
  return (
    <section
      aria-label="A note by Thinkglass"
      className="flex flex-col gap-2.5 rounded-lg border border-line bg-surface px-3.5 py-3 text-base"
    >
      <p className="text-xs text-ink-muted">A note by Thinkglass. No model was asked.</p>
      <div className="text-pretty wrap-anywhere">{props.children}</div>
      {(more || (onAsk && questions.length > 0)) && (
        <div className="flex flex-wrap gap-2 print:hidden">
          {onAsk &&
            questions.map((question) => (
              <Button key={question} tone="pill" className="text-left" onClick={() => onAsk(question)}>
                {question}
              </Button>
            ))}
          {more}
        </div>
      )}
    </section>
  );
}
