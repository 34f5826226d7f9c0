import type { ReactNode } from 'react';

/** Something that can be done with one's data: what it is, and the way to it at its end. */
export function DataRow(props: { title: string; words: ReactNode; outcome?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-3.75">
      <div className="min-w-0 flex-[1_1_18rem]">
        <h3 className="font-medium">{props.title}</h3>
        <p className="mt-0.5 text-sm text-pretty text-ink-muted">{props.words}</p>
        {props.outcome}
      </div>
      {props.children}
    </div>
  );
}
