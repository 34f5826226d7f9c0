'use client';

import { FileUp, LoaderCircle } from 'lucide-react';
import { type DragEvent, useId, useState } from 'react';
import { formatCounted } from '../../lib/quantity-words.ts';
import { type ConversationPage, conversationList } from '../client/conversation-list.ts';
import { originLabels } from '../../lib/import/origin-labels.ts';
import { requestJson } from '../client/request-json.ts';
import { Button } from '../ui/button.tsx';
import { DataRow } from './data-row.tsx';
import { type ImportOutcome, importFiles } from './import-files.ts';

/** Brings conversations in from files, and says of each what became of it. */
export function ImportRow() {
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
  const bringInOthers = async (refused: ImportOutcome) => {
    const made = refused.state === 'refused' ? await refused.others?.bringIn() : undefined;
    if (!made) return;
    setOutcomes((before) => before.map((other) => (other === refused ? made : other)));
    await showInSidebar().catch(() => undefined);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take([...event.dataTransfer.files]);
  };

  return (
    <DataRow
      title="Import"
      words={
        <>
          From Thinkglass, DeepSeek, ChatGPT, Claude (<code>conversations.json</code>), Open WebUI, LibreChat, LobeHub
          or chat-ui, as JSON or in their zip file. Each file is taken whole; one that cannot be read whole says so
          first.
        </>
      }
    >
      <label
        className="flex min-h-17 basis-full items-center justify-center gap-2.5 rounded-md border-2 border-dashed border-ink/22 p-3 text-center text-base text-ink-muted outline-offset-2 outline-accent hover:border-accent hover:bg-accent/6 hover:text-ink has-focus-visible:outline-2 data-over:border-accent data-over:bg-accent/6 data-over:text-ink"
        data-over={over || undefined}
        htmlFor={id}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {busy ? <LoaderCircle aria-hidden size={17} className="animate-spin" /> : <FileUp aria-hidden size={17} />}
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
      <ul
        aria-label="What became of the files"
        aria-live="polite"
        className="grid basis-full gap-1.5 text-sm empty:hidden"
      >
        {outcomes.map((outcome, i) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: outcomes are only ever added at the end
            key={i}
            className={`rounded-md px-3 py-2 wrap-anywhere ${outcome.state === 'refused' ? 'bg-danger-soft text-danger' : 'bg-accent/8'}`}
          >
            <strong className="font-medium">{outcome.name}</strong> {wordsOf(outcome)}
            {outcome.state === 'refused' && outcome.others && (
              <Button tone="quiet" className="mt-1" onClick={() => void bringInOthers(outcome)}>
                Import the other {outcome.others.count}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </DataRow>
  );
}

const origins = { thinkglass: 'Thinkglass', ...originLabels };

function wordsOf(outcome: ImportOutcome): string {
  if (outcome.state === 'refused') return outcome.reason;
  const { conversations, origin, leftOut } = outcome;
  if (conversations === 0) return `No conversation with a question was in it (${origins[origin]}).`;
  return `${formatCounted(conversations, 'conversation')} from ${origins[origin]} imported${leftOut > 0 ? `, ${leftOut} that could not be read left out` : ''}.`;
}

async function showInSidebar(): Promise<void> {
  const page = await requestJson<ConversationPage>('GET', '/api/conversations?limit=50');
  for (const conversation of page.conversations) conversationList.put(conversation);
}
