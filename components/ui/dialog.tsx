'use client';

import { type ReactNode, useEffect, useRef } from 'react';
import { Button } from './button.tsx';

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
