'use client';

import { Paperclip } from 'lucide-react';
import { type ReactNode, type Ref, useImperativeHandle, useRef } from 'react';
import { hasImages } from '../../lib/attachment.ts';
import { useAway } from '../client/connection.ts';
import { draftKey as keyOfDraft } from '../client/drafts.ts';
import type { DraftFile } from '../conversation/draft-file.ts';
import { IconButton } from '../ui/button.tsx';
import { isSendKey, useEnterSends } from './enter-sends.ts';
import { SendButton } from './send-button.tsx';
import { useDraftFiles } from './use-draft-files.ts';
import { useDraftText } from './use-draft-text.ts';
import { lazyPart } from '../ui/lazy-part.tsx';

const DraftFiles = lazyPart(() => import('./draft-files.tsx'));

export interface ComposerHandle {
  focus: () => void;
  /** What is written. */
  text: () => string;
  /** Puts words, and files, before what is there. */
  prepend: (text: string, files?: readonly DraftFile[]) => void;
  /** Words that were sent, and the files that went with them, need not be kept in this browser any more. */
  forget: (sent: string) => void;
}

interface ComposerProps {
  ref?: Ref<ComposerHandle>;
  draftKey: string;
  running: boolean;
  /** Why nothing can be sent now, in words; undefined when it can. */
  blocked?: string | undefined;
  /** Why no pictures can be sent now, in words; undefined when they can. */
  noPictures?: string | undefined;
  /** Called with the text and its files; resolves to true once the server has it. Until then the text is kept. */
  onSend: (text: string, files: readonly DraftFile[]) => Promise<boolean>;
  onStop: () => void;
  /** What stands in it at first; wins over a draft. */
  initialText?: string;
  /** Somebody writes: an answer will be needed soon. */
  onWrite?: (text: string) => void;
  children?: ReactNode;
  /** A line under the dials, by what is written; its place is there from the beginning. */
  meter?: ((text: string) => ReactNode) | undefined;
}

/**
 * Where a question is written. Enter sends and Shift+Enter breaks the line, or Enter breaks it and Ctrl+Enter sends
 * (enter-sends.ts); what is written is kept in this browser under `draftKey` until it is sent.
 */
export function Composer(props: ComposerProps) {
  const { running, blocked } = props;
  const storageKey = keyOfDraft(props.draftKey);
  const { area, text, write, ...draft } = useDraftText(storageKey, props.initialText ?? '');
  const attached = useDraftFiles(storageKey);
  const enterSends = useEnterSends();
  const away = useAway();

  const forget = (sent: string) => {
    attached.forgetTaken();
    draft.forget(sent);
  };
  useImperativeHandle(props.ref, () => ({
    focus: () => area.current?.focus(),
    text: () => text,
    forget,
    prepend: (before, files = []) => {
      attached.put(files);
      write(text.trim() === '' ? before : `${before}\n\n${text}`);
      area.current?.focus();
    },
  }));

  const refused = hasImages(attached.files) ? props.noPictures : undefined;
  const isWritten = text.trim() !== '';
  // What is sent while the server is away waits for its turn.
  const stops = running && !(away && isWritten);
  const sendable = isWritten && !stops && !blocked && !refused && !attached.reading;
  const send = async () => {
    if (!sendable) return;
    draft.clear();
    const files = attached.take();
    // Only what the server has acknowledged is forgotten here; what was typed since then stays.
    if (await props.onSend(text, files)) forget(text);
  };
  const attach = (files: File[]) => {
    void attached.add(files);
    area.current?.focus();
  };

  return (
    <form
      id="composer"
      className="composer rounded-lg border border-line bg-surface p-1.5 shadow-small outline-offset-2 outline-accent transition-colors focus-within:border-accent/60 data-dropping:outline-2 data-dropping:outline-dashed"
      data-dropping={attached.dropping || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {(attached.files.length > 0 || attached.reading || attached.problem) && (
        <DraftFiles attached={attached} refused={refused} />
      )}
      <textarea
        ref={area}
        className="field-sizing-content block max-h-[min(16rem,36dvh)] w-full resize-none overflow-y-auto px-3 pt-2 pb-1.5 text-lg outline-none placeholder:text-ink-muted placeholder:opacity-85"
        dir="auto"
        aria-label="Your question"
        placeholder="Ask something worth thinking about"
        rows={1}
        enterKeyHint={enterSends ? 'send' : 'enter'}
        value={text}
        onChange={(event) => {
          write(event.target.value);
          props.onWrite?.(event.target.value);
        }}
        onKeyDown={(event) => {
          if (!isSendKey(event)) return;
          event.preventDefault();
          void send();
        }}
        onPaste={attached.onPaste}
      />
      {blocked && isWritten && <p className="px-3 pb-1 text-sm text-ink-muted">{blocked}</p>}
      <div className="composer-tools flex items-center gap-2 max-sm:gap-0">
        <AttachButton onFiles={attach} />
        {props.children}
        <span className="grow" />
        <SendButton
          running={stops}
          sendable={sendable}
          title={away ? 'Send as soon as Thinkglass is back' : enterSends ? 'Send (Enter)' : 'Send (Ctrl+Enter)'}
          stopTitle={away ? 'Stop as soon as Thinkglass is back' : 'Stop (Esc)'}
          onStop={props.onStop}
        />
      </div>
      {props.meter && <div className="composer-meter h-4">{props.meter(text)}</div>}
    </form>
  );
}

function AttachButton({ onFiles }: { onFiles: (files: File[]) => void }) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label="Files to attach"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = ''; // so that the same file may be chosen again
        }}
      />
      <IconButton label="Attach files" className="-ml-1" onClick={() => picker.current?.click()}>
        <Paperclip aria-hidden size={16} />
      </IconButton>
    </>
  );
}
