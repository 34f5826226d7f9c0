import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Spread, TokenLogFigures } from '../../lib/token-log.ts';
import type { UsageSource } from '../../lib/usage.ts';
import { Swatch } from '../charts/swatch.tsx';
import { sourceMeaning, sourceName } from '../words/usage-source.ts';
import {
  formatCost,
  formatCount,
  formatDuration,
  formatPace,
  formatTokens,
  formatShare,
  formatShortCount,
} from '../../lib/quantity-words.ts';
import { middleWords, withinWords } from './words.ts';

/** Where a count comes from, or that there was nothing to count. */
const sources = {
  ...sourceMeaning,
  none: 'It failed or was cut off before there was anything to count.',
} satisfies Record<UsageSource | 'none', string>;

const sourceColors: Record<UsageSource | 'none', string> = {
  reported: 'var(--chart-1)',
  events: 'var(--chart-4)',
  split: 'var(--chart-6)',
  counted: 'var(--chart-3)',
  estimated: 'var(--chart-2)',
  none: 'var(--chart-other)',
};

/** The sums of a period, in words and a few large numbers. */
export function ComputeFigures({ totals }: { totals: TokenLogFigures }) {
  const output = totals.reasoningTokens + totals.answerTokens;
  const { complete, stopped, interrupted, failed } = totals.outcomes;
  const unwell = [
    [stopped, 'stopped'],
    [interrupted, 'interrupted'],
    [failed, 'failed'],
  ] as const;
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-line shadow-small">
      <dl className="grid grid-cols-2 gap-px max-lg:[&>:first-child]:col-span-full lg:grid-cols-5">
        <Figure
          large
          name="Thinking tokens"
          value={formatShortCount(totals.reasoningTokens)}
          exact={totals.reasoningTokens}
        >
          {formatShare(totals.reasoningTokens, output)} of all that was written
        </Figure>
        <Figure large name="Answer tokens" value={formatShortCount(totals.answerTokens)} exact={totals.answerTokens}>
          {totals.answerTokens > 0 &&
            `${(totals.reasoningTokens / totals.answerTokens).toFixed(1)} of thinking for each of them`}
        </Figure>
        <Figure large name="Prompt tokens" value={formatShortCount(totals.promptTokens)} exact={totals.promptTokens}>
          {totals.cachedPromptTokens > 0 &&
            `${formatShare(totals.cachedPromptTokens, totals.promptTokens)} from a cache`}
        </Figure>
        <Figure large name="Generations" value={formatShortCount(totals.generations)} exact={totals.generations}>
          {unwell
            .filter(([n]) => n > 0)
            .map(([n, word]) => `${formatCount(n)} ${word}`)
            .join(', ') ||
            (complete > 0 && 'all complete')}
        </Figure>
        <Figure large name="Cost" value={totals.priced === 0 ? '–' : formatCost(totals.cost)}>
          <PricedWords totals={totals} />
        </Figure>
      </dl>
      <dl className="mt-px grid grid-cols-2 gap-px lg:grid-cols-3 xl:grid-cols-6">
        <Middle name="Length of a thought" spread={totals.thinking} words={formatTokens} />
        <Middle name="Time to first token" spread={totals.firstToken} words={formatDuration} />
        <Middle name="Speed" spread={totals.tokensPerSecond} words={formatPace} />
        <Figure name="Ran out while thinking" value={formatShare(totals.ranOut, totals.outcomes.complete)}>
          {formatCount(totals.ranOut)} of {formatCount(totals.outcomes.complete)} that ended by themselves
        </Figure>
        <Figure name="Well-formed" value={formatShare(totals.formatOk, totals.formatJudged)}>
          one thought, then an answer; {formatCount(totals.formatJudged)} judged
        </Figure>
        <Figure
          name="In the question's language"
          value={totals.languageShare === undefined ? '–' : formatShare(totals.languageShare)}
        >
          of the words thought; {formatCount(totals.languageJudged)} judged
        </Figure>
      </dl>
      <Sources totals={totals} />
    </div>
  );
}

function PricedWords({ totals: { priced, generations } }: { totals: TokenLogFigures }) {
  if (priced === generations) return 'all have a price';
  if (priced > 0) return `of the ${formatShare(priced, generations)} whose price is known`;
  return (
    <>
      no prices known ·{' '}
      <Link href="/settings" className="underline underline-offset-2 print:no-underline">
        set them in Settings
      </Link>
    </>
  );
}

function Middle({ name, spread, words }: { name: string; spread: Spread; words: (n: number) => string }) {
  const { median, p90, count } = spread;
  const about = middleWords(spread, words);
  return (
    <Figure name={name} value={about(median)}>
      {p90 !== undefined && `median of ${formatCount(count)}; 90th percentile ${about(p90)}${withinWords(spread)}`}
    </Figure>
  );
}

function Figure(props: { name: string; value: string; exact?: number; large?: boolean; children?: ReactNode }) {
  return (
    <div className="group/figure bg-surface px-4 py-3.5">
      <dt className="text-sm text-ink-muted">{props.name}</dt>
      <dd
        className={`tabular-nums ${props.large ? 'font-serif text-2xl leading-tight tracking-tight group-first/figure:text-accent' : 'text-lg font-medium'}`}
        title={props.exact === undefined ? undefined : formatCount(props.exact)}
      >
        {props.value}
      </dd>
      <dd className="text-xs text-pretty text-ink-muted">{props.children}</dd>
    </div>
  );
}

/** Where the counts come from, as one bar and its words. */
function Sources({ totals }: { totals: TokenLogFigures }) {
  const countOf = (source: UsageSource | 'none') => totals.sources[source] ?? 0;
  const parts = (Object.keys(sources) as (UsageSource | 'none')[]).filter((source) => countOf(source) > 0);
  return (
    <div className="mt-px flex flex-wrap items-center gap-x-4 gap-y-2 bg-surface px-4 py-3 text-sm">
      <h2 className="text-ink-muted">Where the counts come from</h2>
      <div
        className="flex h-2 flex-[1_1_8rem] gap-0.5 overflow-hidden rounded-full forced-color-adjust-none"
        aria-hidden
      >
        {parts.map((source) => (
          <span
            key={source}
            className="min-w-0.75"
            style={{ flexGrow: countOf(source), backgroundColor: sourceColors[source] }}
          />
        ))}
      </div>
      <ul className="flex flex-wrap gap-x-3.5 gap-y-0.5">
        {parts.map((source) => (
          <li key={source} className="inline-flex items-center gap-1.5" title={sources[source]}>
            <Swatch color={sourceColors[source]} />
            {nameOf(source)} {formatShare(countOf(source), totals.generations)}
            <span className="sr-only">. {sources[source]}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function nameOf(source: UsageSource | 'none'): string {
  return source === 'none' ? 'Not counted' : sourceName(source);
}
