'use client';

import { FileUp, LoaderCircle } from 'lucide-react';
import { type DragEvent, useId, useState } from 'react';

/** A field that takes files, chosen or dropped. */
export function FileDrop(props: {
  /** What can be done here: "Choose a file, or drop it here". */
  words: string;
  busy: boolean;
  /** As the attribute of a file field. */
  accept: string;
  /** Absent: one at a time; of several that are dropped, the first. */
  multiple?: true;
  /** At least one. */
  onFiles: (files: readonly File[]) => void;
}) {
  const { words, busy, accept, multiple, onFiles } = props;
  const [over, setOver] = useState(false);
  const id = useId();
  const take = (files: readonly File[]) => {
    if (files.length > 0 && !busy) onFiles(multiple ? files : files.slice(0, 1));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take([...event.dataTransfer.files]);
  };
  return (
    <label
      className="flex min-h-17 basis-full items-center justify-center gap-2.5 rounded-md border-2 border-dashed border-ink/22 p-3 text-center text-base text-ink-muted outline-offset-2 outline-accent hover:border-accent hover:bg-accent/6 hover:text-ink has-focus-visible:outline-2 data-over:border-accent data-over:bg-accent/6 data-over:text-ink"
      data-over={over || undefined}
      htmlFor={id}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {busy ? <LoaderCircle aria-hidden size={17} className="animate-spin" /> : <FileUp aria-hidden size={17} />}
      <span>{busy ? 'Reading…' : words}</span>
      <input
        id={id}
        type="file"
        className="sr-only"
        accept={accept}
        multiple={multiple}
        disabled={busy}
        onChange={(event) => {
          const { currentTarget } = event;
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = ''; // the same file may be chosen again
          take(files);
        }}
      />
    </label>
  );
}
