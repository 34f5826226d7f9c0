import { useId, useState } from 'react';
import type { Guard } from '../../lib/guard.ts';
import type { ModelInfo } from '../../lib/model.ts';
import { fieldLook } from '../ui/field.tsx';

/** Where each answer of this chat ends by itself; the server sees to it, also when no page is open. */
export function GuardFields(props: {
  guard: Guard | undefined;
  model: ModelInfo | undefined;
  onChange: (guard: Guard | undefined) => void;
}) {
  const { guard = {}, model } = props;
  const set = (name: keyof Guard, value: number | undefined) => {
    const { [name]: _, ...rest } = guard;
    const next = value === undefined ? rest : { ...rest, [name]: value };
    props.onChange(Object.keys(next).length > 0 ? next : undefined);
  };
  const isPriced = model?.price !== undefined && !model.price.upTo;
  return (
    <fieldset className="rounded-md border border-line px-3 pt-1 pb-3">
      <legend className="px-1 text-sm font-medium">Stop an answer of this chat at</legend>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] gap-3">
        <LimitField
          label="Tokens of thinking"
          placeholder="No limit, or 10000"
          value={guard.thinkingTokens}
          parse={parseWhole}
          note={model?.reasoning.transport === 'hidden' ? 'Its thinking is not seen: this cannot hold.' : undefined}
          onChange={(value) => set('thinkingTokens', value)}
        />
        <LimitField
          label="Dollars"
          placeholder="No limit, or 0.20"
          value={guard.cost}
          parse={parseDollars}
          note={model && !isPriced ? 'No price of this model is known: this cannot hold.' : undefined}
          onChange={(value) => set('cost', value)}
        />
      </div>
    </fieldset>
  );
}

function LimitField(props: {
  label: string;
  placeholder: string;
  value: number | undefined;
  parse: (text: string) => number | undefined;
  note: string | undefined;
  onChange: (value: number | undefined) => void;
}) {
  const [text, setText] = useState(props.value === undefined ? '' : String(props.value));
  const id = useId();
  const isWrong = text.trim() !== '' && props.parse(text) === undefined;
  const note = isWrong ? 'A number above 0.' : props.value === undefined ? undefined : props.note;
  return (
    <div>
      <label htmlFor={id} className="mb-0.5 block text-sm text-ink-muted">
        {props.label}
      </label>
      <input
        id={id}
        className={fieldLook}
        inputMode="decimal"
        autoComplete="off"
        placeholder={props.placeholder}
        aria-invalid={isWrong || undefined}
        aria-describedby={note && `${id}note`}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          const value = props.parse(event.target.value);
          // What cannot be a limit is not kept: the last one that can, is.
          if (value !== undefined || event.target.value.trim() === '') props.onChange(value);
        }}
      />
      {note && (
        <p id={`${id}note`} className={`mt-0.5 text-xs ${isWrong ? 'text-danger' : 'text-ink-muted'}`}>
          {note}
        </p>
      )}
    </div>
  );
}

/** "10000", "10,000", "10k" */
export function parseWhole(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(k?)$/i.exec(text.trim().replaceAll(/[,_\s]/g, ''));
  const value = match ? Math.round(Number(match[1]) * (match[2] ? 1000 : 1)) : Number.NaN;
  return value >= 1 && value <= 10_000_000 ? value : undefined;
}

/** "0.20", "$0.2", ".2" */
export function parseDollars(text: string): number | undefined {
  const digits = text.trim().replace(/^\$\s*/, '');
  const value = /^\d*\.?\d+$/.test(digits) ? Number(digits) : Number.NaN;
  return value >= 0.000_001 && value <= 1_000_000 ? value : undefined;
}
