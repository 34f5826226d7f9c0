/** Names of what has a colour of its own wherever it is counted. */
const swatches: Record<string, string> = {
  Thinking: 'bg-thinking',
  Answer: 'bg-answer',
};

/** Figures below each other, their names at the left. `swatches`: with the colours that names have in a figure beside. */
export function FigureRows(props: { rows: readonly [name: string, value: string][]; swatches?: boolean }) {
  return (
    <dl>
      {props.rows.map(([name, value]) => (
        <div key={name} className="flex justify-between gap-4 py-0.5">
          <dt className="flex-none text-ink-muted">
            {props.swatches && swatches[name] && <Swatch look={swatches[name]} />}
            {name}
          </dt>
          <dd className="min-w-0 text-right wrap-anywhere tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A spot of colour beside what has it in a figure. */
export function Swatch({ look }: { look: string }) {
  return <i aria-hidden className={`mr-1.5 inline-block size-2 rounded-full forced-color-adjust-none ${look}`} />;
}
