'use client';

import { ExternalLink } from 'lucide-react';
import { useEffect, useState } from 'react';
import { formatDay, formatMoment } from '../../lib/quantity-words.ts';
import type { ShareExpiry, ShareSummary } from '../../lib/share.ts';
import { requestJson } from '../client/request-json.ts';
import { expiryWords } from '../share/expiry-words.ts';
import { Alert } from '../ui/alert.tsx';
import { Button, iconButtonLook } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { Card, Lead, Section } from './section.tsx';

type OwnShare = ShareSummary & { url: string };
type Load =
  | { state: 'loading' }
  | { state: 'failed'; reason: string }
  | { state: 'ready'; shares: OwnShare[]; at: number };

/** The links somebody has made: what they show, how often they were opened, and the way to take them back. */
export function ShareSection() {
  const [load, setLoad] = useState<Load>({ state: 'loading' });
  const [problem, setProblem] = useState<string | undefined>();
  const [revoking, setRevoking] = useState<OwnShare | undefined>();

  useEffect(() => {
    requestJson<{ shares: OwnShare[] }>('GET', '/api/shares').then(
      ({ shares }) => setLoad({ state: 'ready', shares, at: Date.now() }),
      (error: unknown) => setLoad({ state: 'failed', reason: wordsOf(error) }),
    );
  }, []);

  const change = (next: (shares: OwnShare[]) => OwnShare[]) =>
    setLoad((before) =>
      before.state === 'ready' ? { ...before, shares: next(before.shares), at: Date.now() } : before,
    );
  const attempt = async (work: () => Promise<void>) => {
    try {
      setProblem(undefined);
      await work();
    } catch (error) {
      setProblem(wordsOf(error));
    }
  };
  const revoke = ({ id }: OwnShare) =>
    attempt(async () => {
      await requestJson('DELETE', `/api/shares/${id}`);
      change((shares) => shares.filter((share) => share.id !== id));
    });
  const prolong = (id: string, expires: ShareExpiry) =>
    attempt(async () => {
      const changed = await requestJson<OwnShare>('PATCH', `/api/shares/${id}`, { expires });
      change((shares) => shares.map((share) => (share.id === id ? changed : share)));
    });

  return (
    <Section id="shares" title="Shared links">
      {problem && <Alert words={problem} className="mt-3" />}
      {load.state === 'failed' && <Lead>{load.reason}</Lead>}
      {load.state === 'ready' && load.shares.length === 0 && (
        <Lead>None. A chat or a comparison is shared from its own page.</Lead>
      )}
      {load.state === 'ready' && load.shares.length > 0 && (
        <Card>
          <ul className="divide-y divide-line" aria-label="Links you have made">
            {load.shares.map((share) => (
              <ShareRow
                key={share.id}
                share={share}
                now={load.at}
                onProlong={(expires) => void prolong(share.id, expires)}
                onRevoke={() => setRevoking(share)}
              />
            ))}
          </ul>
        </Card>
      )}
      {revoking && (
        <ConfirmDialog
          title="Take this link back?"
          confirmLabel="Revoke"
          onConfirm={() => void revoke(revoking)}
          onClose={() => setRevoking(undefined)}
        >
          “{revoking.title}” will be gone for everybody who has the link, at once and for good.
        </ConfirmDialog>
      )}
    </Section>
  );
}

function ShareRow(props: {
  share: OwnShare;
  now: number;
  onProlong: (expires: ShareExpiry) => void;
  onRevoke: () => void;
}) {
  const { share, now } = props;
  const expired = share.expiresAt !== undefined && share.expiresAt <= now;
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2.5 px-4 py-3.5">
      <div className="min-w-0 flex-[1_1_18rem]">
        <p className="font-medium wrap-anywhere">{share.title}</p>
        <p className="text-sm text-ink-muted">{factsOf(share).join(' · ')}</p>
        <p className="text-sm text-ink-muted">
          {viewsOf(share)} ·{' '}
          {expired ? 'expired' : share.expiresAt ? `open until ${formatDay(share.expiresAt)}` : 'no end'}
        </p>
      </div>
      <div className="flex items-center gap-1.5">
        <select
          className="rounded-md border border-line bg-surface p-1.5 text-sm text-ink"
          aria-label={`How long "${share.title}" is open, from now`}
          value=""
          onChange={(event) => props.onProlong(event.currentTarget.value as ShareExpiry)}
        >
          <option value="" disabled>
            {expired ? 'Open again…' : 'Change…'}
          </option>
          {expiryWords.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
        {!expired && <CopyButton label="Copy the link" textOf={() => share.url} />}
        {!expired && (
          <a
            className={iconButtonLook()}
            href={share.url}
            target="_blank"
            rel="noreferrer"
            aria-label="Open it"
            title="Open it"
          >
            <ExternalLink aria-hidden size={15} />
          </a>
        )}
        <Button onClick={props.onRevoke}>Revoke</Button>
      </div>
    </li>
  );
}

function factsOf(share: OwnShare): string[] {
  const thinking = { shown: 'thinking shown', folded: 'thinking folded', 'left-out': 'thinking left out' }[
    share.thinking
  ];
  return [
    share.columns > 1 ? `${share.columns} columns` : 'a chat',
    thinking,
    ...(share.numbers ? ['tokens and times'] : []),
    ...(share.systemPrompts ? ['system prompts'] : []),
    `made ${formatDay(share.createdAt)}`,
  ];
}

function viewsOf({ views, lastViewAt }: OwnShare): string {
  if (views === 0) return 'Not opened yet';
  const last = lastViewAt === undefined ? '' : `, last ${formatMoment(lastViewAt)}`;
  return `Opened ${views === 1 ? 'once' : `${views} times`}${last}`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'That did not work.';
}
