import type { ReactNode } from 'react';

/** A word or two in a frame, beside a name: what it is, or that it was changed. */
export function Tag(props: { title?: string; children: ReactNode }) {
  return (
    <span
      className="flex-none rounded-full border border-accent/35 px-2 py-px text-xs font-medium whitespace-nowrap text-accent"
      title={props.title}
    >
      {props.children}
    </span>
  );
}
