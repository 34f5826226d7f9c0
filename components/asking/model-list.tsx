'use client';

import { Check, RefreshCw, Star } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { ModelInfo, ModelRef, ProviderModels, ProviderStatus } from '../../lib/model.ts';
import { requestJson } from '../client/request-json.ts';
import { Button } from '../ui/button.tsx';
import { fieldLook } from '../ui/field.tsx';
import { keyOf } from '../ui/keys.ts';
import { Lens } from '../ui/lens.tsx';
import { useStored } from '../ui/stored.ts';
import { scaleWords } from '../../lib/zero/scale.ts';
import { canBeAsked } from '../../lib/provider-status.ts';
import { refText } from '../conversation/model-choice.ts';
import KeepFresh from './keep-fresh.tsx';
import { favouritesKey, keptSections, parseKept, rememberRecent, toggleFavourite } from './kept-models.ts';
import { statusAdvice, statusWords } from './status-words.ts';
import { Tag } from '../ui/tag.tsx';
import { memoryWords } from '../words/memory-words.ts';

interface ModelListProps {
  providers: readonly ProviderModels[];
  value: ModelRef | undefined;
  onChoose: (model: ModelRef) => void;
  onProviders: (providers: ProviderModels[]) => void;
}

/** More models than this get a field to search in. */
const searchFrom = 9;

/**
 * All models that can be asked, by provider, with a word on each provider that cannot; above them favourites, and what was
 * chosen lately. Arrow keys move, Enter chooses.
 */
