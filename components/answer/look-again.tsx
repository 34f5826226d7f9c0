'use client';

import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { ProviderModels } from '../../lib/model.ts';
import { requestJson } from '../client/request-json.ts';
import { onlyRecordings } from '../conversation/model-choice.ts';
import { Button } from '../ui/button.tsx';

/** Looks for live models, as the list of models does, and says what came of it. */
export function LookAgain({ onProviders }: { onProviders: (providers: ProviderModels[]) => void }) {
  const [said, setSaid] = useState<string>();
  const look = async () => {
    setSaid('Looking…');
    try {
      const { providers } = await requestJson<{ providers: ProviderModels[] }>('POST', '/api/models/refresh');
      onProviders(providers);
      setSaid(
        onlyRecordings(providers) ? 'No live model was found.' : 'A live model is here: choose it below and ask.',
      );
    } catch (error) {
      setSaid(error instanceof Error ? error.message : 'That did not work.');
    }
  };
  return (
    <>
      <Button disabled={said === 'Looking…'} onClick={() => void look()}>
        <RefreshCw aria-hidden size={14} /> Look again
      </Button>
      <span role="status" className="self-center text-sm text-ink-muted empty:hidden">
        {said}
      </span>
    </>
  );
}
