import { Download } from 'lucide-react';
import { formatCount } from '../../lib/quantity-words.ts';
import type { TokenLog } from '../../lib/token-log.ts';
import { stepWords } from './words.ts';

/** The figures of a view as files. `query`: what the API was asked for it. */
export function TokenLogFiles({ log, query }: { log: TokenLog; query: string }) {
  const files = [
    ['models', 'By model'],
    ['series', `By ${stepWords[log.step]}`],
    ['log', `Every generation (${formatCount(log.totals.generations)})`],
  ] as const;
  return (
    <section aria-labelledby="compute-files">
      <h2 id="compute-files" className="mb-2 text-md font-semibold">
        Take it with you
      </h2>
      <ul className="flex flex-wrap gap-x-7 gap-y-2 text-base">
        {files.map(([of, words]) => (
          <li key={of} className="inline-flex items-center gap-2">
            <Download aria-hidden size={15} /> {words}
            {(['csv', 'jsonl'] as const).map((format) => (
              <a
                key={format}
                href={`/api/usage/export?${query}&of=${of}&format=${format}`}
                download
                className="rounded-sm py-1 font-medium text-accent underline-offset-2 hover:underline pointer-coarse:inline-grid pointer-coarse:size-10 pointer-coarse:place-items-center"
                aria-label={`${words} as ${format.toUpperCase()}`}
              >
                {format.toUpperCase()}
              </a>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
