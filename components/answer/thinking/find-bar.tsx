'use client';

import { useEffect, useRef, useState } from 'react';
import { FindRow } from '../find/find-row.tsx';
import type { Guide } from './guide.ts';
import { ThoughtFind } from './thought-find.ts';

/** Looks for words in the whole thought, also where it is not drawn. */
export function FindBar({ guide, onClose }: { guide: Guide; onClose: () => void }) {
  const [query, setQuery] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const [session] = useState(() => new ThoughtFind(guide));

  useEffect(() => field.current?.select(), []);
  useEffect(() => session.start(), [session]);
  return (
    <FindRow
      search={session}
      field={field}
      className="sticky top-0 z-2 border-b border-think-line print:hidden"
      label="Find in the thinking"
      placeholder="Find in thinking"
      within=".think"
      autoFocus
      query={query}
      onQuery={setQuery}
      onClose={onClose}
    />
  );
}
