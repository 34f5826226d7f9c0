import { useState } from 'react';
import type { ModelInfo } from '../../lib/model.ts';
import type { MemoryChange } from '../../lib/provider.ts';
import { requestJson } from '../client/request-json.ts';
import { Button } from '../ui/button.tsx';

/** Has the model's server load it, or put it away; only where that is told of it. */
export function MemoryButton({ model, onDone }: { model: ModelInfo; onDone: () => void }) {
  const [state, setState] = useState<'idle' | 'busy' | { failed: string }>('idle');
  if (!model.memory) return null;
  const loaded = model.memory.state === 'loaded' || model.memory.state === 'loading';
  const change = async () => {
    setState('busy');
    try {
      const path = `/api/providers/${model.providerId}/memory`;
      const answer = await requestJson<MemoryChange>('POST', path, { modelKey: model.key, loaded: !loaded });
      setState(answer.ok ? 'idle' : { failed: answer.words });
      onDone();
    } catch (error) {
      setState({ failed: error instanceof Error ? error.message : 'That did not work.' });
    }
  };
  return (
    <>
      {typeof state === 'object' && (
        <span role="alert" className="text-sm text-danger">
          {state.failed}
        </span>
      )}
      <Button
        tone="ghost"
        disabled={state === 'busy'}
        aria-label={loaded ? `Put ${model.label} out of memory` : `Load ${model.label} into memory`}
        onClick={() => void change()}
      >
        {state === 'busy' ? (loaded ? 'Unloading…' : 'Loading…') : loaded ? 'Unload' : 'Load'}
      </Button>
    </>
  );
}
