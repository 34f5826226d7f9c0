'use client';

import { useEffect } from 'react';
import { keyOf } from '../ui/keys.ts';

/**
 * Alt+← and Alt+→ go from column to column, with Shift they take the column along. Not while a text is being edited:
 * there they belong to the text.
 */
export function useColumnKeys(actions: { go: (step: 1 | -1) => void; carry: (step: 1 | -1) => void }): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const key = keyOf(event);
      const step = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : undefined;
      if (step === undefined || !event.altKey || event.ctrlKey || event.metaKey || isEditing()) return;
      if (document.querySelector('dialog[open], [popover]:popover-open')) return;
      event.preventDefault();
      if (event.shiftKey) actions.carry(step);
      else actions.go(step);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  });
}

function isEditing(): boolean {
  const field = document.activeElement;
  return (field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement) && field.value !== '';
}

/** The column that has the focus, if one has. */
export function focusedColumn(): string | undefined {
  return document.activeElement?.closest<HTMLElement>('[data-column]')?.dataset.column;
}
