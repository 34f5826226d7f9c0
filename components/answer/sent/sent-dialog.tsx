'use client';

import type { ReactNode } from 'react';
import type { Generation, Message } from '../../../lib/conversation.ts';
import { type EarlierThinking, findLeftOut, type LeftOut } from '../../../lib/prompts/left-out.ts';
import { noticeSentence } from '../../../lib/sentences.ts';
import { findUnread, type Range, type ReadEnd } from '../../../lib/prompts/unread-part.ts';
import { textOfKind } from '../../../lib/stream-part.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Loaded } from '../../client/loaded.tsx';
import type { ConversationStore } from '../../conversation/conversation-store.ts';
import { formatTokens } from '../../../lib/quantity-words.ts';
import { viewOfMessage } from '../../conversation/generation-store.ts';

/** An answer's row in the token log, as the API gives it. */
type GenerationRow = Generation & { request?: { url: string; body: string } };

/** The exact request of an answer, and what of the conversation it did not carry. */
export default function SentDialog(props: { store: ConversationStore; message: Message; onClose: () => void }) {
  return (
    <Dialog title="What was sent" width="lg" onClose={props.onClose}>
      <Loaded<GenerationRow> path={`/api/generations/${props.message.id}`}>
        {(row) => <Sent row={row} earlier={earlierThinking(props.store, props.message)} />}
      </Loaded>
    </Dialog>
  );
}

function Sent({ row, earlier }: { row: GenerationRow; earlier: readonly EarlierThinking[] }) {
  const { request } = row;
  const answered = row.finish?.answeredModel;
  const rows: [name: string, value: string][] = [['Model asked', row.modelId]];
  if (answered) rows.push(['Model that answered', answered]);
  const split = row.notices.find(({ code }) => code === 'split-assumed');
  if (split) rows.push(['Its thinking', noticeSentence(split)]);
  if (request) {
    rows.unshift([row.recording ? 'Stands in for' : 'Sent to', `POST ${request.url}`]);
    rows.push(['Earlier thinking', leftOutWords(findLeftOut(request.body, earlier))]);
    if (!row.recording)
      rows.push(['Key', 'Not shown. It goes into a header and is never written down with the request.']);
  }
  return (
    <>
      <dl className="grid gap-1.5 text-sm">
        {rows.map(([name, value]) => (
          <div key={name} className="grid gap-x-3 md:grid-cols-[9.5rem_minmax(0,1fr)]">
            <dt className="text-ink-muted">{name}</dt>
            <dd className="min-w-0 wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
      {request ? (
        <Body body={request.body} end={readEndOf(row)} />
      ) : (
        <Note>No request is on record: none was sent, or the server stopped before it could write it down.</Note>
      )}
    </>
  );
}

/** More than this of a body is not drawn; copying takes it all. */
const maxShown = 200_000;

function Body({ body, end }: { body: string; end: ReadEnd | undefined }) {
  const text = prettyJson(body);
  const unread = end ? findUnread(text, end) : [];
  return (
    <section
      className="flex min-h-0 flex-col rounded-md border border-line bg-code"
      aria-label="The body of the request"
    >
      <div className="flex items-center py-0.5 pr-1 pl-3.5 text-sm text-ink-muted">
        <span className="grow">Body</span>
        <CopyButton label="Copy the body as it was sent" textOf={() => body} />
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keys
        tabIndex={0}
        className="min-h-16 overflow-auto border-t border-line px-3.5 py-3 font-mono text-xs/normal wrap-anywhere whitespace-pre-wrap [font-variant-ligatures:none] [font-kerning:none]"
      >
        {withUnread(text.slice(0, maxShown), unread)}
      </pre>
      {unread.length > 0 && (
        <Note>What is grey the model cannot have read: its server left it out, as its own count tells.</Note>
      )}
      {/\(\d+ characters of base64\)/.test(body) && (
        <Note>Pictures were sent whole; only their length is on record here.</Note>
      )}
      {text.length > maxShown && <Note>The rest is too long to show; copying takes all of it.</Note>}
    </section>
  );
}

function Note({ children }: { children: ReactNode }) {
  return <p className="text-sm text-ink-muted">{children}</p>;
}

function readEndOf({ notices }: GenerationRow): ReadEnd | undefined {
  return notices.find((notice) => notice.code === 'beginning-cut')?.facts;
}

/** The text with what was not read in grey. */
function withUnread(text: string, unread: readonly Range[]): ReactNode {
  if (unread.length === 0) return text;
  const pieces: ReactNode[] = [];
  let at = 0;
  for (const [from, to] of unread) {
    pieces.push(
      text.slice(at, from),
      <del key={from} className="text-ink-muted no-underline opacity-60">
        {text.slice(from, to)}
      </del>,
    );
    at = to;
  }
  return [...pieces, text.slice(at)];
}

function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function leftOutWords({ answers, tokens, counted, sentBack }: LeftOut): string {
  const back = sentBack > 0 ? `That of ${answersWords(sentBack)} was sent back.` : '';
  if (answers === 0) return back || 'There was none.';
  return `${counted ? '' : 'About '}${formatTokens(tokens)} of ${answersWords(answers)} left out. ${back}`.trim();
}

function answersWords(count: number): string {
  return count === 1 ? '1 earlier answer' : `${count} earlier answers`;
}

/** The thinking of the answers before this one, on the way to it. */
function earlierThinking(store: ConversationStore, message: Message): EarlierThinking[] {
  const byId = new Map(store.getView().messages.map((m) => [m.id, m]));
  const earlier: EarlierThinking[] = [];
  for (let at = byId.get(message.parentId ?? ''); at; at = byId.get(at.parentId ?? '')) {
    if (at.role !== 'assistant') continue;
    const view = store.generation(at.id)?.getView() ?? viewOfMessage(at);
    earlier.push({
      text: textOfKind(view.state.segments, 'reasoning'),
      tokens: view.reasoningTokens,
      source: view.state.usage?.source ?? 'estimated',
    });
  }
  return earlier;
}
