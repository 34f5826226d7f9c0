import { useState } from 'react';
import { type Benchmark, benchmarkNames, type Reference, references } from '../../../lib/lab/references.ts';
import type { PlotLevel } from '../point-plot.tsx';

const benchmarks = Object.entries(benchmarkNames) as [Benchmark, string][]; // its own

interface ShownReferences {
  benchmark: Benchmark | '';
  /** Those that are drawn. */
  ids: ReadonlySet<string>;
  levels: readonly PlotLevel[];
  chooseBenchmark: (benchmark: Benchmark | '') => void;
  toggle: (id: string) => void;
}

/** Both versions of the paper this app is about are there as soon as a benchmark is. */
const atFirst = ['r1-zero-v1', 'r1-zero-nature'];

/** Which lines of the papers stand beside one's own points: none, until somebody chooses. */
export function useReferences(): ShownReferences {
  const [benchmark, chooseBenchmark] = useState<Benchmark | ''>('');
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set(atFirst));
  const drawn = benchmark === '' ? [] : referencesOf(benchmark).filter(({ id }) => ids.has(id));
  return {
    benchmark,
    ids,
    levels: drawn.flatMap((reference) => levelsOf(reference, benchmark)),
    chooseBenchmark,
    toggle: (id) => setIds(new Set(ids.has(id) ? [...ids].filter((other) => other !== id) : [...ids, id])),
  };
}

function referencesOf(benchmark: Benchmark): Reference[] {
  return references.filter(({ single }) => single[benchmark] !== undefined);
}

function levelsOf({ name, single, vote }: Reference, benchmark: Benchmark | ''): PlotLevel[] {
  if (benchmark === '') return [];
  const value = single[benchmark];
  return [
    ...(value === undefined ? [] : [{ name, value: value / 100 }]),
    ...(benchmark === 'aime' && vote ? [{ name: `${name}, ${vote.of}`, value: vote.value / 100 }] : []),
  ];
}

/** The benchmark whose figures are drawn, and of which models. */
export function ReferenceChoice({ shown }: { shown: ShownReferences }) {
  const { benchmark, ids } = shown;
  return (
    <div className="mt-2 text-sm text-ink-muted">
      <label className="flex flex-wrap items-center gap-2">
        Beside it, from the papers
        <select
          className="h-9 max-w-64 rounded-md border border-line bg-surface px-2.5 text-sm text-ink pointer-coarse:h-10 pointer-coarse:text-lg"
          value={benchmark}
          onChange={(event) =>
            shown.chooseBenchmark(benchmarks.find(([id]) => id === event.currentTarget.value)?.[0] ?? '')
          }
        >
          <option value="">nothing</option>
          {benchmarks.map(([id, words]) => (
            <option key={id} value={id}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {benchmark !== '' && (
        <>
          <fieldset className="mt-2 flex flex-wrap gap-1.5">
            <legend className="sr-only">Models whose figures are drawn</legend>
            {referencesOf(benchmark).map(({ id, name }) => (
              <button
                key={id}
                type="button"
                aria-pressed={ids.has(id)}
                className="rounded-full border border-line px-2.5 py-0.5 hover:bg-ink/4 aria-pressed:border-ink-muted aria-pressed:bg-ink/6 aria-pressed:text-ink pointer-coarse:min-h-10"
                onClick={() => shown.toggle(id)}
              >
                {name}
              </button>
            ))}
          </fieldset>
          <Sources benchmark={benchmark} ids={ids} />
        </>
      )}
    </div>
  );
}

function Sources({ benchmark, ids }: { benchmark: Benchmark; ids: ReadonlySet<string> }) {
  const told = referencesOf(benchmark).filter(({ id }) => ids.has(id));
  const sources = [...new Set(told.map(({ source }) => source))];
  return (
    <p className="mt-1.5 text-xs text-pretty">
      On other questions than these, unless yours are the same.
      {sources.length > 0 && ` Sources: ${sources.join('; ')}.`} R1-Zero stands twice: its paper’s first version and the
      one in Nature differ.
    </p>
  );
}
