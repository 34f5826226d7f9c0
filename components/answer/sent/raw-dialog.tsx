'use client';

import { RotateCw } from 'lucide-react';
import { memo, type ReactNode, useMemo, useState } from 'react';
import type { Notice } from '../../../lib/notice.ts';
import { formatCounted } from '../../../lib/quantity-words.ts';
import type { RawField, RawPiece, RawText } from '../../../lib/raw-text.ts';
import { noticeSentence } from '../../../lib/sentences.ts';
import { Loaded } from '../../client/loaded.tsx';
import { Button } from '../../ui/button.tsx';
import { CheckLine } from '../../ui/check-line.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TokenLikelihoods } from './token-likelihoods.tsx';
import { chunksOf, type RawChunk, showWhitespace, stretchesOf } from './raw-chunks.ts';

/** What a model wrote, to the character: with its tags, and with its whitespace if wanted. */
export default function RawDialog(props: {
  id: string;
  running: boolean;
  notices: readonly Notice[];
  /** Its model can tell how likely each token was. */
  tellsLikelihoods: boolean;
  onClose: () => void;
}) {
  const [reading, setReading] = useState(0);
  const [whitespace, setWhitespace] = useState(false);
  const [likelihoods, setLikelihoods] = useState(false);
  return (
    <Dialog title="Raw text" width="xl" onClose={props.onClose}>
      <div className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2">
        <CheckLine checked={whitespace} onChange={setWhitespace}>
          Show whitespace
        </CheckLine>
        {props.tellsLikelihoods && !props.running && (
          <CheckLine checked={likelihoods} onChange={setLikelihoods}>
            How likely each token was
          </CheckLine>
        )}
        {props.running && (
          <Button tone="quiet" onClick={() => setReading(reading + 1)}>
            <RotateCw aria-hidden size={14} /> Read again
          </Button>
        )}
      </div>
      {likelihoods && !props.running && <TokenLikelihoods id={props.id} />}
      {props.running && <Note>It is still being written: this is what had come by now.</Note>}
      <Loaded<RawText> key={reading} path={`/api/generations/${props.id}/raw`}>
        {(raw) => <Raw raw={raw} notices={props.notices} whitespace={whitespace} />}
      </Loaded>
    </Dialog>
  );
}

/** More turns between the fields than this are told field by field. */
const mostPieces = 40;

function Raw({ raw, notices, whitespace }: { raw: RawText; notices: readonly Notice[]; whitespace: boolean }) {
  const alternates = raw.pieces.length > mostPieces;
  const pieces = useMemo(() => (alternates ? byField(raw.pieces) : raw.pieces), [alternates, raw.pieces]);
  return (
    <>
      {!raw.exact && (
        <Note>
          This answer is from before the exact text was kept, or a part of it was lost. It is put together from its
          parts: tags, and whitespace at the edges of the parts, are missing.
        </Note>
      )}
      {alternates && <Note>The two fields took turns {raw.pieces.length} times; here each is in one piece.</Note>}
      {notices.map(
        (notice) => notice.code === 'split-assumed' && <Note key={notice.code}>{noticeSentence(notice)}</Note>,
      )}
      {pieces.length === 0 && <Note>The model wrote nothing.</Note>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keys */}
      <section className="grid min-h-24 gap-3 overflow-auto overscroll-contain" tabIndex={0} aria-label="The raw text">
        {pieces.map((piece, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name, and never change places
          <Piece key={i} words={fieldWords[piece.field]} text={piece.text} whitespace={whitespace} />
        ))}
        {notices.map(
          (notice) =>
            notice.code === 'unread-text' && (
              <Piece
                key={notice.facts.name}
                words={`Under a name that is not known, “${notice.facts.name}”`}
                text={notice.facts.text}
                whitespace={whitespace}
              />
            ),
        )}
      </section>
    </>
  );
}

function Note({ children }: { children: ReactNode }) {
  return <p className="text-sm text-ink-muted">{children}</p>;
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

function Piece({ words, text, whitespace }: { words: string; text: string; whitespace: boolean }) {
  const chunks = useMemo(() => chunksOf(text), [text]);
  return (
    <div className="min-w-0 rounded-md border border-line bg-code">
      <div className="sticky top-0 z-1 flex items-center rounded-t-md border-b border-line bg-code py-0.5 pr-1 pl-3.5 text-sm text-ink-muted">
        <span className="grow">
          {words} · {formatCounted(text.length, 'character')}
        </span>
        <CopyButton label="Copy the exact text" textOf={() => text} />
      </div>
      <div className="px-3.5 py-3">
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
    <pre
      // drawn only near the screen; each character as it came; a line that goes on in the next chunk says so
      className="font-mono text-xs/5 wrap-anywhere whitespace-pre-wrap [contain:content] [content-visibility:auto] [font-variant-ligatures:none] [tab-size:4] [unicode-bidi:isolate] data-cut:after:text-ink-muted data-cut:after:content-['⋯']"
      data-cut={chunk.isCut || undefined}
      style={{ containIntrinsicBlockSize: `auto ${lines * 1.25}rem` }}
    >
      {stretchesOf(chunk.text).map(({ text, isTag }, i) =>
        isTag ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: stretches have no other name, and never change places
          <mark key={i} className="rounded-sm bg-accent-soft px-0.5 py-px font-semibold text-accent">
            {shown(text)}
          </mark>
        ) : (
          shown(text)
        ),
      )}
    </pre>
  );
});
