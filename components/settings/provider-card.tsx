'use client';

import { useState } from 'react';
import { errorSentence } from '../../lib/sentences.ts';
import type { ProviderDetail, ProviderTest } from '../../lib/provider.ts';
import { requestJson } from '../client/request-json.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { keyWords, type Light, lightOf, modelsWords, sourceWords, stateWords } from './provider-words.ts';
import { CodeWords, Fact } from './section.tsx';
import { lazyDialog } from '../ui/lazy-part.tsx';

const ConfirmDialog = lazyDialog(async () => ({ default: (await import('../ui/dialog.tsx')).ConfirmDialog }));

/** A provider: how it does, what it has, and what can be done to it. */
export function ProviderCard(props: {
  provider: ProviderDetail;
  looking: boolean;
  onEdit: () => void;
  /** Adds it with a key, where it is found and wants one. */
  onUnlock: (() => void) | undefined;
  onRemove: () => void;
}) {
  const { provider, looking } = props;
  const { check, status } = provider;
  const [removing, setRemoving] = useState(false);
  const { test, run } = useTest(provider.id);
  const cause = check?.error ?? ('reason' in status ? status.reason : undefined);
  const problem = cause && errorSentence(cause);

  return (
    <li
      className="min-w-0 rounded-lg border border-line bg-surface px-4 py-3.5 shadow-small"
      aria-label={provider.label}
    >
      <div className="flex min-w-0 items-center gap-2.25">
        <StateLight light={lightOf(provider)} looking={looking} />
        <h3 className="max-w-3/5 flex-none font-semibold wrap-anywhere">{provider.label}</h3>
        <span className="ml-auto min-w-0 text-right text-xs text-pretty text-ink-muted">{sourceWords(provider)}</span>
      </div>
      <p className="mt-0.5 pl-4.5 text-sm text-ink-muted">{stateWords(provider, looking)}</p>
      <ProviderFacts provider={provider} />
      {problem && <Alert words={problem} className="mt-2.5" />}
      <p role="status" className={`mt-2.5 text-sm wrap-anywhere empty:hidden ${testColours[test.state]}`}>
        {test.state === 'testing' ? 'Asking for one token…' : 'words' in test ? test.words : ''}
      </p>
      {provider.source !== 'recordings' && provider.source !== 'inside' && (
        <div className="mt-3 flex flex-wrap gap-1.5">
          <TestButton provider={provider} disabled={test.state === 'testing'} onTest={(key) => void run(key)} />
          {props.onUnlock && (
            <Button tone="ghost" aria-label={`Enter a key for ${provider.label}`} onClick={props.onUnlock}>
              Enter its key
            </Button>
          )}
          {provider.source === 'own' && (
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
      )}
      {removing && (
        <ConfirmDialog
          title={`Remove ${provider.label}?`}
          confirmLabel="Remove"
          onConfirm={props.onRemove}
          onClose={() => setRemoving(false)}
        >
          Its key and all you have said about its models will be gone for good. Answers it has given stay.
        </ConfirmDialog>
      )}
    </li>
  );
}

/** Asks a model for one token: the first one, or the one that is chosen. */
function TestButton(props: { provider: ProviderDetail; disabled: boolean; onTest: (modelKey: string) => void }) {
  const { models, label } = props.provider;
  const [chosen, setChosen] = useState<string | undefined>();
  const model = models.find(({ key }) => key === chosen) ?? models[0];
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Button
        aria-label={`Test ${label}`}
        disabled={props.disabled || !model}
        onClick={() => model && props.onTest(model.key)}
      >
        Test
      </Button>
      {models.length > 1 && (
        <select
          className="max-w-52 min-w-0 truncate rounded-md border border-line bg-surface p-1.5 text-sm text-ink pointer-coarse:min-h-10"
          aria-label={`Model of ${label} that is tested`}
          value={model?.key}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          {models.map(({ key, label: words }) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
      )}
    </span>
  );
}

type Test = { state: 'idle' } | { state: 'testing' } | { state: 'good' | 'bad'; words: string };

const testColours: Record<Test['state'], string> = {
  idle: '',
  testing: 'text-ink-muted',
  good: 'text-good',
  bad: 'text-danger',
};

/** Asks a provider for one token. */
function useTest(providerId: string) {
  const [test, setTest] = useState<Test>({ state: 'idle' });
  const run = async (modelKey: string) => {
    setTest({ state: 'testing' });
    try {
      const { ok, words } = await requestJson<ProviderTest>('POST', `/api/providers/${providerId}/test`, { modelKey });
      setTest({ state: ok ? 'good' : 'bad', words });
    } catch (error) {
      setTest({ state: 'bad', words: error instanceof Error ? error.message : 'The test did not work.' });
    }
  };
  return { test, run };
}

const lights: Record<Light, string> = {
  good: 'bg-good ring-3 ring-good-soft',
  warning: 'bg-warn ring-3 ring-warn-soft',
  bad: 'bg-danger ring-3 ring-danger/18',
  unknown: 'bg-ink-muted/45',
};

function StateLight({ light, looking }: { light: Light; looking: boolean }) {
  return (
    <span
      className={`size-2.25 flex-none rounded-full forced-color-adjust-none ${lights[light]} ${looking ? 'animate-pulse' : ''}`}
      aria-hidden
    />
  );
}

function ProviderFacts({ provider }: { provider: ProviderDetail }) {
  const { baseURL, source, key, check } = provider;
  return (
    <dl className="mt-3 flex flex-wrap gap-x-7 gap-y-1.5 text-sm">
      {baseURL !== undefined && (
        <Fact name="Base URL">
          <CodeWords>{baseURL}</CodeWords>
        </Fact>
      )}
      {source !== 'recordings' && source !== 'inside' && <Fact name="Key">{keyWords(key)}</Fact>}
      <Fact name="Models">{modelsWords(provider)}</Fact>
      {check?.latencyMs !== undefined && <Fact name="Latency">{check.latencyMs} ms</Fact>}
    </dl>
  );
}
