'use client';

import type { ReactNode } from 'react';
import { useLoaded } from './use-loaded.ts';

/** What is read from the server when a dialog opens: dots until it is here, the reason when it does not come. */
export function Loaded<T>({ path, children }: { path: string; children: (value: T) => ReactNode }) {
  const load = useLoaded<T>(path);
  if (load.state === 'ready') return children(load.value);
  return (
    <p className="text-sm text-ink-muted" role={load.state === 'failed' ? 'alert' : undefined}>
      {load.state === 'failed' ? load.reason : '…'}
    </p>
  );
}
