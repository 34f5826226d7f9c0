import { type ClipboardEvent, useEffect, useRef, useState } from 'react';
import { problemOfFiles } from '../../lib/attachment.ts';
import type { DraftFile } from './draft-file.ts';

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
  /** All that is there, which is then no longer there. */
  take: () => readonly DraftFile[];
  /** Puts back what was taken. */
  put: (files: readonly DraftFile[]) => void;
  onPaste: (event: ClipboardEvent) => void;
}

/** The files of a question that is being written: chosen, dropped anywhere on the page, or pasted. */
export function useDraftFiles(): DraftedFiles {
  const [files, setFiles] = useState<readonly DraftFile[]>([]);
  const [waiting, setWaiting] = useState(0);
  const [problem, setProblem] = useState<string>();

  const add = async (chosen: readonly File[]) => {
    if (chosen.length === 0) return;
    setProblem(undefined);
    setWaiting((count) => count + 1);
    try {
      const { readFile } = await import('./read-file.ts');
      // One more than may be is enough to say so.
      for (const file of chosen.slice(0, 9)) await addOne(() => readFile(file));
    } catch {
      setProblem('The file could not be read. Try again.');
    } finally {
      setWaiting((count) => count - 1);
    }
  };
  const addOne = async (read: () => Promise<DraftFile>) => {
    try {
      const file = await read();
      setFiles((before) => {
        const refused = problemOfFiles([...before, file]);
        if (refused) queueMicrotask(() => setProblem(refused.message));
        return refused ? before : [...before, file];
      });
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
      setFiles((before) => before.filter((file) => file.key !== key));
    },
    take: () => {
      setFiles([]);
      setProblem(undefined);
      return files;
    },
    put: (back) => {
      if (back.length > 0) setFiles((before) => [...back, ...before]);
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
