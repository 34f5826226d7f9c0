'use client';

import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button, IconButton } from './button.tsx';

/** A window over the page, on the browser's own dialog: Esc and a press beside it close it, and focus goes back. */
export function Dialog(props: { title: string; className?: string; onClose: () => void; children: ReactNode }) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has Esc, and the button
    <dialog
      ref={ref}
      className={`dialog dialog-window ${props.className ?? ''}`}
      aria-labelledby={titleId}
      onClose={props.onClose}
      onClick={(event) => event.target === ref.current && ref.current.close()}
    >
      <div className="dialog-inside">
        <div className="dialog-head">
          <h2 id={titleId} className="text-lg font-semibold">
            {props.title}
          </h2>
          <IconButton label="Close" onClick={() => ref.current?.close()}>
            <X aria-hidden size={16} />
          </IconButton>
        </div>
        {props.children}
      </div>
    </dialog>
  );
}

/** A modal question, on the browser's own dialog: it traps focus, Esc cancels, and focus goes back where it was. */
export function ConfirmDialog(props: {
  title: string;
  children: ReactNode;
  confirmLabel: string;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const { onClose } = props;

  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);

  return (
    <dialog ref={ref} className="dialog" aria-labelledby="confirm-title" onClose={onClose}>
      <h2 id="confirm-title" className="text-lg font-semibold">
        {props.title}
      </h2>
      <div className="mt-2 text-sm text-ink-muted">{props.children}</div>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={() => ref.current?.close()}>Cancel</Button>
        <Button
          tone="danger"
          onClick={() => {
            props.onConfirm();
            ref.current?.close();
          }}
        >
          {props.confirmLabel}
        </Button>
      </div>
    </dialog>
  );
}
