'use client';

import type { ErrorCause } from '../../lib/errors.ts';
import type { Notice } from '../../lib/notice.ts';
import { errorSentence, noticeSentence } from '../../lib/sentences.ts';
import type { GenerationView } from '../conversation/generation-store.ts';
import { causeWords, firstSentence } from './cause-words.ts';
import type { PendingRetry } from './outcome.ts';
import { useClock } from './use-clock.ts';

export function Cause(props: { cause: ErrorCause; attempts: number }) {
  return causeWords(props);
}

export function NoticeList({ notices }: { notices: readonly Notice[] }) {
  return (
    <ul className="text-sm text-ink-muted">
      {notices.map((notice, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: notices are only ever added at the end
        <li key={i}>{noticeSentence(notice)}</li>
      ))}
    </ul>
  );
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
