'use client';

import { RotateCw } from 'lucide-react';
import { memo, useEffect, useMemo, useState } from 'react';
import { formatCounted } from '../../lib/quantity-words.ts';
import type { RawField, RawPiece, RawText } from '../../lib/raw-text.ts';
import { RequestFailed, requestJson } from '../client/request-json.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { chunksOf, type RawChunk, showWhitespace, stretchesOf } from './raw-chunks.ts';
import './raw-dialog.css';

type Load = { state: 'loading' } | { state: 'failed'; reason: string } | { state: 'ready'; raw: RawText };

/** What a model wrote, to the character: with its tags, and with its whitespace if wanted. */
export default function RawDialog(props: { id: string; running: boolean; onClose: () => void }) {
  const [reading, setReading] = useState(0);
  const [whitespace, setWhitespace] = useState(false);
  return (
    <Dialog title="Raw text" width="xl" onClose={props.onClose}>
      <div className="raw-text-bar">
        <label className="raw-text-check">
          <input type="checkbox" checked={whitespace} onChange={(event) => setWhitespace(event.target.checked)} />
          Show whitespace
        </label>
        {props.running && (
          <button type="button" className="quiet-button" onClick={() => setReading(reading + 1)}>
            <RotateCw aria-hidden size={14} /> Read again
          </button>
        )}
      </div>
      {props.running && <p className="raw-text-note">It is still being written: this is what had come by now.</p>}
      <Loaded key={reading} id={props.id} whitespace={whitespace} />
    </Dialog>
  );
}

function Loaded({ id, whitespace }: { id: string; whitespace: boolean }) {
  const load = useRaw(id);
  if (load.state === 'ready') return <Raw raw={load.raw} whitespace={whitespace} />;
  return (
    <p className="raw-text-note" role={load.state === 'failed' ? 'alert' : undefined}>
      {load.state === 'failed' ? load.reason : '…'}
    </p>
  );
}

function useRaw(id: string): Load {
  const [load, setLoad] = useState<Load>({ state: 'loading' });
  useEffect(() => {
    let wanted = true;
    requestJson<RawText>('GET', `/api/generations/${id}/raw`).then(
      (raw) => wanted && setLoad({ state: 'ready', raw }),
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

/** More turns between the fields than this are told field by field. */
const mostPieces = 40;

function Raw({ raw, whitespace }: { raw: RawText; whitespace: boolean }) {
  const alternates = raw.pieces.length > mostPieces;
  const pieces = useMemo(() => (alternates ? byField(raw.pieces) : raw.pieces), [alternates, raw.pieces]);
  return (
    <>
      {!raw.exact && (
        <p className="raw-text-note">
          This answer is from before the exact text was kept, or a part of it was lost. It is put together from its
          parts: tags, and whitespace at the edges of the parts, are missing.
        </p>
      )}
      {alternates && (
        <p className="raw-text-note">The two fields took turns {raw.pieces.length} times; here each is in one piece.</p>
      )}
      {pieces.length === 0 && <p className="raw-text-note">The model wrote nothing.</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keys */}
      <section className="raw-text-scroll" tabIndex={0} aria-label="The raw text">
        {pieces.map((piece, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name, and never change places
          <Piece key={i} piece={piece} whitespace={whitespace} />
        ))}
      </section>
    </>
  );
}

function byField(pieces: readonly RawPiece[]): RawPiece[] {
  const fields: RawField[] = ['reasoning', 'content'];
  const textOf = (field: RawField) => pieces.flatMap((p) => (p.field === field ? [p.text] : [])).join('');
  return fields.map((field) => ({ field, text: textOf(field) })).filter((piece) => piece.text !== '');
}

const fieldWords: Record<RawField, string> = {
  content: 'The text',
  reasoning: 'A field of its own for thinking',
};

function Piece({ piece, whitespace }: { piece: RawPiece; whitespace: boolean }) {
  const chunks = useMemo(() => chunksOf(piece.text), [piece.text]);
  return (
    <div className="raw-text-piece">
      <div className="raw-text-head">
        <span className="grow">
          {fieldWords[piece.field]} · {formatCounted(piece.text.length, 'character')}
        </span>
        <CopyButton label="Copy the exact text" textOf={() => piece.text} />
      </div>
      <div className="raw-text-body">
        {chunks.map((chunk, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: chunks have no other name, and never change places
          <Chunk key={i} chunk={chunk} whitespace={whitespace} />
        ))}
      </div>
    </div>
  );
}

/** As many lines as the text of a chunk has at least, so that the scroll bar is about right before it is drawn. */
const Chunk = memo(function Chunk({ chunk, whitespace }: { chunk: RawChunk; whitespace: boolean }) {
  const lines = chunk.text.split('\n').length;
  const shown = (text: string) => (whitespace ? showWhitespace(text) : text);
  return (
    <pre data-cut={chunk.isCut || undefined} style={{ containIntrinsicBlockSize: `auto ${lines * 1.25}rem` }}>
      {stretchesOf(chunk.text).map(({ text, isTag }, i) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: stretches have no other name, and never change places
        isTag ? <mark key={i}>{shown(text)}</mark> : shown(text),
      )}
    </pre>
  );
});
