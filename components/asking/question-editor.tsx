'use client';

import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { keyOf } from '../ui/keys.ts';
import { isSendKey, useEnterSends } from './enter-sends.ts';

/**
 * A question written anew in its place. The key that sends a question asks it; Esc leaves it as it was.
 * @param props.columns in how many columns the same was asked; with more than one, all of them may be.
 */
export default function QuestionEditor(props: {
  text: string;
  columns: number;
  onAsk: (text: string, everywhere: boolean) => void;
  onCancel: () => void;
}) {
  const [text, setText] = useState(props.text);
  const area = useRef<HTMLTextAreaElement>(null);
  const enterSends = useEnterSends();
  useEffect(() => {
    const field = area.current;
    field?.focus({ preventScroll: true });
    field?.setSelectionRange(field.value.length, field.value.length);
  }, []);

  const ready = text.trim() !== '';
  const ask = (everywhere: boolean) => ready && props.onAsk(text, everywhere);
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (keyOf(event) === 'Escape') {
      event.preventDefault();
      props.onCancel();
    } else if (isSendKey(event)) {
      event.preventDefault();
      ask(props.columns > 1);
    }
  };
  return (
    <form
      className="flex w-full max-w-144 flex-col gap-2.5 rounded-lg border border-line bg-paper px-3.5 py-3 focus-within:border-accent/55"
      data-owns-escape
      onSubmit={(event) => {
        event.preventDefault();
        ask(props.columns > 1);
      }}
    >
      <textarea
        ref={area}
        dir="auto"
        aria-label="The question in other words"
        rows={1}
        enterKeyHint={enterSends ? 'send' : 'enter'}
        className="max-h-[40dvh] min-h-11 w-full resize-none bg-transparent outline-none [field-sizing:content]"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <Button tone="ghost" onClick={props.onCancel}>
          Cancel
        </Button>
        {props.columns > 1 && (
          <Button disabled={!ready} onClick={() => ask(false)}>
            Ask this column
          </Button>
        )}
        <Button type="submit" tone="primary" disabled={!ready}>
          {props.columns > 1 ? `Ask all ${props.columns}` : 'Ask'}
        </Button>
      </div>
    </form>
  );
}
