'use client';

import { useEffect, useState } from 'react';
import type { Generation, Message } from '../../lib/conversation.ts';
import { type EarlierThinking, findLeftOut, type LeftOut } from '../../lib/prompts/left-out.ts';
import { textOfKind } from '../../lib/stream-part.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { RequestFailed, requestJson } from '../client/request-json.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { formatTokens } from '../../lib/quantity-words.ts';
import { viewOfMessage } from '../conversation/generation-store.ts';
import './sent-dialog.css';

/** An answer's row in the token log, as the API gives it. */
type GenerationRow = Generation & { request?: { url: string; body: string } };

type Load = { state: 'loading' } | { state: 'failed'; reason: string } | { state: 'ready'; row: GenerationRow };

/** The exact request of an answer, and what of the conversation it did not carry. */
export default function SentDialog(props: { store: ConversationStore; message: Message; onClose: () => void }) {
  const load = useRow(props.message.id);
  return (
    <Dialog title="What was sent" width="lg" onClose={props.onClose}>
      {load.state === 'loading' && <p className="sent-note">…</p>}
      {load.state === 'failed' && (
        <p className="sent-note" role="alert">
          {load.reason}
        </p>
      )}
      {load.state === 'ready' && <Sent row={load.row} earlier={earlierThinking(props.store, props.message)} />}
    </Dialog>
  );
}

function useRow(id: string): Load {
  const [load, setLoad] = useState<Load>({ state: 'loading' });
  useEffect(() => {
    let wanted = true;
    requestJson<GenerationRow>('GET', `/api/generations/${id}`).then(
      (row) => wanted && setLoad({ state: 'ready', row }),
      (error) => {
        const reason = error instanceof RequestFailed ? error.message : 'Something went wrong in this page. Try again.';
        if (wanted) setLoad({ state: 'failed', reason });
      },
    );
    return () => {
      wanted = false;
    };
  }, [id]);
  return load;
}

function Sent({ row, earlier }: { row: GenerationRow; earlier: readonly EarlierThinking[] }) {
  const { request } = row;
  const answered = row.finish?.answeredModel;
  const rows: [name: string, value: string][] = [['Model asked', row.modelId]];
  if (answered) rows.push(['Model that answered', answered]);
  if (request) {
    rows.unshift([row.recording ? 'Stands in for' : 'Sent to', `POST ${request.url}`]);
    rows.push(['Earlier thinking', leftOutWords(findLeftOut(request.body, earlier))]);
    if (!row.recording)
      rows.push(['Key', 'Not shown. It goes into a header and is never written down with the request.']);
  }
  return (
    <>
      <dl className="sent-facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {request ? (
        <Body body={request.body} />
      ) : (
        <p className="sent-note">
          No request is on record: none was sent, or the server stopped before it could write it down.
        </p>
      )}
    </>
  );
}

/** More than this of a body is not drawn; copying takes it all. */
const maxShown = 200_000;

function Body({ body }: { body: string }) {
  const text = prettyJson(body);
  return (
    <section className="sent-body" aria-label="The body of the request">
      <div className="sent-body-head">
        <span className="grow">Body</span>
        <CopyButton label="Copy the body as it was sent" textOf={() => body} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keys */}
      <pre tabIndex={0}>{text.slice(0, maxShown)}</pre>
      {/\(\d+ characters of base64\)/.test(body) && (
        <p className="sent-note">Pictures were sent whole; only their length is on record here.</p>
      )}
      {text.length > maxShown && <p className="sent-note">The rest is too long to show; copying takes all of it.</p>}
    </section>
  );
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
