'use client';

import { lazy, Suspense, useState } from 'react';
import type { ProviderDetail, ProviderTest } from '../../lib/provider.ts';
import { requestJson } from '../client/request-json.ts';
import { Button } from '../ui/button.tsx';
import { keyWords, lightOf, sourceWords, stateWords } from './provider-words.ts';

const ConfirmDialog = lazy(() => import('../ui/dialog.tsx').then((m) => ({ default: m.ConfirmDialog })));

type Test = { state: 'idle' } | { state: 'testing' } | { state: 'done'; ok: boolean; words: string };

/** A provider: how it does, what it has, and what can be done to it. */
export function ProviderCard(props: {
  provider: ProviderDetail;
  looking: boolean;
  onEdit: () => void;
  onRemove: () => void;
}) {
  const { provider, looking } = props;
  const [test, setTest] = useState<Test>({ state: 'idle' });
  const [removing, setRemoving] = useState(false);
  const { check, status } = provider;
  const problem =
    check?.error?.message ?? (status.state === 'unreachable' || status.state === 'gone' ? status.reason : undefined);
  const own = provider.source === 'own';

  const runTest = async () => {
    setTest({ state: 'testing' });
    try {
      const { ok, words } = await requestJson<ProviderTest>('POST', `/api/providers/${provider.id}/test`, {});
      setTest({ state: 'done', ok, words });
    } catch (error) {
      setTest({ state: 'done', ok: false, words: error instanceof Error ? error.message : 'The test did not work.' });
    }
  };
  return (
    <li className="provider" aria-label={provider.label}>
      <div className="provider-head">
        <span
          className="provider-light"
          data-light={lightOf(provider)}
          data-looking={looking || undefined}
          aria-hidden
        />
        <h3>{provider.label}</h3>
        <span className="provider-source">{sourceWords(provider)}</span>
      </div>
      <p className="provider-state">{stateWords(provider, looking)}</p>
      <dl className="provider-facts">
        {provider.baseURL !== undefined && (
          <div>
            <dt>Base URL</dt>
            <dd className="provider-code">{provider.baseURL}</dd>
          </div>
        )}
        {provider.source !== 'recordings' && (
          <div>
            <dt>Key</dt>
            <dd>{keyWords(provider.key)}</dd>
          </div>
        )}
        <div>
          <dt>Models</dt>
          <dd>{modelWords(provider)}</dd>
        </div>
        {check?.latencyMs !== undefined && (
          <div>
            <dt>Latency</dt>
            <dd>{check.latencyMs} ms</dd>
          </div>
        )}
      </dl>
      {problem && <p className="provider-problem">{problem}</p>}
      <p role="status" className="provider-test" data-ok={test.state === 'done' ? test.ok : undefined}>
        {test.state === 'testing' ? 'Asking for one token…' : test.state === 'done' ? test.words : ''}
      </p>
      <div className="provider-actions">
        {provider.source !== 'recordings' && (
          <Button
            aria-label={`Test ${provider.label}`}
            disabled={test.state === 'testing' || provider.models.length === 0}
            onClick={() => void runTest()}
          >
            Test
          </Button>
        )}
        {own && (
          <>
            <Button tone="ghost" aria-label={`Edit ${provider.label}`} onClick={props.onEdit}>
              Edit
            </Button>
            <Button tone="ghost" aria-label={`Remove ${provider.label}`} onClick={() => setRemoving(true)}>
              Remove
            </Button>
          </>
        )}
      </div>
      {removing && (
        <Suspense>
          <ConfirmDialog
            title={`Remove ${provider.label}?`}
            confirmLabel="Remove"
            onConfirm={props.onRemove}
            onClose={() => setRemoving(false)}
          >
            Its key and all you have said about its models will be gone for good. Answers it has given stay.
          </ConfirmDialog>
        </Suspense>
      )}
    </li>
  );
}

function modelWords({ models, check, otherModels }: ProviderDetail): string {
  const offered = models.length === 1 ? '1 model' : `${models.length} models`;
  const found = check?.found;
  return otherModels.length > 0 && found !== undefined ? `${offered} of ${found} listed` : offered;
}
