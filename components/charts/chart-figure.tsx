'use client';

import { type ReactNode, useId, useState } from 'react';
import './charts.css';

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
    <section className="chart-figure" aria-labelledby={id}>
      <header>
        <div>
          <h2 id={id}>{props.title}</h2>
          <p>{props.note}</p>
        </div>
        <button type="button" className="quiet-button" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? 'Chart' : 'Table'}
        </button>
      </header>
      {asTable ? <FiguresTable label={props.title} table={props.table} /> : props.children}
    </section>
  );
}

function FiguresTable({ label, table }: { label: string; table: ChartTable }) {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must by keys too */}
      <section className="chart-table" aria-label={`${label}, as a table`} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {table.head.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map(({ key, cells }) => (
              <tr key={key}>
                {cells.map((cell, i) => (
                  <td key={table.head[i]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {table.note && <p className="chart-table-note">{table.note}</p>}
    </>
  );
}
