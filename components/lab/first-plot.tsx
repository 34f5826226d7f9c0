import { formatShortCount } from '../../lib/quantity-words.ts';
import type { PlotPoint } from './plot-points.ts';

const shares = [0, 0.25, 0.5, 0.75, 1];

/**
 * Points with their error bars, as `PointPlot` has them, without its library: what a first look shows must not wait for it.
 * Places are shares of the box, so that it has any width.
 */
export function FirstPlot({ points, label }: { points: readonly PlotPoint[]; label: string }) {
  const from = Math.min(...points.map(({ x1 }) => x1)) / 1.25;
  const to = Math.max(...points.map(({ x2 }) => x2)) * 1.25;
  const left = (x: number) => (100 * Math.log(x / from)) / Math.log(to / from);
  const top = (y: number) => 100 * (1 - y);
  const ticks = powersOfTwo(from, to);
  const bySeries = Map.groupBy(
    [...points].sort((a, b) => a.x - b.x),
    ({ series }) => series,
  );
  return (
    <figure aria-label={label} className="text-xs text-ink-muted tabular-nums">
      <p aria-hidden>↑ right</p>
      <div className="relative mt-3 ml-11 h-60 border-b border-line lg:h-72">
        {shares.map((share) => (
          <span key={share} className="absolute inset-x-0 border-t border-line/70" style={{ top: `${top(share)}%` }}>
            <span className="absolute -left-11 w-9 -translate-y-1/2 text-right whitespace-nowrap">{share * 100} %</span>
          </span>
        ))}
        <svg
          aria-hidden
          className="absolute inset-0 size-full overflow-visible"
          viewBox="0 0 100 100"
          preserveAspectRatio="none"
        >
          {[...bySeries].map(([series, its]) => (
            <g key={series} stroke={its[0]?.color} fill="none">
              <polyline
                points={its.map(({ x, y }) => `${left(x)},${top(y)}`).join(' ')}
                strokeWidth={1.75}
                vectorEffect="non-scaling-stroke"
              />
              {its.map(({ x, y1, y2 }) => (
                <line
                  key={x}
                  x1={left(x)}
                  x2={left(x)}
                  y1={top(y1)}
                  y2={top(y2)}
                  strokeOpacity={0.55}
                  vectorEffect="non-scaling-stroke"
                />
              ))}
            </g>
          ))}
        </svg>
        {points.map(({ id, x, y, color, words, title }) => (
          <span
            key={id}
            role="img"
            aria-label={words}
            title={title}
            className="absolute size-2.75 -translate-1/2 rounded-full border border-surface forced-color-adjust-none"
            style={{ left: `${left(x)}%`, top: `${top(y)}%`, backgroundColor: color }}
          />
        ))}
        {ticks.map((tick) => (
          <span key={tick} className="absolute top-full -translate-x-1/2 pt-1" style={{ left: `${left(tick)}%` }}>
            {formatShortCount(tick)}
          </span>
        ))}
      </div>
      <figcaption className="mt-6 text-right" aria-hidden>
        thinking tokens of a sample →
      </figcaption>
    </figure>
  );
}

function powersOfTwo(from: number, to: number): number[] {
  const first = Math.ceil(Math.log2(Math.max(1, from)));
  const count = Math.floor(Math.log2(to)) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => 2 ** (first + i));
}
