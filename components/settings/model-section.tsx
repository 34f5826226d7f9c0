'use client';

import { type FormEvent, useId, useState } from 'react';
import type { ModelInfo } from '../../lib/model.ts';
import type { ModelOverride, ModelOverrideEntry, ProviderDetail } from '../../lib/provider.ts';
import { formatTokens } from '../../lib/quantity-words.ts';
import { priceWords } from '../../lib/route.ts';
import { requestJson } from '../client/request-json.ts';
import { Button } from '../ui/button.tsx';
import { SelectField } from './field.tsx';
import { OverrideDialog } from './override-dialog.tsx';
import { historyWords, transportWords } from './override-form.ts';
import { Tag } from '../ui/tag.tsx';

/** Long lists are searched, not scrolled. */
const shownAtOnce = 40;

/** What is known about each model, and a way to put it right. */
export function ModelSection(props: {
  providers: readonly ProviderDetail[];
  overrides: readonly ModelOverrideEntry[];
  /** The overrides have changed: the models are other ones now. */
  onOverrides: (overrides: ModelOverrideEntry[]) => void;
}) {
  const { providers, overrides } = props;
  const able = providers.filter(
    (p) => p.source !== 'recordings' && p.status.state !== 'needs-key' && p.status.state !== 'gone',
  );
  const [chosen, setChosen] = useState('');
  const [query, setQuery] = useState('');
  const [changing, setChanging] = useState<string | undefined>();
  const provider = able.find(({ id }) => id === chosen) ?? able.find(({ models }) => models.length > 0) ?? able[0];
  if (!provider) {
    return (
      <section id="models" aria-labelledby="models-title" className="settings-section">
        <h2 id="models-title">Models</h2>
        <p className="settings-empty">When a provider is connected, what is known about its models is here.</p>
      </section>
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
    <section id="models" aria-labelledby="models-title" className="settings-section">
      <h2 id="models-title">Models</h2>
      <p className="settings-lead">
        What Thinkglass assumes about each model. Put right what your server does otherwise.
      </p>
      <div className="model-tools">
        <SelectField
          label="Provider"
          value={provider.id}
          options={able.map(({ id, label }) => [id, label] as const)}
          onChoose={setChosen}
        />
        <div className="field">
          <label htmlFor="model-search">Find</label>
          <input
            id="model-search"
            type="search"
            autoComplete="off"
            placeholder="name or id"
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
          />
        </div>
      </div>
      {matching.length === 0 ? (
        <p className="settings-empty">
          {provider.models.length === 0 ? 'It lists no model.' : 'No model of that name.'}
        </p>
      ) : (
        <ul className="model-list" aria-label={`Models of ${provider.label}`}>
          {matching.slice(0, shownAtOnce).map((model) => (
            <li key={model.key}>
              <ModelRow model={model} override={overrideOf(model)} onChange={() => setChanging(model.key)} />
            </li>
          ))}
        </ul>
      )}
      {matching.length > shownAtOnce && (
        <p className="settings-empty">{matching.length - shownAtOnce} more; write a name to find them.</p>
      )}
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
    </section>
  );
}

function ModelRow(props: { model: ModelInfo; override: ModelOverride | undefined; onChange: () => void }) {
  const { model, override } = props;
  return (
    <div className="model-row">
      <div className="model-name">
        <span>{model.label}</span>
        {override?.added && <Tag>Added</Tag>}
        {override && Object.keys(override).some((key) => key !== 'added') && <Tag>Changed</Tag>}
        {model.label !== model.id && <span className="provider-code">{model.id}</span>}
      </div>
      <p className="model-facts">{factsOf(model).join(' · ')}</p>
      <Button tone="ghost" aria-label={`Change what is assumed about ${model.label}`} onClick={props.onChange}>
        Change
      </Button>
    </div>
  );
}

function factsOf(model: ModelInfo): string[] {
  const transport = transportWords.find(([id]) => id === model.reasoning.transport)?.[1].toLowerCase() ?? '';
  const thinks = model.reasoning.transport === 'none' ? 'does not think' : `thinking ${transport}`;
  const history = historyWords.find(([id]) => id === model.history)?.[1].toLowerCase() ?? '';
  const { contextTokens } = model.limits;
  return [
    thinks,
    ...(model.history === 'strip' ? [] : [`past thinking ${history}`]),
    ...(contextTokens === undefined ? [] : [`${formatTokens(contextTokens)} of context`]),
    ...(model.price ? [[priceWords(model.price), model.price.upTo && model.price.note].filter(Boolean).join(' ')] : []),
  ];
}

/** Takes a model by its id that no list has. */
function AddModel({ provider, onAdd }: { provider: ProviderDetail; onAdd: (id: string) => Promise<void> }) {
  const [id, setId] = useState('');
  const [problem, setProblem] = useState<string | undefined>();
  const listId = useId();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const trimmed = id.trim();
    if (trimmed === '') return;
    if (provider.models.some(({ key }) => key === trimmed)) return setProblem('It is in the list already.');
    try {
      setProblem(undefined);
      await onAdd(trimmed);
      setId('');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'That did not work.');
    }
  };
  return (
    <form className="model-add" onSubmit={add}>
      <div className="field">
        <label htmlFor={`${listId}f`}>Add a model by its id</label>
        <input
          id={`${listId}f`}
          list={listId}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          placeholder="as the server calls it"
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <datalist id={listId}>
          {provider.otherModels.slice(0, 500).map((other) => (
            <option key={other} value={other} />
          ))}
        </datalist>
      </div>
      <Button type="submit">Add model</Button>
      {problem && (
        <p role="alert" className="settings-alert">
          {problem}
        </p>
      )}
    </form>
  );
}
