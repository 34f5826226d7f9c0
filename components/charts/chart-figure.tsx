'use client';

import { type ReactNode, useId, useState } from 'react';
import { Button } from '../ui/button.tsx';

/** The figures of a chart: the names of the columns, and rows with a key of their own. */
export interface ChartTable {
  head: readonly string[];
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
  /** What is left out of the rows, if anything is. */
  note?: string;
}

/** A chart with its title, what it shows in a sentence, and a table to read instead. */
export function ChartFigure(props: { title: string; note: ReactNode; table: ChartTable; children: ReactNode }) {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  return (
    <section className="flex min-w-0 flex-col" aria-labelledby={id}>
      <header className="mb-3 flex items-start justify-between gap-3">
        <div>
          <h2 id={id} className="text-md font-semibold">
            {props.title}
          </h2>
          <p className="text-sm text-pretty text-ink-muted">{props.note}</p>
        </div>
        <Button tone="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? 'Chart' : 'Table'}
        </Button>
      </header>
      {asTable ? <FiguresTable label={props.title} table={props.table} /> : props.children}
    </section>
  );
}

const cell = 'px-3 py-1.5 text-right whitespace-nowrap first:text-left';

function FiguresTable({ label, table }: { label: string; table: ChartTable }) {
  return (
    <>
      <section
        className="max-h-88 overflow-auto rounded-md border border-line"
        aria-label={`${label}, as a table`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must by keys too
        tabIndex={0}
      >
        <table className="w-full text-sm tabular-nums">
          <thead>
            <tr>
              {table.head.map((name) => (
                <th key={name} scope="col" className={`sticky top-0 bg-sunken font-medium text-ink-muted ${cell}`}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map(({ key, cells }) => (
              <tr key={key} className="not-first:border-t border-line">
                {cells.map((content, i) => (
                  <td key={table.head[i]} className={cell}>
                    {content}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {table.note && <p className="py-2 text-sm text-ink-muted">{table.note}</p>}
    </>
  );
}
