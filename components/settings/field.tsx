import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react';
import { Alert } from '../ui/alert.tsx';

interface FieldProps {
  label: string;
  /** A sentence under the field, read with it. */
  hint?: ReactNode;
  /** Why what is written in it was not taken. */
  problem?: string | undefined;
}

const control =
  'w-full min-w-0 rounded-md border border-line bg-paper text-ink placeholder:text-ink-muted/80 aria-invalid:border-danger disabled:opacity-50 pointer-coarse:min-h-10.5 pointer-coarse:text-lg';

/** A labelled line of text. */
export function TextField({
  label,
  hint,
  problem,
  ...rest
}: FieldProps & InputHTMLAttributes<HTMLInputElement> & { 'data-first'?: true | undefined }) {
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(ids) => (
        <input
          className={`${control} px-2.75 py-1.75 text-base`}
          autoComplete="off"
          spellCheck={false}
          {...ids}
          {...rest}
        />
      )}
    </Field>
  );
}

/** A labelled piece of code. */
export function CodeField({ label, hint, problem, ...rest }: FieldProps & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(ids) => (
        <textarea
          className={`${control} resize-y px-2.75 py-1.75 font-mono text-sm`}
          spellCheck={false}
          {...ids}
          {...rest}
        />
      )}
    </Field>
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
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <select
          className={`${control} py-1.75 pr-1.5 pl-1.75 text-base text-ellipsis`}
          onChange={(event) => {
            const chosen = options.find(([value]) => value === event.currentTarget.value);
            if (chosen) onChoose(chosen[0]);
          }}
          {...ids}
          {...rest}
        >
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** What a field is told of its surroundings. */
interface FieldIds {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

function Field({ label, hint, problem, children }: FieldProps & { children: (ids: FieldIds) => ReactNode }) {
  const id = useId();
  const [hintId, problemId] = [`${id}h`, `${id}p`];
  const described = [problem && problemId, hint && hintId].filter(Boolean).join(' ');
  return (
    <div className="grid min-w-0 content-start gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': problem ? true : undefined })}
      {problem && <Alert id={problemId} words={problem} />}
      {hint && <Hint id={hintId}>{hint}</Hint>}
    </div>
  );
}

/** What to know before filling something in. */
export function Hint({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p id={id} className="text-sm text-pretty text-ink-muted">
      {children}
    </p>
  );
}

/** Fields that belong together, two beside each other where there is room. */
export function FieldGroup({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className="border-t border-line pt-3">
      <legend className="float-left mb-2 w-full text-sm font-semibold">{legend}</legend>
      <div className="clear-both grid gap-3 md:grid-cols-2">{children}</div>
    </fieldset>
  );
}

/** What ends a form, in reach however long it is. */
export function FormFoot({ children }: { children: ReactNode }) {
  return (
    <div className="sticky -bottom-5 -mx-5 -mb-5 flex flex-wrap justify-end gap-2 border-t border-line bg-surface px-5 pt-3 pb-4">
      {children}
    </div>
  );
}
