import type { ReactNode } from 'react';

/** A table that scrolls in a box of its own, by keys too. */
export function ScrollTable(props: {
  /** What it is a table of. */
  label: string;
  /** The names of its columns, one for each; empty for one of buttons that say themselves what they do. */
  head: readonly string[];
  /** Classes of the box. */
  className: string;
  /** Classes of a column's name. */
  headClassName: string;
  /** Its rows. */
  children: ReactNode;
}) {
  return (
    <section
      className={`relative ${props.className}`}
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must by keys too
      tabIndex={0}
    >
      <table className="w-full text-sm tabular-nums">
        <thead>
          <tr>
            {props.head.map((name) =>
              name === '' ? (
                <td key={name} />
              ) : (
                <th key={name} scope="col" className={`text-ink-muted ${props.headClassName}`}>
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </section>
  );
}
