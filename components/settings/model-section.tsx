'use client';

import { useState } from 'react';
import type { ModelInfo } from '../../lib/model.ts';
import type { ModelOverride, ModelOverrideEntry, ProviderDetail } from '../../lib/provider.ts';
import { formatTokens } from '../../lib/quantity-words.ts';
import { priceWords } from '../../lib/model-route.ts';
import { assumedFamilyOf } from '../../lib/reasoning/splitter-options.ts';
import { requestJson } from '../client/request-json.ts';
import { Button } from '../ui/button.tsx';
import { AddModel } from './add-model.tsx';
import { SelectField, TextField } from './field.tsx';
import { OverrideDialog } from './override-dialog.tsx';
import { historyWords, transportWords } from './override-form.ts';
import { Card, CodeWords, Lead, Section } from './section.tsx';
import { Tag } from '../ui/tag.tsx';
import { memoryWords } from '../words/memory-words.ts';
import { MemoryButton } from './memory-button.tsx';

/** Long lists are searched, not scrolled. */
const shownAtOnce = 40;

/** What is known about each model, and a way to put it right. */
export function ModelSection(props: {
  providers: readonly ProviderDetail[];
  overrides: readonly ModelOverrideEntry[];
  /** The models may be other ones, or elsewhere, now. */
  onLook: () => void;
  /** The overrides have changed: the models are other ones now. */
  onOverrides: (overrides: ModelOverrideEntry[]) => void;
}) {
  const { providers, overrides } = props;
  const able = providers.filter(
    (p) =>
      p.source !== 'recordings' && p.source !== 'inside' && p.status.state !== 'needs-key' && p.status.state !== 'gone',
  );
  const [chosen, setChosen] = useState('');
  const [query, setQuery] = useState('');
  const [changing, setChanging] = useState<string | undefined>();
  const provider = able.find(({ id }) => id === chosen) ?? able.find(({ models }) => models.length > 0) ?? able[0];
  if (!provider) {
    return (
      <Section id="models" title="Models">
        <Lead>When a provider is connected, what is known about its models is here.</Lead>
      </Section>
    );
  }
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = provider.models.filter((model) =>
    words.every((word) => `${model.label} ${model.id}`.toLowerCase().includes(word)),
  );
  const overrideOf = (model: ModelInfo) =>
    overrides.find((o) => o.providerId === provider.id && o.modelKey === model.key)?.override;
  const open = provider.models.find(({ key }) => key === changing);

  const put = async (modelKey: string, override: ModelOverride | null) => {
    const body = { overrides: [{ providerId: provider.id, modelKey, override }] };
    const answer = await requestJson<{ overrides: ModelOverrideEntry[] }>('PUT', '/api/models/overrides', body);
    props.onOverrides(answer.overrides);
  };
  return (
    <Section id="models" title="Models">
      <Lead>What Thinkglass assumes about each model. Put right what your server does otherwise.</Lead>
      <div className="my-3 grid gap-3 sm:grid-cols-2">
        <SelectField
          label="Provider"
          value={provider.id}
          options={able.map(({ id, label }) => [id, label] as const)}
          onChoose={setChosen}
        />
        <TextField
          label="Find"
          type="search"
          placeholder="name or id"
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
      </div>
      {matching.length === 0 ? (
        <Lead>{provider.models.length === 0 ? 'It lists no model.' : 'No model of that name.'}</Lead>
      ) : (
        <Card>
          <ul className="divide-y divide-line" aria-label={`Models of ${provider.label}`}>
            {matching.slice(0, shownAtOnce).map((model) => (
              <li key={model.key}>
                <ModelRow
                  model={model}
                  override={overrideOf(model)}
                  onChange={() => setChanging(model.key)}
                  onLook={props.onLook}
                />
              </li>
            ))}
          </ul>
        </Card>
      )}
      {matching.length > shownAtOnce && <Lead>{matching.length - shownAtOnce} more; write a name to find them.</Lead>}
      <AddModel provider={provider} onAdd={(id) => put(id, { added: true })} />
      {open && (
        <OverrideDialog
          key={open.key}
          model={open}
          override={overrideOf(open)}
          onSave={async (override) => {
            await put(open.key, override);
            setChanging(undefined);
          }}
          onClose={() => setChanging(undefined)}
        />
      )}
    </Section>
  );
}

function ModelRow(props: {
  model: ModelInfo;
  override: ModelOverride | undefined;
  onChange: () => void;
  onLook: () => void;
}) {
  const { model, override } = props;
  return (
    <div className="flex items-center justify-between gap-3 py-2.25 pr-2 pl-4">
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5 text-base font-medium wrap-anywhere">
          {model.label}
          {override?.added && <Tag>Added</Tag>}
          {override && Object.keys(override).some((key) => key !== 'added') && <Tag>Changed</Tag>}
          {model.label !== model.id && (
            <span className="font-normal text-ink-muted">
              <CodeWords>{model.id}</CodeWords>
            </span>
          )}
        </p>
        <p className="text-sm text-ink-muted">{factsOf(model).join(' · ')}</p>
      </div>
      <div className="flex flex-none items-center gap-1">
        <MemoryButton model={model} onDone={props.onLook} />
        <Button tone="ghost" aria-label={`Change what is assumed about ${model.label}`} onClick={props.onChange}>
          Change
        </Button>
      </div>
    </div>
  );
}

function factsOf(model: ModelInfo): string[] {
  const transport = transportWords.find(([id]) => id === model.reasoning.transport)?.[1].toLowerCase() ?? '';
  const isGuess = model.reasoning.isAssumed && !model.reasoning.isSeen;
  const thinking = `${isGuess ? 'if it thinks, ' : 'thinking '}${transport}`;
  const thinks = model.reasoning.transport === 'none' ? 'does not think' : thinking;
  const history = historyWords.find(([id]) => id === model.history)?.[1].toLowerCase() ?? '';
  const { contextTokens, contextFrom } = model.limits;
  const family = assumedFamilyOf(model);
  return [
    ...(model.memory ? [memoryWords(model.memory)] : []),
    thinks,
    ...(family ? [`assumed to write like ${family.label}`] : []),
    ...(model.history === 'strip' ? [] : [`past thinking ${history}`]),
    ...(contextTokens === undefined
      ? []
      : [`${formatTokens(contextTokens)} of context${contextFrom === 'server' ? ', as its server runs it' : ''}`]),
    ...(model.price ? [[priceWords(model.price), model.price.upTo && model.price.note].filter(Boolean).join(' ')] : []),
  ];
}