export default function ModelList({ providers, value, onChoose, onProviders }: ModelListProps) {
  const [query, setQuery] = useState('');
  const groups = groupsMatching(providers, query);
  const favourites = parseKept(useStored(favouritesKey));
  // As it was when the list was opened: what is chosen from it must not move under the pointer.
  const [kept] = useState(() => keptSections(providers, favourites));
  const sections = query.trim() === '' ? kept : [];
  const lines = [
    ...sections.flatMap(({ title, models }) => models.map((model) => ({ key: `${title}-${textOf(model)}`, model }))),
    ...groups
      .flatMap((group) => (canBeAsked(group.provider.status) ? group.models : []))
      .map((model) => ({ key: textOf(model), model })),
  ];
  const [active, setActive] = useState(() => (value ? refText(value) : undefined));
  const at = Math.max(
    0,
    lines.findIndex(({ key }) => key === active),
  );
  const choose = (model: ModelRef) => {
    rememberRecent(model);
    onChoose(model);
  };
  const baseId = useId();
  const box = useRef<HTMLDivElement>(null);
  const list = {
    baseId,
    chosen: value && refText(value),
    active: lines[at]?.key,
    favourites,
    onActive: setActive,
    onChoose: choose,
  };
  const searchable = providers.reduce((sum, group) => sum + group.models.length, 0) >= searchFrom;
  // On a phone, focus in a field would bring up the keyboard, over the list.
  const typesFirst = searchable && window.matchMedia('(pointer: fine)').matches;

  useEffect(() => {
    box.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' });
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const key = keyOf(event) ?? '';
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    const current = lines[at];
    if (step !== undefined) {
      event.preventDefault();
      const next = lines[(at + step + lines.length) % lines.length];
      if (next) setActive(next.key);
    } else if (key === 'Enter' && current) {
      event.preventDefault();
      choose(refOf(current.model));
    }
  };
  const activeLine = lines[at];
  const listbox = {
    'aria-controls': `${baseId}list`,
    'aria-activedescendant': activeLine && `${baseId}${activeLine.key}`,
    onKeyDown,
  };

  return (
    <>
      {searchable && (
        <div className="p-2 pb-0">
          <input
            // biome-ignore lint/a11y/noAutofocus: the panel was opened by the reader, to be used
            autoFocus={typesFirst}
            type="search"
            role="combobox"
            aria-expanded="true"
            aria-label="Search models"
            placeholder="Search models"
            className={fieldLook}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            {...listbox}
          />
        </div>
      )}
      <div
        ref={box}
        id={`${baseId}list`}
        role="listbox"
        aria-label="Models"
        className="min-h-0 flex-1 overflow-y-auto p-1.5 -outline-offset-2"
        tabIndex={0}
        // biome-ignore lint/a11y/noAutofocus: the panel was opened by the reader, to be used
        autoFocus={!typesFirst}
        {...listbox}
      >
        {sections.map(({ title, models }) => (
          <Section key={title} id={`${baseId}s-${title}`} title={title}>
            {models.map((model) => (
              <Line
                key={textOf(model)}
                {...list}
                lineKey={`${title}-${textOf(model)}`}
                model={model}
                isReady
                place={placeOf(providers, model)}
              />
            ))}
          </Section>
        ))}
        {groups.map((group) => (
          <Group key={group.provider.id} group={group} {...list} />
        ))}
      </div>
      {groups.length === 0 && <p className="p-4 pt-0 text-base text-ink-muted">No model is called that.</p>}
      <div className="flex flex-wrap items-center gap-x-2 border-t border-line px-2 py-1 text-sm">
        <LookAgain onProviders={onProviders} />
        {activeLine && <FavouriteButton model={activeLine.model} favourites={favourites} />}
      </div>
      <KeepFresh providers={providers} onProviders={onProviders} />
    </>
  );
}

/** What each line of the list is given. */
interface ListPlace {
  baseId: string;
  chosen: string | undefined;
  /** Key of the line that Enter chooses. */
  active: string | undefined;
  favourites: readonly string[];
  onActive: (key: string) => void;
  onChoose: (model: ModelRef) => void;
}

function Section(props: { id: string; title: ReactNode; beside?: ReactNode; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of options in a listbox, not of form fields
    <div
      role="group"
      aria-labelledby={props.id}
      className="not-first:mt-1 not-first:border-t not-first:border-line not-first:pt-1"
    >
      <div id={props.id} className="flex items-baseline justify-between gap-4 px-2.5 pt-1.5 pb-1 text-sm font-semibold">
        <span>{props.title}</span>
        {props.beside}
      </div>
      {props.children}
    </div>
  );
}

function Group({ group, ...list }: ListPlace & { group: ProviderModels }) {
  const { status, label, id } = group.provider;
  const advice = statusAdvice(status);
  return (
    <Section
      id={`${list.baseId}p-${id}`}
      title={label}
      beside={
        <span className="text-right text-xs font-normal wrap-anywhere text-ink-muted">
          <StatusWords status={status} />
        </span>
      }
    >
      {advice && (
        <p className="px-2.5 pb-1 text-xs wrap-anywhere text-ink-muted">
          {advice}
          {status.state === 'locked' && (
            <>
              {' '}
              <a className="text-accent underline" href="/settings">
                Enter it in Settings
              </a>
            </>
          )}
        </p>
      )}
      {group.models.some(({ knows }) => knows === 'puzzles') && (
        <p className="px-2.5 pb-1 text-xs text-pretty text-ink-muted">Puzzles only; {scaleWords}</p>
      )}
      {canBeAsked(status) &&
        group.models.map((model) => (
          <Line
            key={textOf(model)}
            {...list}
            lineKey={textOf(model)}
            model={model}
            isReady={status.state === 'ready'}
          />
        ))}
    </Section>
  );
}

function Line(props: ListPlace & { lineKey: string; model: ModelInfo; isReady: boolean; place?: string | undefined }) {
  const { lineKey, model, place } = props;
  const ref = textOf(model);
  const isFavourite = props.favourites.includes(ref);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox holds the focus and hears the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the same; this is its active descendant
    <div
      id={`${props.baseId}${lineKey}`}
      role="option"
      aria-selected={ref === props.chosen}
      data-active={lineKey === props.active || undefined}
      data-away={!props.isReady || undefined}
      className="group/option flex cursor-pointer items-start data-away:text-ink-muted gap-1.5 rounded-md px-2.5 py-1.5 data-active:bg-accent/11 pointer-coarse:min-h-11 pointer-coarse:items-center"
      onPointerMove={() => props.onActive(lineKey)}
      onClick={() => props.onChoose(refOf(model))}
    >
      <Option model={model} chosen={ref === props.chosen} place={place} />
      {/* for the pointer; keys have the button below the list */}
      <span
        aria-hidden
        title={isFavourite ? 'No longer a favourite' : 'Make it a favourite'}
        className={`-my-1 -mr-1.5 grid size-7 flex-none place-items-center rounded-md hover:text-accent pointer-coarse:size-9 ${isFavourite ? 'text-accent' : 'text-ink-muted opacity-0 group-data-active/option:opacity-60'}`}
        onClick={(event) => {
          event.stopPropagation();
          toggleFavourite(refOf(model));
        }}
      >
        <Star size={14} fill={isFavourite ? 'currentColor' : 'none'} />
      </span>
    </div>
  );
}

