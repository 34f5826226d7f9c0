'use client';

import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { type RawPromptStarter, rawPromptStarters, rawPromptVariables } from '../../lib/prompts/raw-prompt.ts';
import { keyOf } from '../ui/keys.ts';
import { needsOf, type RawDraft, writeStops } from './draft.ts';

/** What is written by hand: the prompt, what its variables stand for, where it stops. */
export function RawForm(props: {
  draft: RawDraft;
  onChange: (fields: Partial<RawDraft>) => void;
  onSend: () => void;
  /** The row from which it is sent. */
  children: ReactNode;
}) {
  const { draft, onChange, onSend } = props;
  const needs = needsOf(draft.template);
  const begin = ({ template, stop }: RawPromptStarter) => onChange({ template, stop: writeStops(stop) });
  const onKeyDown = (event: KeyboardEvent) => {
    if (keyOf(event) !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    onSend();
  };
  return (
    <form
      id="composer"
      className="flex min-w-0 flex-col gap-3.5 self-start xl:sticky xl:top-0"
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      <header>
        <h1 className="font-serif text-xl leading-tight">Raw prompt</h1>
        <p className="text-base text-ink-muted">
          The text a model is to continue, to the last character: no chat template comes around it.
        </p>
      </header>
      <fieldset className="flex flex-wrap items-center gap-1.5">
        <legend className="float-left mr-1 text-sm text-ink-muted">Begin with</legend>
        {rawPromptStarters.map((starter) => (
          <button
            key={starter.id}
            type="button"
            className="rounded-full border border-line bg-surface px-2.5 py-0.75 text-sm hover:border-accent/55 pointer-coarse:min-h-9"
            onClick={() => begin(starter)}
          >
            {starter.label}
          </button>
        ))}
      </fieldset>
      <PromptPaper template={draft.template} onChange={(template) => onChange({ template })} />
      {needs.system && (
        <Field name={<code>{'{{system}}'}</code>}>
          <textarea
            rows={2}
            className={`${areaLook} ${fieldText}`}
            value={draft.system}
            onChange={(event) => onChange({ system: event.target.value })}
          />
        </Field>
      )}
      {needs.question && (
        <Field name={<code>{'{{question}}'}</code>}>
          <textarea
            rows={2}
            className={`${areaLook} ${fieldText}`}
            value={draft.question}
            onChange={(event) => onChange({ question: event.target.value })}
          />
        </Field>
      )}
      <Limits draft={draft} onChange={onChange} />
      <div className="flex items-center gap-2 rounded-full border border-line bg-surface p-1.25 shadow-small">
        {props.children}
      </div>
    </form>
  );
}

/** The prompt itself, and the variables that may be put into it where one is writing. */
function PromptPaper({ template, onChange }: { template: string; onChange: (template: string) => void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const insert = (words: string) => {
    const field = area.current;
    if (!field) return;
    const { selectionStart: from, selectionEnd: to } = field;
    onChange(template.slice(0, from) + words + template.slice(to));
    field.focus();
    requestAnimationFrame(() => field.setSelectionRange(from + words.length, from + words.length));
  };
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface shadow-small focus-within:border-accent/60">
      <textarea
        ref={area}
        className={`block max-h-[46dvh] min-h-44 w-full resize-y overflow-y-auto px-4 py-3.5 leading-loose field-sizing-content outline-none ${asSent}`}
        aria-label="The prompt"
        spellCheck={false}
        value={template}
        onChange={(event) => onChange(event.target.value)}
      />
      <div className="flex flex-wrap items-center gap-1.5 border-t border-line bg-sunken/60 px-3 py-1.75 text-xs text-ink-muted">
        <span>Insert</span>
        {rawPromptVariables.map((variable) => (
          <button
            key={variable.text}
            type="button"
            className="rounded-sm border border-line bg-surface px-1.75 py-px font-mono text-xs text-ink hover:border-accent/55 pointer-coarse:min-h-9"
            title={`${variable.text}: ${variable.meaning}`}
            aria-label={`Insert ${shownOf(variable.text)}, ${variable.text.startsWith('{{#') ? 'a loop over ' : ''}${variable.meaning}`}
            onClick={() => insert(variable.text)}
          >
            {shownOf(variable.text)}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Where the text ends, and how it is sampled. */
function Limits({ draft, onChange }: { draft: RawDraft; onChange: (fields: Partial<RawDraft>) => void }) {
  return (
    <div className="grid grid-cols-2 gap-3 max-sm:[&>:first-child]:col-span-full sm:grid-cols-[2fr_1fr_1fr]">
      <Field name="Stops at, one a line">
        <textarea
          rows={2}
          className={`min-h-9 ${asSent} ${areaLook}`}
          spellCheck={false}
          placeholder="\nUser:"
          value={draft.stop}
          onChange={(event) => onChange({ stop: event.target.value })}
        />
      </Field>
      <Field name="Max tokens">
        <input
          type="number"
          inputMode="numeric"
          min={1}
          step={1}
          className={`${fieldLook} ${fieldText}`}
          placeholder="the model’s"
          value={draft.maxTokens}
          onChange={(event) => onChange({ maxTokens: event.target.value })}
        />
      </Field>
      <Field name="Temperature">
        <input
          type="number"
          inputMode="decimal"
          min={0}
          max={2}
          step="any"
          className={`${fieldLook} ${fieldText}`}
          placeholder="as advised"
          value={draft.temperature}
          onChange={(event) => onChange({ temperature: event.target.value })}
        />
      </Field>
    </div>
  );
}

/** Each character as it is sent: no two are drawn as one. */
const asSent = 'font-mono text-sm [font-variant-ligatures:none] pointer-coarse:text-lg';

const fieldText = 'text-base pointer-coarse:text-lg';
const fieldLook =
  'w-full rounded-md border border-line bg-surface px-3 py-1.75 text-ink outline-none focus-visible:border-accent/60';
const areaLook = `max-h-48 resize-y field-sizing-content ${fieldLook}`;

function Field({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the field is among its children
    <label className="flex min-w-0 flex-col gap-1 text-sm text-ink-muted [&_code]:font-mono">
      <span>{name}</span>
      {children}
    </label>
  );
}

/** What a variable is called on its button: a loop by how it begins. */
function shownOf(variable: string): string {
  return `${variable.split('}}')[0]}}}`;
}
