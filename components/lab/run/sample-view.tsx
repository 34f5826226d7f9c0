'use client';

import Link from 'next/link';
import type { ExtractionRule } from '../../../lib/lab/extract.ts';
import type { LabSample, SampleDetail } from '../../../lib/lab/run.ts';
import { formatCost, formatCount, formatDuration } from '../../../lib/quantity-words.ts';
import { errorSentence } from '../../../lib/sentences.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { stateWords } from '../figure-words.ts';
import { lazyPart } from '../../ui/lazy-part.tsx';

const SampleText = lazyPart(() => import('./sample-text.tsx'), {
  waiting: () => <p className="min-h-18 text-sm text-ink-muted">…</p>,
  missing: <p className="min-h-18 text-sm text-ink-muted">This could not be loaded.</p>,
});

export const ruleWords: Record<ExtractionRule, string> = {
  boxed: 'the last box',
  'answer-tags': 'the answer tags',
  phrase: 'a line that says so',
  letter: 'a lone letter',
  whole: 'the reply being nothing else',
  'last-formula': 'the last formula',
  'last-number': 'the last number',
};

/** One sample in full: what it thought and said, what was found in it, by which rule, and what its person says of it. */
export function SampleView(props: { detail: SampleDetail; onMark?: (byHand: 'right' | 'wrong' | null) => void }) {
  const { detail, onMark } = props;
  const { sample } = detail;
  return (
    <article className="flex min-w-0 flex-col gap-3" aria-label={`Sample ${sample.sample + 1}`}>
      <Verdict sample={sample} />
      <div className="flex flex-wrap items-center gap-2">
        {onMark && sample.state !== 'planned' && sample.state !== 'running' && (
          <>
            <Button
              aria-pressed={sample.byHand === 'right'}
              onClick={() => onMark(sample.byHand === 'right' ? null : 'right')}
            >
              {sample.byHand === 'right' ? 'Marked right by hand' : 'Mark as right'}
            </Button>
            <Button
              aria-pressed={sample.byHand === 'wrong'}
              onClick={() => onMark(sample.byHand === 'wrong' ? null : 'wrong')}
            >
              {sample.byHand === 'wrong' ? 'Marked wrong by hand' : 'Mark as wrong'}
            </Button>
          </>
        )}
        {detail.conversationId && (
          <Link
            className={buttonLook()}
            href={`/c/${detail.conversationId}${sample.generationId ? `#${sample.generationId}` : ''}`}
            prefetch={false}
          >
            Open with all tools
          </Link>
        )}
      </div>
      <SampleText detail={detail} />
      <details className="text-sm text-ink-muted">
        <summary className="cursor-pointer">What was asked</summary>
        <p className="mt-1 max-h-48 overflow-y-auto rounded-md bg-sunken px-3 py-2 wrap-anywhere whitespace-pre-line text-ink">
          {detail.asked.slice(0, 20_000)}
        </p>
      </details>
    </article>
  );
}

function Verdict({ sample }: { sample: LabSample }) {
  const { state, found, verdict, error } = sample;
  if (state === 'planned' || state === 'running') return <p className="text-base">Not over yet.</p>;
  const figures = [
    sample.thinkingTokens !== undefined && `${formatCount(sample.thinkingTokens)} tokens of thinking`,
    sample.answerTokens !== undefined && `${formatCount(sample.answerTokens)} of the answer`,
    sample.source,
    sample.ms !== undefined && formatDuration(sample.ms),
    sample.cost !== undefined && formatCost(sample.cost),
  ].filter(Boolean);
  return (
    <div className="text-base">
      <p>
        <strong className="font-semibold">{stateWords[state]}</strong>
        {sample.byHand && sample.byHand !== state && `, counted ${sample.byHand} by hand`}
        {found && (
          <>
            : found <code className="rounded-sm bg-code px-1.5 py-0.5 text-sm">{found.text.slice(0, 200)}</code> by{' '}
            {ruleWords[found.rule]}
            {found.inThinking && ', in the thought, which was cut'}
          </>
        )}
        .
        {verdict === 'unsure' &&
          ' Whether it is the key cannot be told by rule: it counts as wrong, and is worth a look.'}
        {sample.budgetKept === false && ' It thought more than it was allowed.'}
        {error && ` ${errorSentence(error)}`}
      </p>
      <p className="text-sm text-ink-muted tabular-nums">
        {figures.join(' · ')} · scorer {sample.scorerVersion ?? '–'} · seed {sample.seed}
        {sample.answeredModel && ` · answered by ${sample.answeredModel}`}
      </p>
    </div>
  );
}
