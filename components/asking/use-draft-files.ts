import { type ClipboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { problemOfFiles } from '../../lib/attachment.ts';
import type { DraftFile } from '../conversation/draft-file.ts';
import { hasKeptFiles, keepDraftFiles, readDraftFiles } from '../conversation/keep-draft-files.ts';

/** A longer text is pasted as a file: it is quoted then, and does not bury the question. */
const longPaste = 20_000;

export interface DraftedFiles {
  files: readonly DraftFile[];
  /** Some are still being read. */
  reading: boolean;
  /** Files are held over the page. */
  dropping: boolean;
  /** What was not taken, and why. */
  problem: string | undefined;
  add: (chosen: readonly File[]) => Promise<void>;
  remove: (key: string) => void;
  /** All that is there, which is then no longer there; this browser keeps it until `forgetTaken`. */
  take: () => readonly DraftFile[];
  /** What was taken is needed no more. */
  forgetTaken: () => void;
  /** Puts back what was taken. */
  put: (files: readonly DraftFile[]) => void;
  onPaste: (event: ClipboardEvent) => void;
}

/**
 * The files of a question that is being written: chosen, dropped anywhere on the page, or pasted. What is there is kept in
 * this browser under `draft` until it is sent or taken away.
 */
export function useDraftFiles(draft: string): DraftedFiles {
  const [files, setFiles] = useState<readonly DraftFile[]>([]);
  const [waiting, setWaiting] = useState(0);
  const [problem, setProblem] = useState<string>();
  const now = useRef<{ draft: string; files: readonly DraftFile[] }>({ draft, files: [] });

  const show = (files: readonly DraftFile[]) => {
    now.current.files = files;
    setFiles(files);
  };
  const change = (files: readonly DraftFile[]) => {
    show(files);
    keepDraftFiles(now.current.draft, files);
  };

  // Before anything can be sent: what is kept of a draft goes with its words.
  useLayoutEffect(() => {
    const before = now.current;
    now.current = { draft, files: before.files };
    if (before.draft !== draft) {
      // A new chat has become a conversation: its question is sent, and what came to it since then goes along.
      keepDraftFiles(draft, before.files);
      keepDraftFiles(before.draft, []);
    } else if (hasKeptFiles(draft)) {
      setWaiting((count) => count + 1);
      void readDraftFiles(draft).then((kept) => {
        setWaiting((count) => count - 1);
        const added = now.current.files.filter(({ key }) => kept.every((file) => file.key !== key));
        const all = [...kept, ...added];
        if (now.current.draft !== draft || problemOfFiles(all)) return;
        now.current.files = all;
        setFiles(all);
        if (added.length > 0) keepDraftFiles(draft, all);
      });
    }
  }, [draft]);

  const add = async (chosen: readonly File[]) => {
    if (chosen.length === 0) return;
    setProblem(undefined);
    setWaiting((count) => count + 1);
    try {
      const { readDraftFile } = await import('./read-draft-file.ts');
      // One more than may be is enough to say so.
      for (const file of chosen.slice(0, 9)) await addOne(() => readDraftFile(file));
    } catch {
      setProblem('The file could not be read. Try again.');
    } finally {
      setWaiting((count) => count - 1);
    }
  };
  const addOne = async (read: () => Promise<DraftFile>) => {
    try {
      const file = await read();
      const more = [...now.current.files, file];
      const refused = problemOfFiles(more);
      if (refused) setProblem(refused.message);
      else change(more);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'The file could not be read.');
    }
  };
  const dropping = useDrop(add);
  return {
    files,
    reading: waiting > 0,
    dropping,
    problem,
    add,
    remove: (key) => {
      setProblem(undefined);
      change(now.current.files.filter((file) => file.key !== key));
    },
    take: () => {
      show([]);
      setProblem(undefined);
      return files;
    },
    forgetTaken: () => keepDraftFiles(now.current.draft, now.current.files),
    put: (back) => {
      if (back.length > 0) change([...back, ...now.current.files]);
    },
    onPaste: (event) => {
      const { clipboardData } = event;
      const text = clipboardData.getData('text/plain');
      // A table copied from a spreadsheet is a picture too: then its words are meant.
      const pasted = text === '' ? [...clipboardData.files] : [];
      if (text.length > longPaste && new Blob([text]).size <= 200_000) {
        pasted.push(new File([text], 'Pasted text.txt', { type: 'text/plain' }));
      }
      if (pasted.length === 0) return;
      event.preventDefault();
      void add(pasted);
    },
  };
}

/** Takes files that are dropped anywhere on the page; without it the browser would leave the page for them. */
function useDrop(add: (files: readonly File[]) => Promise<void>): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(add);
  useEffect(() => {
    latest.current = add;
  });
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event) || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (!event.relatedTarget) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      setOver(false);
      if (!hasFiles(event) || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      void latest.current([...(event.dataTransfer?.files ?? [])]);
    };
    document.addEventListener('dragover', onOver);
    document.addEventListener('dragleave', onLeave);
    document.addEventListener('drop', onDrop);
    return () => {
      document.removeEventListener('dragover', onOver);
      document.removeEventListener('dragleave', onLeave);
      document.removeEventListener('drop', onDrop);
    };
  }, []);
  return over;
}
