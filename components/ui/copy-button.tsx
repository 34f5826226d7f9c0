'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from './button.tsx';

/** Copies a text when pressed, and says so for two seconds. */
export function CopyButton({ label, textOf }: { label: string; textOf: () => string }) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | undefined>();

  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(undefined), 2000);
    return () => clearTimeout(timer);
  }, [outcome]);

  const said = outcome === 'copied' ? 'Copied' : outcome === 'failed' ? 'Copying was not allowed' : label;
  return (
    <>
      <IconButton label={said} onClick={async () => setOutcome((await copyText(textOf())) ? 'copied' : 'failed')}>
        {outcome === 'copied' ? <Check aria-hidden size={15} /> : <Copy aria-hidden size={15} />}
      </IconButton>
      <span role="status" className="sr-only">
        {outcome ? said : ''}
      </span>
    </>
  );
}

/** Whether the text is on the clipboard now. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text); // the clipboard is closed to pages served over plain HTTP from another machine
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'sr-only';
  document.body.append(area);
  area.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    area.remove();
  }
}
