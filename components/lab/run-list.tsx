'use client';

import Link from 'next/link';
import type { LabRunSummary } from '../../lib/lab/run.ts';
import { formatCount, formatMoment } from '../../lib/quantity-words.ts';
import { Tag } from '../ui/tag.tsx';
import { stateWords } from './run/run-words.ts';

/** The runs there are, those under way first; recorded ones are marked. */
export function RunList({ runs }: { runs: readonly LabRunSummary[] }) {
  if (runs.length === 0) return null;
  return (
    <section aria-labelledby="lab-runs">
      <h2 id="lab-runs" className="mb-2 text-md font-semibold">
        Runs
      </h2>
      <ul className="max-h-96 divide-y divide-line overflow-y-auto rounded-lg border border-line bg-surface shadow-small">
        {runs.slice(0, 200).map((run) => (
          <li key={run.id}>
            <Link
              href={`/lab?run=${encodeURIComponent(run.id)}`}
              prefetch={false}
              className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-4 py-2.5 hover:bg-ink/4"
            >
              <span className="min-w-0 truncate text-base font-medium">{run.title}</span>
              {run.recorded && <Tag title="Made on another machine, and shipped with the app">Recorded</Tag>}
              <span className="text-sm text-ink-muted">{run.modelLabels.join(', ')}</span>
              <span className="ml-auto text-sm text-ink-muted tabular-nums">
                {formatCount(run.samples.over)} of {formatCount(run.samples.planned)} samples · {stateWords(run)} ·{' '}
                {formatMoment(run.createdAt)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
