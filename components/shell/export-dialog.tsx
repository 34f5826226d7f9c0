'use client';

import { Download } from 'lucide-react';
import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import './export.css';

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
      <p className="export-title">{props.title}</p>
      <fieldset className="export-formats">
        <legend className="sr-only">Format</legend>
        {formats.map(([value, label, note]) => (
          <label key={value} className="export-format">
            <input type="radio" name="format" checked={format === value} onChange={() => setFormat(value)} />
            <span>
              <strong>{label}</strong>
              <small>{note}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="export-foot">
        {format === 'md' && (
          <div className="export-options">
            <label>
              <input type="checkbox" checked={thinking} onChange={() => setThinking(!thinking)} /> With thinking
            </label>
            <label>
              <input type="checkbox" checked={figures} onChange={() => setFigures(!figures)} /> With figures
            </label>
          </div>
        )}
        <span className="grow" />
        <a
          className="button button-primary"
          href={`/api/conversations/${props.conversationId}/export?${query.toString()}`}
          download
        >
          <Download aria-hidden size={15} /> Download
        </a>
      </div>
    </Dialog>
  );
}
