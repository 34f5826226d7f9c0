'use client';

import { type ReactNode, useId, useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { ScrollTable } from '../ui/scroll-table.tsx';
import { saveChart, saveText } from './save-chart.ts';

/** The figures of a chart: the names of the columns, and rows with a key of their own. */
export interface ChartTable {
  head: readonly string[];
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
  /** What is left out of the rows, if anything is. */
  note?: string;
}

/** A chart as files to take away. */
export interface ChartFiles {
  /** Of the files, without an ending. */
  name: string;
  /** Its figures as CSV. */
  csv: () => string;
}

/** A chart with its title, what it shows in a sentence, and a table to read instead; with `files`, to take away too. */
export function ChartFigure(props: {
  title: string;
  note: ReactNode;
  table: ChartTable;
  files?: ChartFiles;
  children: ReactNode;
}) {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  const drawing = useRef<HTMLDivElement>(null);
  const { files } = props;
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
      {asTable ? (
        <FiguresTable label={props.title} table={props.table} />
      ) : (
        <div ref={drawing} className="min-w-0">
          {props.children}
        </div>
      )}
      {files && (
        <p className="mt-1 flex flex-wrap items-center gap-x-1">
          {!asTable &&
            (['svg', 'png'] as const).map((format) => (
              <Button
                key={format}
                tone="quiet"
                aria-label={`${props.title} as ${format.toUpperCase()}`}
                onClick={() => {
                  const svg = drawing.current?.querySelector('svg');
                  if (svg) void saveChart(svg, { name: files.name, format });
                }}
              >
                {format.toUpperCase()}
              </Button>
            ))}
          <Button
            tone="quiet"
            aria-label={`${props.title} as CSV`}
            onClick={() => saveText(`${files.name}.csv`, files.csv(), 'text/csv')}
          >
            CSV
          </Button>
        </p>
      )}
    </section>
  );
}

const cell = 'px-3 py-1.5 text-right whitespace-nowrap first:text-left';

function FiguresTable({ label, table }: { label: string; table: ChartTable }) {
  return (
    <>
      <ScrollTable
        label={`${label}, as a table`}
        head={table.head}
        className="max-h-88 overflow-auto rounded-md border border-line"
        headClassName={`sticky top-0 bg-sunken font-medium ${cell}`}
      >
        {table.rows.map(({ key, cells }) => (
          <tr key={key} className="not-first:border-t border-line">
            {cells.map((content, i) => (
              <td key={table.head[i]} className={cell}>
                {content}
              </td>
            ))}
          </tr>
        ))}
      </ScrollTable>
      {table.note && <p className="py-2 text-sm text-ink-muted">{table.note}</p>}
    </>
  );
}
