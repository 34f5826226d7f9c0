'use client';

import { Download, FileUp, LoaderCircle, Trash2 } from 'lucide-react';
import { type DragEvent, useId, useState } from 'react';
import { formatCount, formatCounted } from '../../lib/quantity-words.ts';
import { type ConversationPage, conversationList } from '../client/conversation-list.ts';
import { forgetAllDrafts } from '../client/forget-drafts.ts';
import { requestJson } from '../client/request-json.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { type ImportOutcome, importFiles } from './import-files.ts';
import './data-section.css';

/** All one has here: taken away, brought in, deleted; and where it is kept. */
export function DataSection({ facts }: { facts: readonly { name: string; value: string }[] }) {
  return (
    <section id="data" aria-labelledby="data-title" className="settings-section">
      <h2 id="data-title">Your data</h2>
      <div className="data-rows">
        <div className="data-row">
          <div>
            <h3>Download everything</h3>
            <p>All conversations as JSON and Markdown, and the token log, in one zip file. Keys are not in it.</p>
          </div>
          <a className="button button-plain" href="/api/export" download>
            <Download aria-hidden size={15} /> Download
          </a>
        </div>
        <Import />
        <DeleteAll />
      </div>
      <dl className="settings-facts">
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Import() {
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const [outcomes, setOutcomes] = useState<readonly ImportOutcome[]>([]);
  const id = useId();

  const take = async (files: readonly File[]) => {
    if (files.length === 0 || busy) return;
    setBusy(true);
    setOutcomes([]);
    for await (const outcome of importFiles(files)) setOutcomes((before) => [...before, outcome]);
    setBusy(false);
    await showInSidebar().catch(() => undefined); // it is there at the next page
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take([...event.dataTransfer.files]);
  };

  return (
    <div className="data-row data-import">
      <div>
        <h3>Import</h3>
        <p>
          From Thinkglass, ChatGPT (<code>conversations.json</code>) or Open WebUI, as JSON or in their zip file. Each
          file is taken whole or not at all.
        </p>
      </div>
      <label
        className="data-drop"
        data-over={over || undefined}
        htmlFor={id}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {busy ? <LoaderCircle aria-hidden size={17} className="spin" /> : <FileUp aria-hidden size={17} />}
        <span>{busy ? 'Reading…' : 'Choose files, or drop them here'}</span>
        <input
          id={id}
          type="file"
          className="sr-only"
          accept=".json,.zip,application/json,application/zip"
          multiple
          disabled={busy}
          onChange={(event) => {
            const { currentTarget } = event;
            const files = [...(currentTarget.files ?? [])];
            currentTarget.value = ''; // the same file may be chosen again
            void take(files);
          }}
        />
      </label>
      <ul className="data-outcomes" aria-live="polite">
        {outcomes.map((outcome, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: outcomes are only ever added at the end
          <li key={i} data-refused={outcome.state === 'refused' || undefined}>
            <strong>{outcome.name}</strong> {wordsOf(outcome)}
          </li>
        ))}
      </ul>
    </div>
  );
}

const origins = { thinkglass: 'Thinkglass', chatgpt: 'ChatGPT', 'open-webui': 'Open WebUI' } as const;

function wordsOf(outcome: ImportOutcome): string {
  if (outcome.state === 'refused') return outcome.reason;
  const { conversations, origin } = outcome;
  if (conversations === 0) return `No conversation with a question was in it (${origins[origin]}).`;
  return `${formatCounted(conversations, 'conversation')} from ${origins[origin]} imported.`;
}

async function showInSidebar(): Promise<void> {
  const page = await requestJson<ConversationPage>('GET', '/api/conversations?limit=50');
  for (const conversation of page.conversations) conversationList.put(conversation);
}

function DeleteAll() {
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string | undefined>();
  const [deleted, setDeleted] = useState<number | undefined>();
  const remove = async () => {
    try {
      setProblem(undefined);
      setDeleted(await conversationList.removeAll());
      forgetAllDrafts();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'That did not work.');
    }
  };
  return (
    <div className="data-row">
      <div>
        <h3>Delete all conversations</h3>
        <p>With every answer, archived ones too; links to them stop working. Providers and settings stay.</p>
        {deleted !== undefined && (
          <p role="status">
            {deleted === 1 ? 'One conversation is deleted.' : `${formatCount(deleted)} conversations are deleted.`}
          </p>
        )}
        {problem && (
          <p role="alert" className="settings-alert">
            {problem}
          </p>
        )}
      </div>
      <Button onClick={() => setAsking(true)}>
        <Trash2 aria-hidden size={15} /> Delete all…
      </Button>
      {asking && (
        <ConfirmDialog
          title="Delete all conversations?"
          confirmLabel="Delete all"
          onConfirm={() => void remove()}
          onClose={() => setAsking(false)}
        >
          Everything you have asked here, and every answer, will be gone, and what you have begun to write. What still
          runs is stopped. Download it first if you may want it again.
        </ConfirmDialog>
      )}
    </div>
  );
}
