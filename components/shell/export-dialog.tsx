'use client';

import { Download } from 'lucide-react';
import { useState } from 'react';
import { buttonLook } from '../ui/button.tsx';
import { CheckLine } from '../ui/check-line.tsx';
import { Dialog } from '../ui/dialog.tsx';

type Format = 'md' | 'json' | 'jsonl';

const formats: readonly [Format, label: string, note: string][] = [
  ['md', 'Markdown', 'To read: the branch you look at; columns one after another.'],
  ['json', 'JSON', 'Everything, to import again: all branches, settings, figures, exact texts, requests.'],
  ['jsonl', 'Figures', 'A line of JSON for each answer: tokens, times, cost. No text.'],
];

/** Saves a conversation as a file, in the format that is chosen. */
export default function ExportDialog(props: {
  conversationId: string;
  title: string;
  /** The last messages of the branches that are looked at; absent: those looked at last. */
  leafIds?: readonly string[] | undefined;
  onClose: () => void;
}) {
  const [format, setFormat] = useState<Format>('md');
  const [thinking, setThinking] = useState(true);
  const [figures, setFigures] = useState(false);
  const query = new URLSearchParams({ format });
  if (format === 'md') {
    query.set('thinking', thinking ? '1' : '0');
    query.set('figures', figures ? '1' : '0');
    if (props.leafIds && props.leafIds.length > 0) query.set('leaf', props.leafIds.join(','));
  }
  return (
    <Dialog title="Export" width="sm" onClose={props.onClose}>
      <p className="truncate text-base text-ink-muted">{props.title}</p>
      <fieldset className="grid gap-2">
        <legend className="sr-only">Format</legend>
        {formats.map(([value, label, note]) => (
          <label
            key={value}
            className="flex gap-3 rounded-md border border-line px-3.5 py-2.5 outline-offset-2 outline-accent hover:border-ink/28 has-checked:border-accent has-checked:bg-accent/7 has-focus-visible:outline-2"
          >
            <input
              type="radio"
              name="format"
              className="mt-0.75 size-4 flex-none accent-accent outline-none"
              checked={format === value}
              onChange={() => setFormat(value)}
            />
            <span className="grid gap-0.5 text-base">
              <strong className="font-medium">{label}</strong>
              <small className="text-sm text-pretty text-ink-muted">{note}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="mt-1 flex min-h-10 flex-wrap items-center gap-3">
        {format === 'md' && (
          <div className="flex flex-wrap gap-x-4.5 gap-y-1">
            <CheckLine checked={thinking} onChange={setThinking}>
              With thinking
            </CheckLine>
            <CheckLine checked={figures} onChange={setFigures}>
              With figures
            </CheckLine>
          </div>
        )}
        <span className="grow" />
        <a
          className={buttonLook('primary')}
          href={`/api/conversations/${props.conversationId}/export?${query.toString()}`}
          download
        >
          <Download aria-hidden size={15} /> Download
        </a>
      </div>
    </Dialog>
  );
}
