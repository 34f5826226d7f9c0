import type { TokenLog } from '../../lib/token-log.ts';
import { Swatch } from '../charts/swatch.tsx';
import { colorsOf, otherColor } from './model-colors.ts';

/** A colour and what has it. */
export function ColorName({ color, children }: { color: string; children: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <Swatch color={color} />
      {children}
    </span>
  );
}

/** The colours of a log's models. */
export function ModelLegend({ log }: { log: TokenLog }) {
  const colors = colorsOf(log);
  const own = colors.filter(({ color }) => color !== otherColor);
  return (
    <p className="-mb-2 flex flex-wrap gap-x-3.5 gap-y-0.5 px-1 pt-1 text-sm text-ink-muted">
      {own.map(({ key, label, color }) => (
        <ColorName key={key} color={color}>
          {label}
        </ColorName>
      ))}
      {own.length < colors.length && <ColorName color={otherColor}>{`${colors.length - own.length} more`}</ColorName>}
    </p>
  );
}
