'use client';

import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button, IconButton } from './button.tsx';

export type DialogWidth = 'xs' | 'sm' | 'md' | 'lg' | 'xl';

const widths: Record<DialogWidth, string> = {
  xs: 'max-w-104',
  sm: 'max-w-120',
  md: 'max-w-160',
  lg: 'max-w-176',
  xl: 'max-w-232',
};

/** The classes of a dialog's box; its padding is its content's. */
export function dialogLook(width: DialogWidth): string {
  return `m-auto w-[calc(100vw-1rem)] ${widths[width]} rounded-lg border border-line bg-surface font-normal text-ink shadow-large backdrop:bg-veil`;
}

interface DialogProps {
  title: string;
  width?: DialogWidth;
  onClose: () => void;
  children: ReactNode;
}

/** A window over the page, on the browser's own dialog: Esc and a press beside it close it, and focus goes back. */
export function Dialog({ title, width = 'xs', onClose, children }: DialogProps) {
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
      className={dialogLook(width)}
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={(event) => event.target === ref.current && ref.current.close()}
    >
      {/* The padding is inside, so that a press beside the window is told from one in it. */}
      <div className="flex max-h-[min(44rem,calc(100dvh-1rem))] flex-col gap-3.5 overflow-y-auto overscroll-contain px-5 pt-4.5 pb-5">
        <DialogHead id={titleId} title={title} onClose={() => ref.current?.close()} />
        {children}
      </div>
    </dialog>
  );
}

/**
 * A modal form: a press beside it does not close it, for what is typed would be lost. What is inside is told to close by
 * taking it away. What is marked `data-first` has the focus at first.
 */
export function FormDialog({ title, width = 'sm', onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => dialog?.close();
  }, []);

  return (
    <dialog
      ref={ref}
      className={`${dialogLook(width)} max-h-[min(52rem,calc(100dvh-1.5rem))] overflow-y-auto p-5`}
      aria-labelledby={titleId}
      onClose={onClose}
    >
      <DialogHead id={titleId} title={title} onClose={() => ref.current?.close()} />
      {children}
    </dialog>
  );
}

function DialogHead({ id, title, onClose }: { id: string; title: string; onClose: () => void }) {
  return (
    <div className="-mr-2 flex items-center justify-between gap-4">
      <h2 id={id} className="min-w-0 text-lg font-semibold wrap-anywhere">
        {title}
      </h2>
      <IconButton label="Close" onClick={onClose}>
        <X aria-hidden size={16} />
      </IconButton>
    </div>
  );
}

/** A modal question: it traps focus, Esc cancels, and focus goes back where it was. */
export function ConfirmDialog(props: {
  title: string;
  children: ReactNode;
  confirmLabel: string;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);

  return (
    <dialog ref={ref} className={`${dialogLook('xs')} p-5`} aria-labelledby={titleId} onClose={props.onClose}>
      <h2 id={titleId} className="text-lg font-semibold">
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
