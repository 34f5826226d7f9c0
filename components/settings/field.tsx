import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from 'react';

interface FieldProps {
  label: string;
  /** A sentence under the field, read with it. */
  hint?: ReactNode;
}

/** A labelled line of text. */
export function TextField({
  label,
  hint,
  ...rest
}: FieldProps & InputHTMLAttributes<HTMLInputElement> & { 'data-first'?: true | undefined }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} aria-describedby={hint ? `${id}h` : undefined} autoComplete="off" spellCheck={false} {...rest} />
      {hint && <Hint id={`${id}h`}>{hint}</Hint>}
    </div>
  );
}

/** A labelled choice of one. */
export function SelectField<T extends string>({
  label,
  hint,
  options,
  onChoose,
  ...rest
}: FieldProps &
  Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange'> & {
    value: T;
    options: readonly (readonly [value: T, words: string])[];
    onChoose: (value: T) => void;
  }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        aria-describedby={hint ? `${id}h` : undefined}
        onChange={(event) => {
          const chosen = options.find(([value]) => value === event.currentTarget.value);
          if (chosen) onChoose(chosen[0]);
        }}
        {...rest}
      >
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      {hint && <Hint id={`${id}h`}>{hint}</Hint>}
    </div>
  );
}

function Hint({ id, children }: { id: string; children: ReactNode }) {
  return (
    <p id={id} className="field-hint">
      {children}
    </p>
  );
}
