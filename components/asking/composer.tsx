'use client';

import { Paperclip } from 'lucide-react';
import {
  type KeyboardEvent,
  lazy,
  type ReactNode,
  type Ref,
  Suspense,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { hasImages } from '../../lib/attachment.ts';
import { draftKey as keyOfDraft } from '../client/drafts.ts';
import { IconButton } from '../ui/button.tsx';
import { readStored, writeStored } from '../ui/stored.ts';
import type { DraftFile } from '../conversation/draft-file.ts';
import { SendButton } from './send-button.tsx';
import { useDraftFiles } from './use-draft-files.ts';

const DraftFiles = lazy(() => import('./draft-files.tsx'));

export interface ComposerHandle {
  focus: () => void;
  /** Puts words, and files, before what is there. */
  prepend: (text: string, files?: readonly DraftFile[]) => void;
  /** Words that were sent, and the files that went with them, need not be kept in this browser any more. */
  forget: (sent: string) => void;
}

/**
 * Where a question is written. Enter sends, Shift+Enter breaks the line; what is written is kept in this browser under
 * `draftKey` until it is sent.
 */
export function Composer(props: {
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
}) {
  const { draftKey, running, blocked } = props;
  const [text, setText] = useState(props.initialText ?? '');
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const storageKey = keyOfDraft(draftKey);
  const attached = useDraftFiles(storageKey);

  const keyBefore = useRef(storageKey);
  // Before anything can be pressed: a new chat that becomes a conversation gets a new field, with the same words.
  useLayoutEffect(() => {
    if (keyBefore.current !== storageKey) {
      // A new chat has become a conversation: its question is sent, and what was typed since then goes along.
      if (area.current?.value) writeStored(storageKey, area.current.value);
      writeStored(keyBefore.current, undefined);
    }
    keyBefore.current = storageKey;
    const draft = readStored(storageKey);
    if (draft) setText((typed) => typed || draft);
    if (window.matchMedia('(pointer: fine)').matches) area.current?.focus();
  }, [storageKey]);

  useEffect(() => {
    if (area.current && !CSS.supports('field-sizing', 'content')) growToText(area.current, text);
  }, [text]);

  const write = (value: string) => {
    setText(value);
    writeStored(storageKey, value === '' ? undefined : value);
  };

  const forget = (sent: string) => {
    attached.forgetTaken();
    if (readStored(storageKey) === sent) writeStored(storageKey, undefined);
  };

  useImperativeHandle(props.ref, () => ({
    focus: () => area.current?.focus(),
    forget,
    prepend: (before, files = []) => {
      attached.put(files);
      write(text.trim() === '' ? before : `${before}\n\n${text}`);
      area.current?.focus();
    },
  }));

  const refused = hasImages(attached.files) ? props.noPictures : undefined;
  const sendable = text.trim() !== '' && !running && !blocked && !refused && !attached.reading;
  const send = async () => {
    if (!sendable) return;
    setText('');
    const files = attached.take();
    // Only what the server has acknowledged is forgotten here; what was typed since then stays.
    if (await props.onSend(text, files)) forget(text);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // While an input method composes, Enter belongs to it (Safari says so only by code 229).
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    void send();
  };

  return (
    <form
      id="composer"
      className="composer"
      data-dropping={attached.dropping || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {(attached.files.length > 0 || attached.reading || attached.problem) && (
        <Suspense>
          <DraftFiles attached={attached} refused={refused} />
        </Suspense>
      )}
      <textarea
        ref={area}
        className="composer-text"
        dir="auto"
        aria-label="Your question"
        placeholder="Ask something worth thinking about"
        rows={1}
        enterKeyHint="send"
        value={text}
        onChange={(event) => {
          write(event.target.value);
          props.onWrite?.(event.target.value);
        }}
        onKeyDown={onKeyDown}
        onPaste={attached.onPaste}
      />
      <div className="composer-row">
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label="Files to attach"
          onChange={(event) => {
            void attached.add([...(event.target.files ?? [])]);
            event.target.value = ''; // so that the same file may be chosen again
            area.current?.focus();
          }}
        />
        <IconButton label="Attach files" className="attach-button" onClick={() => picker.current?.click()}>
          <Paperclip aria-hidden size={16} />
        </IconButton>
        {props.children}
        <span className="grow" />
        {blocked && text.trim() !== '' && <span className="composer-hint">{blocked}</span>}
        <SendButton
          running={running}
          sendable={sendable}
          title="Send (Enter)"
          stopTitle="Stop (Esc)"
          onStop={props.onStop}
        />
      </div>
    </form>
  );
}

/** For browsers that cannot size a field by its content; the style sheet caps it. */
function growToText(area: HTMLTextAreaElement, text: string): void {
  area.style.height = 'auto';
  if (text !== '') area.style.height = `${area.scrollHeight}px`;
}
