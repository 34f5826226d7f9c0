import type { ReactNode } from 'react';

/** What a page says in its middle that has nothing else to show: a heading, a sentence, what to do. */
export function PageNote(props: { heading: string; above?: ReactNode; role?: 'alert'; children: ReactNode }) {
  return (
    <div
      className="m-auto flex max-w-136 flex-col items-center gap-2.5 p-4 text-center text-pretty text-ink-muted md:gap-3.5"
      role={props.role}
    >
      {props.above}
      <h1 className="font-serif text-2xl leading-tight font-medium tracking-tight text-balance text-ink">
        {props.heading}
      </h1>
      {props.children}
    </div>
  );
}
