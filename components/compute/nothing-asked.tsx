import Link from 'next/link';
import { buttonLook } from '../ui/button.tsx';

/** What the page is for, before there is anything to show on it. */
export function NothingAsked() {
  return (
    <section className="mx-auto mt-[10vh] flex max-w-sm flex-col items-center gap-3 text-center">
      <EmptySketch />
      <h2 className="font-serif text-xl tracking-tight">Nothing has been asked yet</h2>
      <p className="text-pretty text-ink-muted">
        Every answer leaves a line in the token log: how much was thought, how much was said, how long it took and what
        it cost. Here you will see it over time and by model, and open the message behind every point.
      </p>
      <Link href="/" className={buttonLook('primary')}>
        Ask something
      </Link>
    </section>
  );
}

const sketch = [14, 30, 22, 46, 38, 64, 52];

function EmptySketch() {
  return (
    <svg className="mb-3 opacity-75" viewBox="0 0 140 72" width="140" height="72" aria-hidden="true">
      {sketch.map((height, i) => (
        <g key={height}>
          <rect x={i * 20 + 3} y={72 - height} width="14" height={height * 0.7} rx="2" className="fill-answer" />
          <rect
            x={i * 20 + 3}
            y={72 - height * 0.72}
            width="14"
            height={height * 0.72}
            rx="2"
            className="fill-thinking"
          />
        </g>
      ))}
    </svg>
  );
}