/** Keeps the line that the arrow keys are at on top of the list, from the next time on. */
function FavouriteButton({ model, favourites }: { model: ModelInfo; favourites: readonly string[] }) {
  const isFavourite = favourites.includes(textOf(model));
  return (
    <Button
      tone="quiet"
      className="ml-auto min-w-0"
      aria-pressed={isFavourite}
      title={`${model.label}: ${isFavourite ? 'no longer a favourite' : 'a favourite, on top of the list'}`}
      onClick={() => toggleFavourite(refOf(model))}
    >
      <Star aria-hidden size={14} className="flex-none" fill={isFavourite ? 'currentColor' : 'none'} />
      <span className="sr-only">Favourite: </span>
      <span className="truncate">{model.label}</span>
    </Button>
  );
}

/** A server that loads is timed. */
function StatusWords({ status }: { status: ProviderStatus }) {
  const now = useNow(status.state === 'loading');
  return statusWords(status, now);
}

function useNow(ticking: boolean): number | undefined {
  const [now, setNow] = useState<number | undefined>();
  useEffect(() => {
    if (!ticking) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [ticking]);
  return now;
}

function Option(props: { model: ModelInfo; chosen: boolean; place: string | undefined }) {
  const { model, chosen } = props;
  const note = [props.place, model.note, model.memory && memoryWords(model.memory)].filter(Boolean).join(' · ');
  return (
    <>
      <span className="w-4.5 flex-none pt-0.5 text-accent">{chosen && <Check aria-hidden size={15} />}</span>
      <span className="min-w-0 grow">
        <span className="flex min-w-0 items-center gap-2 text-base">
          <span className="truncate">{model.label}</span>
          {model.recording && <Tag>Recording</Tag>}
        </span>
        {note && <span className="block text-xs text-ink-muted">{note}</span>}
      </span>
      <Thinks model={model} />
    </>
  );
}

function Thinks({ model }: { model: ModelInfo }) {
  const { transport, isAssumed, isSeen } = model.reasoning;
  if (transport === 'none') return null;
  return (
    <span className="inline-flex flex-none items-center gap-1 pt-0.5 text-xs text-accent">
      <Lens size={14} />
      {transport === 'hidden' ? 'thinks, unseen' : isAssumed && !isSeen ? 'may think' : 'thinks'}
    </span>
  );
}

/** Asks local and custom servers for their lists again. */
function LookAgain({ onProviders }: { onProviders: (providers: ProviderModels[]) => void }) {
  const [state, setState] = useState<'idle' | 'looking' | { failed: string }>('idle');
  const look = async () => {
    setState('looking');
    try {
      const { providers } = await requestJson<{ providers: ProviderModels[] }>('POST', '/api/models/refresh');
      onProviders(providers);
      setState('idle');
    } catch (error) {
      setState({ failed: error instanceof Error ? error.message : 'That did not work.' });
    }
  };
  return (
    <>
      <Button tone="quiet" disabled={state === 'looking'} onClick={look}>
        <RefreshCw aria-hidden size={14} className={state === 'looking' ? 'animate-spin' : ''} />
        {state === 'looking' ? 'Looking…' : 'Look again'}
      </Button>
      <span role="status" className="text-danger">
        {typeof state === 'object' ? state.failed : ''}
      </span>
    </>
  );
}

function groupsMatching(providers: readonly ProviderModels[], query: string): ProviderModels[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = providers.flatMap((group) => {
    if (words.length === 0) return [group];
    const models = group.models.filter((model) => {
      const text = `${group.provider.label} ${model.label} ${model.id}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    return models.length > 0 ? [{ ...group, models }] : [];
  });
  // Who can be asked first; otherwise the server's order.
  return [...matching.filter(isReady), ...matching.filter((group) => !isReady(group))];
}

/** Where a model of a mixed list is asked. */
function placeOf(providers: readonly ProviderModels[], { providerId }: ModelInfo): string | undefined {
  return providers.find(({ provider }) => provider.id === providerId)?.provider.label;
}

function isReady(group: ProviderModels): boolean {
  return group.provider.status.state === 'ready';
}

function refOf(model: ModelInfo): ModelRef {
  return { providerId: model.providerId, modelKey: model.key };
}

function textOf(model: ModelInfo): string {
  return refText(refOf(model));
}
