import type { ComponentProps, ReactNode } from 'react';

export type ButtonTone = 'plain' | 'primary' | 'danger' | 'ghost' | 'quiet' | 'pill';

const word = 'inline-flex items-center font-medium transition-colors pointer-coarse:min-h-10';
const framed = `${word} gap-2 rounded-md border px-3 py-1.5 text-base disabled:opacity-60`;

const looks: Record<ButtonTone, string> = {
  plain: `${framed} border-line bg-surface not-disabled:hover:border-ink/25`,
  primary: `${framed} border-transparent bg-accent text-accent-ink`,
  danger: `${framed} border-transparent bg-danger text-paper`,
  ghost: `${framed} border-transparent text-ink-muted not-disabled:hover:bg-ink/6 not-disabled:hover:text-ink`,
  quiet: `${word} gap-1.5 rounded-md px-2 py-1 text-sm text-ink-muted not-disabled:hover:bg-ink/6 not-disabled:hover:text-ink`,
  pill: `${word} gap-1.5 rounded-full border border-line bg-surface px-3.5 py-1.5 text-sm shadow-small`,
};

/** The classes of a button with words, for a link that looks like one. */
export function buttonLook(tone: ButtonTone = 'plain'): string {
  return looks[tone];
}

/** The classes of a button in the composer's row: it names what is chosen, and opens what there is to choose from. */
export function choiceLook(): string {
  return 'inline-flex h-9 min-w-0 items-center gap-1.5 rounded-full px-3 text-sm font-medium text-ink-muted hover:bg-ink/6 hover:text-ink aria-expanded:bg-ink/6 aria-expanded:text-ink pointer-coarse:h-10.5 max-sm:gap-1 max-sm:px-2';
}

interface ButtonProps extends ComponentProps<'button'> {
  /** `quiet` stands among text and figures; `pill` floats over what it belongs to. */
  tone?: ButtonTone;
}

/** A button with words. */
export function Button({ tone = 'plain', className = '', ...rest }: ButtonProps) {
  return <button type="button" className={`${looks[tone]} ${className}`} {...rest} />;
}

const square =
  'icon-button inline-grid flex-none auto-cols-max grid-flow-col place-content-center place-items-center gap-0.5 rounded-md text-ink-muted transition-colors not-disabled:hover:bg-ink/7 not-disabled:hover:text-ink disabled:opacity-35 aria-pressed:text-accent';

const sizes = {
  md: 'h-8 min-w-8 pointer-coarse:h-10 pointer-coarse:min-w-10',
  sm: 'h-7 min-w-7 pointer-coarse:h-9 pointer-coarse:min-w-9',
  /** Belongs to the button beside it. */
  narrow: 'h-8 w-5 pointer-coarse:h-10',
};

type SquareSize = keyof typeof sizes;

/** The classes of a button with an icon, for a link that looks like one. */
export function iconButtonLook(size: SquareSize = 'md'): string {
  return `${square} ${sizes[size]}`;
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** What it does; read aloud, and shown by the browser on hover. */
  label: string;
  size?: SquareSize;
  children: ReactNode;
}

/** A button that shows only an icon; at least 40 px for a finger, smaller for a mouse. */
export function IconButton({ label, size = 'md', className = '', ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`${iconButtonLook(size)} ${className}`}
      {...rest}
    />
  );
}
