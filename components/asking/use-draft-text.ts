import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { readStored, writeStored } from '../ui/stored.ts';

export interface DraftText {
  area: RefObject<HTMLTextAreaElement | null>;
  text: string;
  /** Also keeps it in this browser. */
  write: (text: string) => void;
  /** Empties the field; what is kept stays until `forget`. */
  clear: () => void;
  /** What was sent need not be kept any more; what was written since then stays. */
  forget: (sent: string) => void;
}

/** The words of a question that is being written, kept in this browser under `storageKey`. @param initial wins over a draft */
export function useDraftText(storageKey: string, initial: string): DraftText {
  const [text, setText] = useState(initial);
  const area = useRef<HTMLTextAreaElement>(null);
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

  return {
    area,
    text,
    write: (value) => {
      setText(value);
      writeStored(storageKey, value === '' ? undefined : value);
    },
    clear: () => setText(''),
    forget: (sent) => {
      if (readStored(storageKey) === sent) writeStored(storageKey, undefined);
    },
  };
}

/** For browsers that cannot size a field by its content; its style caps it. */
function growToText(area: HTMLTextAreaElement, text: string): void {
  area.style.height = 'auto';
  if (text !== '') area.style.height = `${area.scrollHeight}px`;
}
