'use client';

import { RotateCcw } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import type { ModelInfo, ParameterName } from '../../lib/model.ts';
import { findWithheld } from '../../lib/parameters.ts';
import { routeWords } from '../../lib/model-route.ts';
import { formatCount } from '../../lib/quantity-words.ts';
import {
  keepAliveWords,
  dialFieldsFor,
  type NumberField,
  numberFieldsFor,
  parseNumber,
  parseStops,
  stopsText,
  withParameter,
} from './parameter-fields.ts';
import { GuardFields } from './guard-fields.tsx';
import type { Parameters } from './parameter-memory.ts';
import { Button } from '../ui/button.tsx';
import { fieldLook } from '../ui/field.tsx';

interface FormProps {
  settings: Parameters;
  model: ModelInfo | undefined;
  providerLabel: string;
  differs: boolean;
  onChange: (parameters: Parameters) => void;
}

const area = `${fieldLook} field-sizing-content max-h-48 resize-y`;

/** How a thread asks. What is left empty follows the advice of the model's makers, which stands in the empty fields. */
export default function ParametersForm(props: FormProps) {
  const { settings, model, onChange } = props;
  /** Fields keep what is typed in them; a new number makes new fields. */
  const [resets, setResets] = useState(0);
  const set = (sampling: Parameters['sampling']) => onChange({ ...settings, sampling });
  const empty = Object.keys(settings.sampling).length === 0 && !settings.systemPrompt;

  return (
    <>
      <div className="flex flex-col gap-3 overflow-y-auto p-3.5" key={resets}>
        <SystemPromptField {...props} />
        <div className="grid grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] gap-3">
          {numberFieldsFor(model)
            .filter(({ name }) => name !== 'seed')
            .map((field) => (
              <NumberInput
                key={field.name}
                field={field}
                value={settings.sampling[field.name]}
                advised={adviceFor(field, model)}
                withheld={withheldWords(props, field.name)}
                onChange={(value) => set(withParameter(settings.sampling, field.name, value))}
              />
            ))}
          <EffortSelect {...props} onEffort={(effort) => set(withParameter(settings.sampling, 'effort', effort))} />
          <RouteSelect {...props} onRoute={(route) => set(withParameter(settings.sampling, 'route', route))} />
        </div>
        <More {...props} onSampling={set} />
        <GuardFields guard={settings.guard} model={model} onChange={(guard) => onChange({ ...settings, guard })} />
      </div>
      <div className="flex items-center justify-between gap-3 border-t border-line py-1.5 pr-2 pl-3.5 text-xs text-ink-muted">
        <span>{model ? `What is empty is as advised for ${model.label}.` : 'This model is not available now.'}</span>
        <Button
          tone="quiet"
          className="flex-none disabled:opacity-50"
          disabled={empty}
          onClick={() => {
            onChange({ sampling: {}, systemPrompt: undefined });
            setResets((n) => n + 1);
          }}
        >
          <RotateCcw aria-hidden size={14} /> Reset to advice
        </Button>
      </div>
    </>
  );
}

/** What fewer people set; open where something of it is set, or where it is little. */
function More(props: FormProps & { onSampling: (sampling: Parameters['sampling']) => void }) {
  const { settings, model, onSampling } = props;
  const { sampling } = settings;
  const fields = [...numberFieldsFor(model).filter(({ name }) => name === 'seed'), ...dialFieldsFor(model)];
  const isSet =
    sampling.stop !== undefined ||
    sampling.keepAlive !== undefined ||
    fields.some(({ name }) => sampling[name] !== undefined);
  const [isOpen, setIsOpen] = useState(isSet || fields.length === 1);
  return (
    <details open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer text-sm font-medium text-ink-muted">More</summary>
      <div className="mt-2 flex flex-col gap-3">
        <div className="grid grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] gap-3">
          {fields.map((field) => (
            <NumberInput
              key={field.name}
              field={field}
              value={sampling[field.name]}
              advised={adviceFor(field, model)}
              withheld={withheldWords(props, field.name)}
              onChange={(value) => onSampling(withParameter(sampling, field.name, value))}
            />
          ))}
          <KeepAliveSelect {...props} />
        </div>
        <StopField {...props} onStops={(stop) => onSampling(withParameter(sampling, 'stop', stop))} />
      </div>
    </details>
  );
}

