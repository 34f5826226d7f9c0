import { useRef } from 'react';
import { keyOf } from '../ui/keys.ts';

/** A conversation's title, being written. Enter and leaving keep the new one, Esc the old one. */
export function TitleField({ title, onDone }: { title: string; onDone: (title: string | undefined) => void }) {
  const done = useRef(false);
  const finish = (value: string | undefined) => {
    if (done.current) return;
    done.current = true;
    onDone(value?.trim() || undefined);
  };
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the reader has just asked to type here
      autoFocus
      aria-label="Title"
      className="w-full rounded-md border border-accent bg-surface px-2.75 py-1.75 text-base pointer-coarse:text-lg"
      dir="auto"
      defaultValue={title}
      maxLength={200}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={(event) => finish(event.currentTarget.value)}
      onKeyDown={(event) => {
        const key = keyOf(event);
        if (key === 'Enter') finish(event.currentTarget.value);
        if (key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          finish(undefined);
        }
      }}
    />
  );
}
