import { useEffect, useState } from 'react';
import type { ShareChoice, ShareSnapshot } from '../../lib/share.ts';
import { RequestFailed, requestJson } from '../client/request-json.ts';

export type Preview =
  | { state: 'loading' }
  | { state: 'failed'; reason: string }
  | { state: 'ready'; snapshot: ShareSnapshot };

/** An answer that is being written is asked after again, this often, in ms. */
const againMs = 1500;

/** What the server would make public of a choice; while it is asked again, what it said before. */
export function usePreview(choice: ShareChoice): Preview {
  const [preview, setPreview] = useState<Preview>({ state: 'loading' });
  const asked = JSON.stringify(choice);
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const choice = JSON.parse(asked) as ShareChoice;
    const look = async () => {
      try {
        const { snapshot } = await requestJson<{ snapshot: ShareSnapshot }>('POST', '/api/shares/preview', choice);
        if (!current) return;
        setPreview({ state: 'ready', snapshot });
        if (snapshot.columns.length < choice.threads.length) timer = setTimeout(look, againMs);
      } catch (error) {
        if (!current) return;
        setPreview({ state: 'failed', reason: error instanceof Error ? error.message : 'That did not work.' });
        if (error instanceof RequestFailed && error.code === 'conflict') timer = setTimeout(look, againMs);
      }
    };
    void look();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [asked]);
  return preview;
}
