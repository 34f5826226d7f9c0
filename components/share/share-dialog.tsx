'use client';

import { useState } from 'react';
import { requestJson } from '../client/request-json.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { copyText } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import type { SharedThinking, ShareSnapshot } from '../../lib/share.ts';
import { MadeLink } from './made-link.tsx';
import { firstChoices, ShareChoices, type SharedBranch } from './share-choices.tsx';
import { SnapshotPreview } from './snapshot-preview.tsx';
import { type Preview, usePreview } from './use-preview.ts';

type Making =
  | { state: 'idle' }
  | { state: 'making' }
  | { state: 'failed'; reason: string }
  | { state: 'made'; url: string; copied: boolean };

/** Chooses what will be public, shows exactly that, and makes the link. */
export function ShareDialog(props: { conversationId: string; branches: readonly SharedBranch[]; onClose: () => void }) {
  const { conversationId, branches } = props;
  const [choices, setChoices] = useState(firstChoices);
  const [making, setMaking] = useState<Making>({ state: 'idle' });
  const [suggested, setSuggested] = useState<SharedThinking>('folded');
  const { left, expires, thinking, ...shown } = choices;
  const threads = branches
    .filter(({ threadId }) => !left.includes(threadId))
    .map(({ threadId, leafId }) => ({ threadId, leafId }));
  const choice = { conversationId, threads, thinking: thinking ?? suggested, ...shown };
  const preview = usePreview(choice);
  const fitting = preview.state === 'ready' ? suggestedThinking(preview.snapshot) : suggested;
  if (thinking === undefined && fitting !== suggested) setSuggested(fitting);

  const create = async () => {
    setMaking({ state: 'making' });
    try {
      const { url } = await requestJson<{ url: string }>('POST', '/api/shares', { ...choice, expires });
      setMaking({ state: 'made', url, copied: await copyText(url) });
    } catch (error) {
      setMaking({ state: 'failed', reason: error instanceof Error ? error.message : 'That did not work.' });
    }
  };

  return (
    <Dialog
      title={branches.length > 1 ? 'Share this comparison' : 'Share this conversation'}
      width="xl"
      onClose={props.onClose}
    >
      {making.state === 'made' ? (
        <MadeLink url={making.url} copied={making.copied} expires={expires} onClose={props.onClose} />
      ) : (
        <>
          <div className="grid min-h-0 gap-5 md:grid-cols-[13rem_minmax(0,1fr)]">
            <ShareChoices
              branches={branches}
              choices={choices}
              suggested={suggested}
              onChange={(change) => setChoices((before) => ({ ...before, ...change }))}
            />
            <PreviewPane preview={preview} columns={threads.length} />
          </div>
          <div className="flex flex-wrap items-center justify-end gap-x-5 gap-y-3">
            <p className="flex-[1_1_20rem] text-sm text-pretty text-ink-muted">
              Whoever has the link can read this, frozen as it is now, and nothing else. Keys, addresses, your name and
              other branches are never in it. You can take it back in Settings.
            </p>
            {making.state === 'failed' && <Alert words={making.reason} />}
            <Button
              tone="primary"
              className="max-md:flex-1 max-md:justify-center"
              disabled={making.state === 'making' || preview.state !== 'ready'}
              onClick={() => void create()}
            >
              Create the link
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}

/** One question whose thought is longer than its answer: then the page is about the thought. */
function suggestedThinking({ columns }: ShareSnapshot): SharedThinking {
  const isAboutIt = columns.some(({ messages }) => {
    const answers = messages.filter((message) => message.role === 'assistant');
    const [answer] = answers;
    return answers.length === 1 && answer && (answer.thinking?.length ?? 0) > answer.answer.length;
  });
  return isAboutIt ? 'shown' : 'folded';
}

/** Exactly what will be public. `columns`: how many were chosen. */
function PreviewPane({ preview, columns }: { preview: Preview; columns: number }) {
  return (
    <section
      className="flex min-h-0 min-w-0 flex-col gap-1.5"
      aria-label="What will be public"
      aria-busy={preview.state === 'loading'}
    >
      <h3 className="text-xs font-medium text-ink-muted">What will be public</h3>
      {preview.state === 'failed' && <Alert words={preview.reason} />}
      {preview.state === 'ready' && preview.snapshot.columns.length < columns && (
        <p className="text-sm text-ink-muted">What is still being written is not in it yet.</p>
      )}
      {preview.state === 'ready' && <SnapshotPreview snapshot={preview.snapshot} />}
    </section>
  );
}
