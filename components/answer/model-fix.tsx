'use client';

import { Check, Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ErrorFix } from '../../lib/errors.ts';
import { errorSentence } from '../../lib/sentences.ts';
import type { PullEvent } from '../../lib/pull.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { formatBytes, formatProgress } from '../../lib/quantity-words.ts';
import { pullModel } from './pull-events.ts';
import './model-fix.css';

/** What to do about a failed answer outside the app, as a line to copy; where the app can do it itself, by a button. */
export function ModelFix({ fix, providerId }: { fix: ErrorFix; providerId: string }) {
  return (
    <div className="flex flex-col gap-2 text-base">
      <p className="text-sm text-ink-muted">Run this where {fix.provider} runs</p>
      <div className="flex items-center gap-1 rounded-md border border-line bg-code py-0.5 pr-1 pl-3">
        <code className="flex-1 overflow-x-auto font-mono text-sm whitespace-nowrap">{fix.command}</code>
        <CopyButton label="Copy the command" textOf={() => fix.command} />
      </div>
      {fix.pull !== undefined && <Pull providerId={providerId} model={fix.pull} />}
    </div>
  );
}

const lineLook = 'flex flex-wrap items-center gap-x-3 gap-y-1.5';

type PullState =
  | { state: 'idle' }
  | { state: 'pulling'; progress: Extract<PullEvent, { type: 'progress' }> }
  | { state: 'done' }
  | { state: 'failed'; message: string };

/** Fetches the model while this is on the screen. */
function Pull({ providerId, model }: { providerId: string; model: string }) {
  const [pull, setPull] = useState<PullState>({ state: 'idle' });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const begin = async () => {
    const abort = new AbortController();
    running.current = abort;
    setPull({ state: 'pulling', progress: { type: 'progress', status: '' } });
    for await (const event of pullModel(providerId, model, abort.signal)) {
      if (abort.signal.aborted) return;
      if (event.type === 'progress') setPull({ state: 'pulling', progress: event });
      else
        setPull(event.type === 'done' ? { state: 'done' } : { state: 'failed', message: errorSentence(event.error) });
    }
  };
  const cancel = () => {
    running.current?.abort();
    setPull({ state: 'idle' });
  };

  if (pull.state === 'pulling') return <Progress progress={pull.progress} onCancel={cancel} />;
  if (pull.state === 'done') {
    return (
      <p className={lineLook} role="status">
        <Check aria-hidden size={15} className="text-accent" /> {model} is here now. Retry to ask it.
      </p>
    );
  }
  return (
    <div className={lineLook}>
      <Button onClick={begin}>
        <Download aria-hidden size={14} /> {pull.state === 'failed' ? 'Try again' : 'Pull it now'}
      </Button>
      {pull.state === 'failed' && (
        <p className="flex-[1_1_14rem] text-danger" role="alert">
          {pull.message}
        </p>
      )}
    </div>
  );
}

function Progress({
  progress,
  onCancel,
}: {
  progress: Extract<PullEvent, { type: 'progress' }>;
  onCancel: () => void;
}) {
  const { status, completed = 0, total } = progress;
  const words = statusWords(status);
  return (
    <div className={lineLook}>
      {/* Without a value it is drawn as going on, who knows how long. */}
      <progress
        className="fix-progress"
        aria-label={words}
        {...(total !== undefined && { max: total, value: completed })}
      />
      <p className="flex-1 text-ink-muted tabular-nums">
        {words}
        {total !== undefined &&
          ` ${formatProgress(completed / total)} · ${formatBytes(completed)} of ${formatBytes(total)}`}
      </p>
      <Button tone="ghost" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}

/** Ollama's words for what it does, in ours. */
function statusWords(status: string): string {
  if (/^(pulling|downloading) (?!manifest)/.test(status)) return 'Downloading';
  if (status.startsWith('verifying')) return 'Checking what came';
  if (status.startsWith('writing') || status.startsWith('removing')) return 'Almost there';
  return 'Looking for the model';
}
