'use client';

import type { ErrorCause } from '../../lib/errors.ts';
import type { Health } from '../../lib/health.ts';
import type { Notice } from '../../lib/notice.ts';
import { formatCount } from '../../lib/quantity-words.ts';
import { errorSentence, noticeSentence } from '../../lib/sentences.ts';
import type { GenerationView } from '../conversation/generation-store.ts';
import { causeWords, firstSentence } from './cause-words.ts';
import type { PendingRetry } from './outcome.ts';
import { useClock } from './use-clock.ts';

export function Cause(props: { cause: ErrorCause; attempts: number }) {
  return causeWords(props);
}

/** `ended`: the health of an answer that is over, in whose notices what went on is past. */
export function NoticeList({ notices, ended }: { notices: readonly Notice[]; ended?: { health: Health | undefined } }) {
  return (
    <ul className="text-sm text-ink-muted">
      {notices.map((notice, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: notices are only ever added at the end
        <li key={i}>{ended && isOngoing(notice) ? repeatedSentence(ended.health) : noticeSentence(notice)}</li>
      ))}
    </ul>
  );
}

function isOngoing(notice: Notice): boolean {
  return notice.code === 'repeating' && !notice.facts.stopped;
}

function repeatedSentence(health: Health | undefined): string {
  const times = health?.repetition?.loop?.times;
  return `The model repeated itself: the same text, over and over${times === undefined ? '' : `, ${formatCount(times)} times`}.`;
}

/** Why it failed and when it is tried again: "… is busy. Trying again in 3 s…" */
export function RetryWords({ view, retry }: { view: GenerationView; retry: PendingRetry }) {
  const now = useClock(true);
  const left = now === undefined ? 0 : view.originAt + retry.until - now;
  return (
    <span className="tabular-nums">
      {firstSentence(errorSentence(retry.cause))}{' '}
      {left > 0 ? `Trying again in ${Math.ceil(left / 1000)} s…` : 'Trying again…'}
    </span>
  );
}