/** How long the server keeps the model in memory, where it can be told. */
function KeepAliveSelect({
  settings,
  model,
  onSampling,
}: FormProps & { onSampling: (sampling: Parameters['sampling']) => void }) {
  if (model?.parameters?.dials?.keepAlive === undefined) return null;
  const { keepAlive } = settings.sampling;
  const isUsual = keepAlive === undefined || keepAliveWords.some(([seconds]) => seconds === keepAlive);
  return (
    <Labelled label="Keep in memory" note={undefined}>
      {(ids) => (
        <select
          {...ids}
          className={fieldLook}
          value={keepAlive ?? ''}
          onChange={({ target: { value } }) =>
            onSampling(withParameter(settings.sampling, 'keepAlive', value === '' ? undefined : Number(value)))
          }
        >
          <option value="">The server’s own</option>
          {!isUsual && <option value={keepAlive}>{keepAlive} s</option>}
          {keepAliveWords.map(([seconds, words]) => (
            <option key={seconds} value={seconds}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

function SystemPromptField({ settings, model, onChange }: FormProps) {
  const [text, setText] = useState(settings.systemPrompt ?? '');
  const avoid = model?.advice.systemPrompt === 'avoid';
  return (
    <Labelled
      label="System prompt"
      note={avoid ? 'Its makers advise against one: this is put before your first question.' : undefined}
    >
      {(ids) => (
        <textarea
          {...ids}
          className={area}
          rows={3}
          maxLength={100_000}
          placeholder="None"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            onChange({ ...settings, systemPrompt: event.target.value.trim() === '' ? undefined : event.target.value });
          }}
        />
      )}
    </Labelled>
  );
}

function NumberInput(props: {
  field: NumberField;
  value: number | undefined;
  advised: string;
  withheld: string | undefined;
  onChange: (value: number | undefined) => void;
}) {
  const { field, withheld } = props;
  const [text, setText] = useState(props.value === undefined ? '' : String(props.value));
  const parsed = parseNumber(field, text);
  const problem = 'problem' in parsed ? parsed.problem : undefined;
  return (
    <Labelled label={field.label} note={problem ?? withheld ?? field.hint} problem={problem !== undefined}>
      {(ids) => (
        <input
          {...ids}
          className={fieldLook}
          inputMode={field.whole ? 'numeric' : 'decimal'}
          autoComplete="off"
          placeholder={props.advised}
          disabled={withheld !== undefined}
          aria-invalid={problem !== undefined || undefined}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            const next = parseNumber(field, event.target.value);
            // What cannot be sent is not kept: the last value that can, is.
            if (!('problem' in next) && next.value !== props.value) props.onChange(next.value);
          }}
        />
      )}
    </Labelled>
  );
}

function EffortSelect(props: FormProps & { onEffort: (effort: string | undefined) => void }) {
  const { settings, model } = props;
  const efforts = model?.parameters?.efforts;
  if (!efforts) return null;
  const budgeted = settings.sampling.thinkingBudget !== undefined && model.parameters?.thinkingBudget !== undefined;
  const withheld = budgeted ? 'The thinking budget counts.' : withheldWords(props, 'effort');
  const { effort } = settings.sampling;
  return (
    <Labelled label="Effort" note={withheld}>
      {(ids) => (
        <select
          {...ids}
          className={fieldLook}
          disabled={withheld !== undefined}
          value={effort !== undefined && efforts.includes(effort) ? effort : ''}
          onChange={(event) => props.onEffort(event.target.value === '' ? undefined : event.target.value)}
        >
          <option value="">The model’s own</option>
          {efforts.map((word) => (
            <option key={word} value={word}>
              {word}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

/** Who answers, where a router chooses; shown where there is a choice. */
function RouteSelect({ settings, model, onRoute }: FormProps & { onRoute: (route: string | undefined) => void }) {
  const routes = model?.routes;
  if (!routes) return null;
  const { route } = settings.sampling;
  const isKnown = route === undefined || routes.some(({ id }) => id === route);
  return (
    <Labelled label="Route" note={isKnown ? undefined : 'The router’s list does not name it now.'}>
      {(ids) => (
        <select
          {...ids}
          className={fieldLook}
          value={route ?? ''}
          onChange={(event) => onRoute(event.target.value === '' ? undefined : event.target.value)}
        >
          <option value="">The router’s own</option>
          {!isKnown && <option value={route}>{route}</option>}
          {routes.map((choice) => (
            <option key={choice.id} value={choice.id}>
              {routeWords(choice)}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

function StopField(props: FormProps & { onStops: (stops: string[] | undefined) => void }) {
  const [text, setText] = useState(stopsText(props.settings.sampling.stop));
  const withheld = withheldWords(props, 'stop');
  return (
    <Labelled label="Stop at" note={withheld ?? 'One text a line; \\n stands for a line end.'}>
      {(ids) => (
        <textarea
          {...ids}
          className={`${area} font-mono text-sm`}
          rows={1}
          placeholder="Nothing"
          disabled={withheld !== undefined}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            const stops = parseStops(event.target.value);
            props.onStops(stops.length > 0 ? stops : undefined);
          }}
        />
      )}
    </Labelled>
  );
}

/** A field under its label, with a line of words that belongs to it. */
function Labelled(props: {
  label: string;
  note: string | undefined;
  problem?: boolean;
  children: (ids: { id: string; 'aria-describedby': string | undefined }) => ReactNode;
}) {
  const id = useId();
  const noteId = props.note === undefined ? undefined : `${id}note`;
  return (
    <div>
      <label htmlFor={id} className="mb-0.5 block text-sm font-medium">
        {props.label}
      </label>
      {props.children({ id, 'aria-describedby': noteId })}
      {props.note !== undefined && (
        <p id={noteId} className={`mt-0.5 text-xs ${props.problem ? 'text-danger' : 'text-ink-muted'}`}>
          {props.note}
        </p>
      )}
    </div>
  );
}

function adviceFor(field: NumberField, model: ModelInfo | undefined): string {
  const { advice } = model ?? {};
  const { name } = field;
  const advised = name === 'temperature' || name === 'topP' || name === 'maxTokens' ? advice?.[name] : undefined;
  if (advised !== undefined) return field.whole ? formatCount(advised) : String(advised);
  return field.name === 'seed' ? 'Any' : 'The model’s own';
}

/** Why a parameter is not sent to this model, in words; undefined when it is. */
function withheldWords({ model, providerLabel }: FormProps, name: ParameterName): string | undefined {
  const withheld = model && findWithheld(model, name);
  if (!withheld) return undefined;
  if (model.recording) return 'A recording ignores it.';
  return withheld === 'refused' ? `${providerLabel} refuses it here.` : 'This model ignores it.';
}
