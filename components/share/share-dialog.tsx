'use client';

import { Check, ExternalLink } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { ShareChoice, SharedThinking, ShareExpiry, ShareSnapshot } from '../../lib/share.ts';
import { RequestFailed, requestJson } from '../client/request-json.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton, copyText } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { expiryWords } from './expiry-words.ts';
import { SnapshotPreview } from './snapshot-preview.tsx';
import './share.css';

/** A column that can be shared, with the message it ends with. */
export interface SharedBranch {
  threadId: string;
  leafId: string;
  label: string;
}

type Preview = { state: 'loading' } | { state: 'failed'; reason: string } | { state: 'ready'; snapshot: ShareSnapshot };

const thinkings: [SharedThinking, string][] = [
  ['shown', 'Shown'],
  ['folded', 'Folded'],
  ['left-out', 'Left out'],
];

/** Chooses what will be public, shows exactly that, and makes the link. */
export function ShareDialog(props: { conversationId: string; branches: readonly SharedBranch[]; onClose: () => void }) {
  const { conversationId, branches } = props;
  const [left, setLeft] = useState<readonly string[]>([]);
  const [thinking, setThinking] = useState<SharedThinking>('folded');
  const [numbers, setNumbers] = useState(true);
  const [systemPrompts, setSystemPrompts] = useState(false);
  const [expires, setExpires] = useState<ShareExpiry>('month');
  const [making, setMaking] = useState<'idle' | 'making' | { failed: string } | { url: string; copied: boolean }>(
    'idle',
  );
  const chosen = branches.filter(({ threadId }) => !left.includes(threadId));
  const threads = chosen.map(({ threadId, leafId }) => ({ threadId, leafId }));
  const choice = { conversationId, threads, thinking, numbers, systemPrompts };
  const preview = usePreview(choice);
  const made = typeof making === 'object' && 'url' in making ? making : undefined;

  const create = async () => {
    setMaking('making');
    try {
      const { url } = await requestJson<{ url: string }>('POST', '/api/shares', { ...choice, expires });
      setMaking({ url, copied: await copyText(url) });
    } catch (error) {
      setMaking({ failed: wordsOf(error) });
    }
  };
  const toggle = (threadId: string) =>
    setLeft((before) => (before.includes(threadId) ? before.filter((id) => id !== threadId) : [...before, threadId]));

  return (
    <Dialog
      title={branches.length > 1 ? 'Share this comparison' : 'Share this conversation'}
      width="xl"
      onClose={props.onClose}
    >
      {made ? (
        <Made url={made.url} copied={made.copied} expires={expires} onClose={props.onClose} />
      ) : (
        <>
          <div className="share-parts">
            <div className="share-choices">
              {branches.length > 1 && (
                <fieldset>
                  <legend>Columns</legend>
                  {branches.map(({ threadId, label }) => (
                    <Choice
                      key={threadId}
                      label={label}
                      checked={!left.includes(threadId)}
                      disabled={chosen.length === 1 && !left.includes(threadId)}
                      onChange={() => toggle(threadId)}
                    />
                  ))}
                </fieldset>
              )}
              <fieldset>
                <legend>Thinking</legend>
                <div className="share-segments">
                  {thinkings.map(([value, words]) => (
                    <label key={value} className="share-segment">
                      <input
                        type="radio"
                        name="thinking"
                        checked={thinking === value}
                        onChange={() => setThinking(value)}
                      />
                      <span>{words}</span>
                    </label>
                  ))}
                </div>
              </fieldset>
              <fieldset>
                <legend>With it</legend>
                <Choice label="Tokens and times" checked={numbers} onChange={() => setNumbers(!numbers)} />
                <Choice
                  label="System prompts"
                  checked={systemPrompts}
                  onChange={() => setSystemPrompts(!systemPrompts)}
                />
              </fieldset>
              <label className="share-expiry">
                Open for
                <select value={expires} onChange={(event) => setExpires(event.currentTarget.value as ShareExpiry)}>
                  {expiryWords.map(([value, words]) => (
                    <option key={value} value={value}>
                      {words}
                    </option>
                  ))}
                </select>
              </label>
            </div>
            <section className="share-preview" aria-label="What will be public" aria-busy={preview.state === 'loading'}>
              <h3>What will be public</h3>
              {preview.state === 'failed' && <p role="alert">{preview.reason}</p>}
              {preview.state === 'ready' && preview.snapshot.columns.length < chosen.length && (
                <p className="share-note">What is still being written is not in it yet.</p>
              )}
              {preview.state === 'ready' && <SnapshotPreview snapshot={preview.snapshot} />}
            </section>
          </div>
          <div className="share-actions">
            <p className="share-note">
              Whoever has the link can read this, frozen as it is now, and nothing else. Keys, addresses, your name and
              other branches are never in it. You can take it back in Settings.
            </p>
            {typeof making === 'object' && 'failed' in making && (
              <p role="alert" className="share-failed">
                {making.failed}
              </p>
            )}
            <Button
              tone="primary"
              disabled={making === 'making' || preview.state !== 'ready'}
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

function Choice(props: { label: string; checked: boolean; disabled?: boolean; onChange: () => void }) {
  return (
    <label className="share-check">
      <input type="checkbox" checked={props.checked} disabled={props.disabled} onChange={props.onChange} />
      {props.label}
    </label>
  );
}

function Made(props: { url: string; copied: boolean; expires: ShareExpiry; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => field.current?.select(), []);
  const open = props.expires === 'never' ? 'until you take it back' : `for ${words(props.expires)}`;
  return (
    <div className="share-made">
      <p role="status">
        {props.copied && <Check aria-hidden size={16} />}
        {props.copied ? 'The link is made, and copied.' : 'The link is made.'} It is open {open}.
      </p>
      <label htmlFor={id} className="sr-only">
        The link
      </label>
      <div className="share-link">
        <input ref={field} id={id} readOnly value={props.url} onFocus={(event) => event.currentTarget.select()} />
        <CopyButton label="Copy the link" textOf={() => props.url} />
        <a
          className="icon-button"
          href={props.url}
          target="_blank"
          rel="noreferrer"
          aria-label="Open it"
          title="Open it"
        >
          <ExternalLink aria-hidden size={15} />
        </a>
      </div>
      <p className="share-note">
        Your links, how often they were opened, and the way to take them back: Settings, Shared links.
      </p>
      <div className="share-actions">
        <Button onClick={props.onClose}>Done</Button>
      </div>
    </div>
  );
}

function words(expires: ShareExpiry): string {
  return expiryWords.find(([value]) => value === expires)?.[1].toLowerCase() ?? '';
}

/** An answer that is being written is asked after again, this often, in ms. */
const againMs = 1500;

/** What the server would make public of a choice; while it is asked again, what it said before. */
function usePreview(choice: ShareChoice): Preview {
  const [preview, setPreview] = useState<Preview>({ state: 'loading' });
  const asked = JSON.stringify(choice);
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const choice = JSON.parse(asked) as ShareChoice;
    const look = async () => {
      try {
        const { snapshot } = await requestJson<{ snapshot: ShareSnapshot }>('POST', '/api/shares/preview', choice);
        if (!current) return;
        setPreview({ state: 'ready', snapshot });
        if (snapshot.columns.length < choice.threads.length) timer = setTimeout(look, againMs);
      } catch (error) {
        if (!current) return;
        setPreview({ state: 'failed', reason: wordsOf(error) });
        if (error instanceof RequestFailed && error.code === 'conflict') timer = setTimeout(look, againMs);
      }
    };
    void look();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [asked]);
  return preview;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'That did not work.';
}
