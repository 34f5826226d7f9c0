import type { SearchFilter, SearchKind } from '../../lib/search/search.ts';

const kinds: readonly [SearchKind, string][] = [
  ['question', 'Questions'],
  ['reasoning', 'Thinking'],
  ['answer', 'Answers'],
  ['file', 'Files'],
];

const dayMs = 86_400_000;
const periods = [
  ['week', '7 days', 7 * dayMs],
  ['month', '30 days', 30 * dayMs],
] as const;

/** What is chosen of the filters. */
export interface ChosenFilters {
  kind?: SearchKind | undefined;
  period?: 'week' | 'month' | undefined;
  model?: string | undefined;
}

/** @param now epoch ms; cut to the minute, so that one choice stays one search */
export function filterOf({ kind, period, model }: ChosenFilters, now: number): SearchFilter {
  const ms = periods.find(([name]) => name === period)?.[2];
  return {
    ...(kind && { kind }),
    ...(model !== undefined && { model }),
    ...(ms !== undefined && { since: Math.floor((now - ms) / 60_000) * 60_000 }),
  };
}

/** Where, when and by whom; what is pressed narrows the search, pressed again it does not. */
export function SearchFilters(props: {
  chosen: ChosenFilters;
  /** Who may be chosen. */
  models: readonly string[];
  onChoose: (chosen: ChosenFilters) => void;
}) {
  const { chosen, models, onChoose } = props;
  return (
    <fieldset
      className="flex flex-none items-center gap-1 overflow-x-auto border-b border-line px-3 py-1.5 scrollbar-none"
      aria-label="Search only in"
    >
      {kinds.map(([kind, words]) => (
        <Chip
          key={kind}
          words={words}
          isChosen={chosen.kind === kind}
          onPress={(isChosen) => onChoose({ ...chosen, kind: isChosen ? kind : undefined })}
        />
      ))}
      <span aria-hidden className="h-4 w-px flex-none bg-line" />
      {periods.map(([period, words]) => (
        <Chip
          key={period}
          words={words}
          isChosen={chosen.period === period}
          onPress={(isChosen) => onChoose({ ...chosen, period: isChosen ? period : undefined })}
        />
      ))}
      {models.length > 0 && <span aria-hidden className="h-4 w-px flex-none bg-line" />}
      {models.map((model) => (
        <Chip
          key={model}
          words={model}
          isChosen={chosen.model === model}
          onPress={(isChosen) => onChoose({ ...chosen, model: isChosen ? model : undefined })}
        />
      ))}
    </fieldset>
  );
}

function Chip(props: { words: string; isChosen: boolean; onPress: (isChosen: boolean) => void }) {
  return (
    <button
      type="button"
      aria-pressed={props.isChosen}
      className="flex-none rounded-full px-2.5 py-0.5 text-xs whitespace-nowrap text-ink-muted hover:bg-ink/6 hover:text-ink aria-pressed:bg-accent/14 aria-pressed:font-medium aria-pressed:text-accent pointer-coarse:min-h-9 forced-colors:aria-pressed:outline"
      onClick={() => props.onPress(!props.isChosen)}
    >
      {props.words}
    </button>
  );
}
