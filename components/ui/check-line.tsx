import type { ReactNode } from 'react';

/** A box to tick, and what it stands for. */
export function CheckLine(props: {
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}) {
  return (
    <label className="flex min-h-7.5 items-center gap-2 text-base wrap-anywhere">
      <input
        type="checkbox"
        className="size-4 flex-none accent-accent"
        checked={props.checked}
        disabled={props.disabled}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      {props.children}
    </label>
  );
}
