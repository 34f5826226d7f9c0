'use client';

import { Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import { Button, IconButton } from '../ui/button.tsx';
import { fieldLook } from '../ui/field.tsx';

/** What this browser keeps under names: to be used, forgotten, and added to. */
export function KeptList<T extends { name: string }>(props: {
  title: string;
  entries: readonly T[];
  /** What is in one, in a few words. */
  wordsOf: (entry: T) => string;
  onUse: (entry: T) => void;
  onForget: (entry: T) => void;
  /** What would be kept now, in words. */
  saving: string;
  /** The name it would get without another. */
  suggestedName: string;
  onSave: (name: string) => void;
}) {
  const { title, entries } = props;
  const [name, setName] = useState('');
  const [said, setSaid] = useState('');
  const id = useId();
  const wanted = name.trim() || props.suggestedName;
  return (
    <section aria-label={title} className="p-1.5">
      <h2 className="px-2.5 pt-1 pb-1 text-sm font-semibold">{title}</h2>
      <ul>
        {entries.map((entry) => (
          <li
            key={entry.name}
            className="flex items-center gap-1 rounded-md hover:bg-accent/9 focus-within:bg-accent/9"
          >
            <button
              type="button"
              className="min-w-0 flex-1 px-2.5 py-1.5 text-left -outline-offset-2"
              onClick={() => props.onUse(entry)}
            >
              <span className="block truncate text-base" dir="auto">
                {entry.name}
              </span>
              <span className="block truncate text-xs text-ink-muted">{props.wordsOf(entry)}</span>
            </button>
            <IconButton label={`Forget “${entry.name}”`} onClick={() => props.onForget(entry)}>
              <Trash2 aria-hidden size={14} />
            </IconButton>
          </li>
        ))}
      </ul>
      <form
        className="flex flex-wrap items-end gap-2 px-2.5 pt-1.5 pb-1"
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted === '') return;
          props.onSave(wanted);
          setName('');
          setSaid(`Kept as “${wanted}”`);
        }}
      >
        <div className="min-w-32 flex-1">
          <label htmlFor={id} className="mb-0.5 block text-xs text-ink-muted">
            {props.saving}
          </label>
          <input
            id={id}
            className={fieldLook}
            maxLength={80}
            autoComplete="off"
            placeholder={props.suggestedName || 'Name'}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        <Button type="submit" disabled={wanted === ''}>
          Keep
        </Button>
      </form>
      <p role="status" className="px-2.5 text-xs text-ink-muted empty:hidden">
        {said}
      </p>
    </section>
  );
}
