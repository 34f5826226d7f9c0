'use client';

import { useHanFont } from '../ui/han-font.ts';

/** A question to begin with; pressing it asks it. */
export function ExampleButton(props: {
  question: string;
  /** What there is to see in its answer. */
  label?: string;
  onAsk: () => void;
}) {
  useHanFont(props.question);
  return (
    <button
      type="button"
      className="flex size-full flex-col justify-between gap-1.5 rounded-lg border border-line px-3 py-2 text-left transition-colors md:px-3.5 md:py-2.5 hover:border-accent/45 hover:bg-surface"
      onClick={props.onAsk}
    >
      <span className="line-clamp-2 text-base leading-normal">{props.question}</span>
      {props.label && <span className="text-xs text-ink-muted">{props.label}</span>}
    </button>
  );
}
