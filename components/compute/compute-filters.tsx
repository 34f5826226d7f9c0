'use client';

import { MessageSquare, X } from 'lucide-react';
import Link from 'next/link';
import { type PromptTemplateId, promptTemplateIds } from '../../lib/model.ts';
import type { TokenLogChoice } from '../../lib/token-log.ts';
import { useHanFont } from '../ui/han-font.ts';
import { type ComputeView, type Period, periods } from './address.ts';
import { templateWords } from './words.ts';

const periodWords: Record<Period, string> = {
  day: '24 hours',
  week: '7 days',
  month: '30 days',
  all: 'All',
  custom: 'Custom',
};

const fieldLook =
  'h-9 max-w-56 rounded-md border border-line bg-surface px-2.5 text-sm pointer-coarse:h-10 pointer-coarse:text-lg';
const selectLook = `${fieldLook} max-lg:min-w-0 max-lg:flex-[1_1_9rem]`;

/** What is to be shown; each change is a new address. */
export function ComputeFilters(props: {
  view: ComputeView;
  choices: readonly TokenLogChoice[];
  /** Of the conversation it is narrowed to; null when that is not there, undefined while it is not known. */
  title: string | null | undefined;
  onChange: (view: ComputeView) => void;
}) {
  const { view, choices, title, onChange } = props;
  const { provider, model, template, recordings, lab, conversation, ...period } = view;
  const templates = promptTemplateIds.filter((id) => id === template || choices.some((c) => c.templates.includes(id)));
  const set = (change: Partial<Record<keyof ComputeView, string | undefined>>) => {
    const next = { ...view, ...change };
    const kept = Object.entries(next).filter(([, value]) => value !== undefined && value !== '');
    onChange(Object.fromEntries(kept) as unknown as ComputeView); // the same fields, without the emptied ones
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <fieldset className="inline-flex gap-0.5 rounded-md bg-ink/5 p-0.75 max-lg:flex-[1_1_100%]">
        <legend className="sr-only">Period</legend>
        {periods.map((name) => (
          <label
            key={name}
            className="grid min-h-7.5 place-items-center rounded-sm px-3 text-sm font-medium whitespace-nowrap text-ink-muted outline-offset-1 outline-accent has-checked:bg-raised has-checked:text-ink has-checked:shadow-small has-focus-visible:outline-2 max-lg:flex-1 max-lg:px-1 pointer-coarse:min-h-10 forced-colors:has-checked:outline-1"
          >
            <input
              type="radio"
              name="period"
              className="sr-only"
              checked={period.period === name}
              onChange={() => set({ period: name })}
            />
            {periodWords[name]}
          </label>
        ))}
      </fieldset>
      {period.period === 'custom' && (
        <span className="inline-flex items-center gap-1.5 text-sm text-ink-muted">
          <input
            type="date"
            className={`text-ink ${fieldLook}`}
            aria-label="First day"
            value={period.from ?? ''}
            max={period.to}
            onChange={(event) => set({ from: event.target.value })}
          />
          to
          <input
            type="date"
            className={`text-ink ${fieldLook}`}
            aria-label="Last day"
            value={period.to ?? ''}
            min={period.from}
            onChange={(event) => set({ to: event.target.value })}
          />
        </span>
      )}
      <ModelSelect view={view} choices={choices} onChoose={set} />
      <select
        className={selectLook}
        aria-label="Prompt template"
        value={template ?? ''}
        onChange={(event) => set({ template: event.target.value })}
      >
        <option value="">Every template</option>
        {templates.map((id: PromptTemplateId) => (
          <option key={id} value={id}>
            {templateWords[id]}
          </option>
        ))}
      </select>
      <select
        className={selectLook}
        aria-label="Recordings"
        value={recordings ?? ''}
        onChange={(event) => set({ recordings: event.target.value })}
      >
        <option value="">With recordings</option>
        <option value="none">Without recordings</option>
        <option value="only">Recordings only</option>
      </select>
      <select
        className={selectLook}
        aria-label="The lab"
        value={lab ?? ''}
        onChange={(event) => set({ lab: event.target.value })}
      >
        <option value="">With the lab</option>
        <option value="none">Without the lab</option>
        <option value="only">The lab only</option>
      </select>
      {conversation && (
        <ConversationChip id={conversation} title={title} onRemove={() => set({ conversation: undefined })} />
      )}
    </div>
  );
}

/** Which conversation it is of, the way back to it, and the way to all others. */
function ConversationChip(props: { id: string; title: string | null | undefined; onRemove: () => void }) {
  const { id, title, onRemove } = props;
  useHanFont(title ?? '');
  return (
    <span className="inline-flex h-9 max-w-[min(24rem,100%)] min-w-0 items-center gap-0.5 rounded-full bg-accent-soft pl-3 text-sm font-medium text-accent">
      {title === null ? (
        <span>A conversation that is not here</span>
      ) : (
        <Link
          href={`/c/${id}`}
          prefetch={false}
          className="inline-flex min-w-0 items-center gap-1.5 underline-offset-2 hover:underline"
          title={title && `Open “${title}”`}
        >
          <MessageSquare aria-hidden size={14} className="flex-none" />
          <span className="truncate">{title ?? 'One conversation'}</span>
        </Link>
      )}
      <button
        type="button"
        className="grid h-9 w-8 flex-none place-items-center rounded-full"
        aria-label="All conversations"
        title="All conversations"
        onClick={onRemove}
      >
        <X aria-hidden size={14} />
      </button>
    </span>
  );
}

/** All, a provider's, or one: a model is known by its provider. */
function ModelSelect(props: {
  view: ComputeView;
  choices: readonly TokenLogChoice[];
  onChoose: (change: { provider?: string | undefined; model?: string | undefined }) => void;
}) {
  const { view, choices, onChoose } = props;
  const { provider, model } = view;
  const providers = [...new Map(choices.map((choice) => [choice.providerId, choice.providerLabel]))];
  const value = provider === undefined ? '' : JSON.stringify(model === undefined ? [provider] : [provider, model]);
  const isKnown = choices.some((c) => c.providerId === provider && (model === undefined || c.modelKey === model));
  return (
    <select
      className={selectLook}
      aria-label="Model"
      value={value}
      onChange={(event) => {
        const [chosenProvider, chosenModel] = JSON.parse(event.target.value || '[]') as (string | undefined)[]; // our own options
        onChoose({ provider: chosenProvider, model: chosenModel });
      }}
    >
      <option value="">Every model</option>
      {value !== '' && !isKnown && <option value={value}>{model ?? provider}</option>}
      {providers.map(([id, label]) => (
        <optgroup key={id} label={label}>
          <option value={JSON.stringify([id])}>All of {label}</option>
          {choices
            .filter((choice) => choice.providerId === id)
            .map((choice) => (
              <option key={choice.modelKey} value={JSON.stringify([id, choice.modelKey])}>
                {choice.modelLabel}
              </option>
            ))}
        </optgroup>
      ))}
    </select>
  );
}
