import { useEffect, useState } from 'react';
import { readStored, writeStored } from '../ui/stored.ts';
import { firstDraft, parseDraft, type RawDraft } from './draft.ts';

const storedKey = 'thinkglass:raw';

/** The draft, kept in this browser. */
export function useDraft(): [RawDraft, (fields: Partial<RawDraft>) => void] {
  const [draft, setDraft] = useState(firstDraft);
  useEffect(() => {
    const kept = parseDraft(readStored(storedKey) ?? '');
    if (kept) setDraft(kept);
  }, []);
  const change = (fields: Partial<RawDraft>) => {
    const next = { ...draft, ...fields };
    setDraft(next);
    writeStored(storedKey, JSON.stringify(next));
  };
  return [draft, change];
}
