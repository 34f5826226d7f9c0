'use client';

import { X } from 'lucide-react';
import { useState } from 'react';
import type { RefileWish } from '../../../lib/reasoning/refile.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import type { ConversationStore } from '../../conversation/conversation-store.ts';
import { type RefileNote as Note, setAside } from '../aside.ts';
import { forgetFiling, rememberFiling, takeBackFiling } from './refile-answer.ts';

/** What was done about how an answer is filed, with the way back, and an offer to do so for the model from now on. */
export default function RefileNote(props: {
  store: ConversationStore;
  messageId: string;
  note: Note | undefined;
  problem: string | undefined;
  modelLabel: string;
}) {
  const { store, messageId, note, problem, modelLabel } = props;
  const [busy, setBusy] = useState(false);
  const run = (action: Promise<void>) => {
    setBusy(true);
    void action.finally(() => setBusy(false));
  };
  const remember = note?.state === 'filed' && !note.remembered ? note.result.remember : undefined;
  return (
    <section
      className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2.5 rounded-md bg-accent-soft pt-2.5 pr-2 pb-3 pl-3.5 text-base"
      aria-label="How this answer is filed"
    >
      <div className="grid min-h-8 content-center gap-1" role="status">
        {problem && <p className="text-danger">{problem}</p>}
        {note && <p>{noteWords(note)}</p>}
        {note?.remembered && <p>{rememberedWords(note.remembered.startsInReasoning, modelLabel)}</p>}
      </div>
      <IconButton label="Dismiss" onClick={() => setAside(messageId, { note: undefined, problem: undefined })}>
        <X aria-hidden size={15} />
      </IconButton>
      <div className="col-span-2 flex flex-wrap gap-1.5">
        {note?.state === 'filed' && (
          <Button disabled={busy} onClick={() => run(takeBackFiling(store, messageId))}>
            Undo
          </Button>
        )}
        {remember && (
          <Button disabled={busy} onClick={() => run(rememberFiling(messageId))}>
            Remember for {modelLabel}
          </Button>
        )}
        {note?.remembered && (
          <Button disabled={busy} onClick={() => run(forgetFiling(messageId))}>
            Forget it for {modelLabel}
          </Button>
        )}
      </div>
    </section>
  );
}

const filedWords: Record<RefileWish['kind'], string> = {
  reasoning: 'Filed as thinking.',
  answer: 'Filed as the answer.',
};
const splitWords: Record<RefileWish['kind'], string> = {
  reasoning: 'Its text was split again, as one that begins with thinking and writes no opening tag.',
  answer: 'Its text was split again, as one that begins with the answer: a tag that it only mentions stays in it.',
};

function noteWords(note: Note): string {
  if (note.state === 'filed-back') return 'Filed back as it was.';
  return note.result.splitAgain ? `${filedWords[note.kind]} ${splitWords[note.kind]}` : filedWords[note.kind];
}

function rememberedWords(startsInReasoning: boolean, model: string): string {
  return startsInReasoning
    ? `Remembered: what ${model} writes begins with its thinking, without an opening tag. It is in Settings, under Models.`
    : `Remembered: what ${model} writes begins with its answer, unless it writes an opening tag. It is in Settings, under Models.`;
}
