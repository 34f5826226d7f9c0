'use client';

import { useState } from 'react';
import { formatCounted } from '../../lib/quantity-words.ts';
import { type ConversationPage, conversationList } from '../client/conversation-list.ts';
import { originLabels } from '../../lib/import/origin-labels.ts';
import { requestJson } from '../client/request-json.ts';
import { Button } from '../ui/button.tsx';
import { FileDrop } from '../ui/file-drop.tsx';
import { DataRow } from './data-row.tsx';
import { type ImportOutcome, importFiles } from './import-files.ts';

/** Brings conversations in from files, and says of each what became of it. */
export function ImportRow() {
  const [busy, setBusy] = useState(false);
  const [outcomes, setOutcomes] = useState<readonly ImportOutcome[]>([]);

  const take = async (files: readonly File[]) => {
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
      <FileDrop
        words="Choose files, or drop them here"
        busy={busy}
        accept=".json,.zip,application/json,application/zip"
        multiple
        onFiles={(files) => void take(files)}
      />
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
