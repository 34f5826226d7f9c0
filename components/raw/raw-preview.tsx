'use client';

import { type ReactNode, useEffect, useState } from 'react';
import type { ThreadSettings } from '../../lib/conversation.ts';
import { RequestFailed, requestJson } from '../client/request-json.ts';
import { CopyButton } from '../ui/copy-button.tsx';

interface Preview {
  request?: { url: string; body: string };
  unknownVariables: string[];
}

type Load = { state: 'waiting' } | { state: 'failed'; reason: string } | { state: 'ready'; preview: Preview };

/** The server is asked this long after the last key. */
const patienceMs = 200;

/** Exactly what will be sent: rendered by the same code on the server, without sending it. */
export function RawPreview(props: { settings: ThreadSettings; text: string; folded: boolean }) {
  const load = usePreview(JSON.stringify({ settings: props.settings, text: props.text }));
  const request = load.state === 'ready' ? load.preview.request : undefined;
  const unknown = load.state === 'ready' ? load.preview.unknownVariables : [];
  return (
    // A new key folds it once when something has been sent; after that it is as its reader left it.
    <details key={String(props.folded)} className="rounded-lg border border-line bg-sunken" open={!props.folded}>
      <summary className="flex min-h-11 items-center py-1 pr-2 pl-4 text-ink-muted">
        <h2 className="flex-1 text-sm font-semibold">Exactly what is sent</h2>
      </summary>
      {load.state === 'failed' && <Wrong>{load.reason}</Wrong>}
      {load.state === 'ready' && !request && <Wrong>Nothing: this provider cannot be asked as it is set up now.</Wrong>}
      {request && (
        <>
          <div className="flex items-center gap-2 pr-2 pl-4">
            <p className="min-w-0 flex-1 font-mono text-xs wrap-anywhere text-accent">POST {request.url}</p>
            <CopyButton label="Copy the body" textOf={() => request.body} />
          </div>
          <pre className="max-h-[60dvh] overflow-y-auto px-4 pt-2 pb-4 font-mono text-xs leading-loose wrap-anywhere whitespace-pre-wrap text-ink-muted [font-variant-ligatures:none]">
            <BodyText body={request.body} />
          </pre>
        </>
      )}
      {unknown.length > 0 && (
        <Wrong>Not a variable, sent as it stands: {unknown.map((name) => `{{${name}}}`).join(', ')}</Wrong>
      )}
    </details>
  );
}

function Wrong({ children }: { children: ReactNode }) {
  return <p className="px-4 pb-3.5 text-sm text-danger">{children}</p>;
}

/** The body as it goes over the wire, with the prompt in it set apart. */
function BodyText({ body }: { body: string }) {
  const prompt = /"prompt":("(?:[^"\\]|\\.)*")/.exec(body);
  if (!prompt?.[1]) return body;
  const from = prompt.index + '"prompt":'.length;
  const to = from + prompt[1].length;
  return (
    <>
      {body.slice(0, from)}
      <mark className="bg-transparent text-ink">{body.slice(from, to)}</mark>
      {body.slice(to)}
    </>
  );
}

/** @param asked the request's body; a text, so that equal ones are the same */
function usePreview(asked: string): Load {
  const [load, setLoad] = useState<Load>({ state: 'waiting' });
  useEffect(() => {
    let current = true;
    const timer = setTimeout(async () => {
      try {
        const preview = await requestJson<Preview>('POST', '/api/prompts/preview', JSON.parse(asked));
        if (current) setLoad({ state: 'ready', preview });
      } catch (error) {
        const reason = error instanceof RequestFailed ? error.message : 'The preview failed.';
        if (current) setLoad({ state: 'failed', reason });
      }
    }, patienceMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [asked]);
  return load;
}
