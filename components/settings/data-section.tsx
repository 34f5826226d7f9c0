'use client';

import { Download, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { formatCount } from '../../lib/quantity-words.ts';
import { conversationList } from '../client/conversation-list.ts';
import { forgetAllDrafts } from '../client/forget-drafts.ts';
import { Alert } from '../ui/alert.tsx';
import { Button, buttonLook } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { ImportRow } from './import-row.tsx';
import { Card, Fact, Lead, Section } from './section.tsx';
import { DataRow } from './data-row.tsx';

/** All one has here: taken away, brought in, deleted; and where it is kept. */
export function DataSection({ facts }: { facts: readonly { name: string; value: string }[] }) {
  return (
    <Section id="data" title="Your data">
      <Lead>
        There are no accounts: your conversations, providers and settings belong to this browser, by its cookie. Who
        deletes the cookie, or opens another browser, does not see them. To go on elsewhere, download everything here
        and bring it in there.
      </Lead>
      <Card className="divide-y divide-line">
        <DataRow
          title="Download everything"
          words="All conversations as JSON and Markdown, and the token log, in one zip file. Keys are not in it."
        >
          <a className={buttonLook()} href="/api/export" download>
            <Download aria-hidden size={15} /> Download
          </a>
        </DataRow>
        <ImportRow />
        <DeleteAll />
      </Card>
      <Card>
        <dl className="grid gap-3.5 p-4 text-base">
          {facts.map(({ name, value }) => (
            <Fact key={name} name={name}>
              {value}
            </Fact>
          ))}
        </dl>
      </Card>
    </Section>
  );
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
    <DataRow
      title="Delete all conversations"
      words="With every answer, archived ones too; links to them stop working. Providers and settings stay."
      outcome={
        <>
          {deleted !== undefined && (
            <p role="status" className="mt-1 text-sm text-ink-muted">
              {deleted === 1 ? 'One conversation is deleted.' : `${formatCount(deleted)} conversations are deleted.`}
            </p>
          )}
          {problem && <Alert words={problem} className="mt-2" />}
        </>
      }
    >
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
    </DataRow>
  );
}
