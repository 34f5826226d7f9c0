import { type ReactNode, useId } from 'react';

interface Segment<T extends string> {
  value: T;
  content: ReactNode;
  /** Shown on hover. */
  title?: string;
}

/** A choice of one among a few, side by side. */
export function Segments<T extends string>(props: {
  label: string;
  value: T;
  segments: readonly Segment<T>[];
  onChoose: (value: T) => void;
}) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={props.label} className="flex gap-0.5 rounded-md bg-ink/5 p-0.75">
      {props.segments.map(({ value, content, title }) => (
        <label
          key={value}
          title={title}
          className="grid min-h-7.5 min-w-9 flex-1 place-items-center rounded-sm px-1 text-sm whitespace-nowrap text-ink-muted outline-offset-1 outline-accent has-checked:bg-raised has-checked:text-ink has-checked:shadow-small has-focus-visible:outline-2 pointer-coarse:min-h-10 pointer-coarse:min-w-12 forced-colors:has-checked:outline"
        >
          <input
            type="radio"
            name={name}
            className="sr-only"
            checked={props.value === value}
            onChange={() => props.onChoose(value)}
          />
          {content}
        </label>
      ))}
    </div>
  );
}
