'use client';

import { Activity, memo, type ReactNode } from 'react';
import type { Pane } from './pane-choice.ts';

/**
 * What a pane holds. Folded by hand it stays as it is, unseen and without cost, so that opening it again shows the same
 * lines; folded by itself it is gone.
 */
export function PaneBody({ pane, children }: { pane: Pane; children: ReactNode }) {
  if (!pane.open && !pane.kept) return null;
  return (
    <Activity mode={pane.open ? 'visible' : 'hidden'}>
      <DrawnWhileOpen open={pane.open}>{children}</DrawnWhileOpen>
    </Activity>
  );
}

const DrawnWhileOpen = memo(
  function DrawnWhileOpen({ children }: { open: boolean; children: ReactNode }) {
    return children;
  },
  (_, { open }) => !open,
);
