'use client';

import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { IconButton } from './button.tsx';

/**
 * A modal form on the browser's own dialog: it traps focus, Esc closes, and focus goes back where it was. What is inside
 * is told to close by taking it away. What is marked `data-first` has the focus at first.
 */
export function FormDialog(props: { title: string; wide?: boolean; children: ReactNode; onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const { onClose } = props;

  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => dialog?.close();
  }, []);

  return (
    <dialog
      ref={ref}
      className="dialog form-dialog"
      data-wide={props.wide || undefined}
      aria-labelledby={titleId}
      onClose={onClose}
    >
      <div className="form-dialog-head">
        <h2 id={titleId}>{props.title}</h2>
        <IconButton label="Close" onClick={() => ref.current?.close()}>
          <X aria-hidden size={17} />
        </IconButton>
      </div>
      {props.children}
    </dialog>
  );
}
