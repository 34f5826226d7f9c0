'use client';

import { Settings, SquarePen } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Asking } from '../asking/ask-again.tsx';
import { buttonLook } from '../ui/button.tsx';
import { AppNotice } from './app-notice.tsx';
import { EndingNote } from './ending-note.tsx';
import { LookAgain } from './look-again.tsx';
import type { OutcomeNote } from './outcome.ts';
import { RetryButton } from './retry-button.tsx';
import { Cause } from './told.tsx';

/** How an answer ended, where it did not simply end well, and what to do next. */
export function Ending(props: {
  outcome: OutcomeNote | undefined;
  /** Epoch ms. */
  endedAt: number | undefined;
  onRetry: () => void;
  /** Asks the same model something else; undefined where nothing can be asked. */
  onAsk: ((question: string) => void) | undefined;
  /** Takes the models that were found when they were looked for anew; undefined where nobody can be asked. */
  onProviders: Asking['onProviders'] | undefined;
  children: ReactNode;
}) {
  const { outcome, endedAt, onRetry } = props;
  if (!outcome) return null;
  if (outcome.tone === 'notice') {
    return (
      <AppNotice
        questions={outcome.questions ?? []}
        onAsk={props.onAsk}
        more={<Remedy {...props} remedy={outcome.remedy} />}
      >
        {outcome.cause && <Cause cause={outcome.cause} attempts={1} />}
      </AppNotice>
    );
  }
  const until =
    outcome.waitSeconds === undefined || endedAt === undefined ? undefined : endedAt + outcome.waitSeconds * 1000;
  return (
    <EndingNote tone={outcome.tone}>
      <p>
        {outcome.text}
        {outcome.cause && <Cause cause={outcome.cause} attempts={outcome.attempts ?? 1} />}
      </p>
      {outcome.detail && (
        <details className="order-3 basis-full text-sm">
          <summary>Details</summary>
          <pre className="mt-1.5 max-h-48 overflow-auto font-mono text-xs wrap-anywhere whitespace-pre-wrap [font-variant-ligatures:none]">
            {outcome.detail}
          </pre>
        </details>
      )}
      <Remedy {...props} remedy={outcome.remedy} />
      {props.children}
      {outcome.retry && <RetryButton until={until} onRetry={onRetry} />}
    </EndingNote>
  );
}

function Remedy(props: Pick<OutcomeNote, 'remedy'> & { onProviders: Asking['onProviders'] | undefined }) {
  const { remedy, onProviders } = props;
  if (remedy === 'settings' || remedy === 'live-model') {
    return (
      <>
        <Link href="/settings" prefetch={false} className={buttonLook()}>
          <Settings aria-hidden size={14} /> Open settings
        </Link>
        {remedy === 'live-model' && onProviders && <LookAgain onProviders={onProviders} />}
      </>
    );
  }
  if (remedy === 'new-chat') {
    return (
      <Link href="/" prefetch={false} className={buttonLook()}>
        <SquarePen aria-hidden size={14} /> New chat
      </Link>
    );
  }
  return null;
}
