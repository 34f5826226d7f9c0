import type { ReactNode } from 'react';
import type { Spread, TokenLogFigures } from '../../lib/token-log.ts';
import type { UsageSource } from '../../lib/usage.ts';
import {
  costWords,
  countWords,
  durationWords,
  middleWords,
  rateWords,
  shareWords,
  shortCount,
  withinWords,
} from './words.ts';

const sourceWords: Record<UsageSource | 'none', { name: string; meaning: string }> = {
  reported: { name: 'Reported', meaning: 'The provider counted thinking and answer itself.' },
  split: { name: 'Split', meaning: 'The provider gave one total; we shared it out by our own counts.' },
  counted: { name: 'Counted', meaning: "The provider gave no count; we counted with the model's own tokenizer." },
  estimated: { name: 'Estimated', meaning: 'No count and no tokenizer: from the length of the text.' },
  none: { name: 'Not counted', meaning: 'It failed or was cut off before there was anything to count.' },
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
    <div className="compute-figures">
      <dl className="compute-tokens">
        <Figure large name="Thinking tokens" value={shortCount(totals.reasoningTokens)} exact={totals.reasoningTokens}>
          {shareWords(totals.reasoningTokens, output)} of all that was written
        </Figure>
        <Figure large name="Answer tokens" value={shortCount(totals.answerTokens)} exact={totals.answerTokens}>
          {totals.answerTokens > 0 &&
            `${(totals.reasoningTokens / totals.answerTokens).toFixed(1)} of thinking for each of them`}
        </Figure>
        <Figure large name="Prompt tokens" value={shortCount(totals.promptTokens)} exact={totals.promptTokens}>
          {totals.cachedPromptTokens > 0 &&
            `${shareWords(totals.cachedPromptTokens, totals.promptTokens)} from a cache`}
        </Figure>
        <Figure large name="Generations" value={shortCount(totals.generations)} exact={totals.generations}>
          {unwell
            .filter(([n]) => n > 0)
            .map(([n, word]) => `${countWords(n)} ${word}`)
            .join(', ') ||
            (complete > 0 && 'all complete')}
        </Figure>
        <Figure large name="Cost" value={totals.priced === 0 ? '–' : costWords(totals.cost)}>
          {totals.priced === totals.generations
            ? 'all have a price'
            : `of the ${shareWords(totals.priced, totals.generations)} whose price is known`}
        </Figure>
      </dl>
      <dl className="compute-rest">
        <Middle name="Length of a thought" spread={totals.thinking} words={(n) => `${countWords(n)} tokens`} />
        <Middle name="Time to first token" spread={totals.firstToken} words={durationWords} />
        <Middle name="Speed" spread={totals.tokensPerSecond} words={(n) => `${rateWords(n)} tokens/s`} />
        <Figure name="Ran out while thinking" value={shareWords(totals.ranOut, totals.outcomes.complete)}>
          {countWords(totals.ranOut)} of {countWords(totals.outcomes.complete)} that ended by themselves
        </Figure>
        <Figure name="Well-formed" value={shareWords(totals.formatOk, totals.formatJudged)}>
          one thought, then an answer; {countWords(totals.formatJudged)} judged
        </Figure>
        <Figure
          name="In the question's language"
          value={totals.languageShare === undefined ? '–' : shareWords(totals.languageShare, 1)}
        >
          of the words thought; {countWords(totals.languageJudged)} judged
        </Figure>
      </dl>
      <Sources totals={totals} />
    </div>
  );
}

function Middle({ name, spread, words }: { name: string; spread: Spread; words: (n: number) => string }) {
  const { median, p90, count } = spread;
  const about = middleWords(spread, words);
  return (
    <Figure name={name} value={about(median)}>
      {p90 !== undefined && `median of ${countWords(count)}; 90th percentile ${about(p90)}${withinWords(spread)}`}
    </Figure>
  );
}

function Figure(props: { name: string; value: string; exact?: number; large?: boolean; children?: ReactNode }) {
  return (
    <div className="compute-figure" data-large={props.large || undefined}>
      <dt>{props.name}</dt>
      <dd title={props.exact === undefined ? undefined : countWords(props.exact)}>{props.value}</dd>
      <dd className="compute-figure-note">{props.children}</dd>
    </div>
  );
}

/** Where the counts come from, as one bar and its words. */
function Sources({ totals }: { totals: TokenLogFigures }) {
  const parts = (Object.keys(sourceWords) as (UsageSource | 'none')[]).filter((source) => totals.sources[source] > 0);
  return (
    <div className="compute-sources">
      <h2>Where the counts come from</h2>
      <div className="compute-sources-bar" aria-hidden>
        {parts.map((source) => (
          <span key={source} data-source={source} style={{ flexGrow: totals.sources[source] }} />
        ))}
      </div>
      <ul>
        {parts.map((source) => (
          <li key={source} data-source={source} title={sourceWords[source].meaning}>
            {sourceWords[source].name} {shareWords(totals.sources[source], totals.generations)}
            <span className="sr-only">. {sourceWords[source].meaning}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
