import type { ReactNode } from 'react';

const toneLook = {
  quiet: 'text-ink-muted',
  problem: 'rounded-md bg-danger-soft px-3.5 py-2.5 text-danger [&_button]:text-ink',
};

/** A note in a line of its own, with what can be done about it. */
export function EndingNote(props: { tone: 'quiet' | 'problem'; role?: 'alert'; children: ReactNode }) {
  return (
    <div
      role={props.role}
      className={`ending flex flex-wrap items-center gap-x-3.5 gap-y-2 text-base print:[&_button]:hidden [&>p]:flex-[1_1_14rem] [&>p]:wrap-anywhere ${toneLook[props.tone]}`}
    >
      {props.children}
    </div>
  );
}
