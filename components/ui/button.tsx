import type { ComponentProps, ReactNode } from 'react';

export type ButtonTone = 'plain' | 'primary' | 'danger' | 'ghost' | 'quiet' | 'pill';

const word = 'inline-flex items-center font-medium transition-colors pointer-coarse:min-h-10';
const framed = `button ${word} gap-2 rounded-md border px-3 py-1.5 text-base disabled:opacity-60`;

const looks: Record<ButtonTone, string> = {
  plain: `${framed} border-line bg-surface not-disabled:hover:border-ink/25`,
  primary: `${framed} border-transparent bg-accent text-accent-ink`,
  danger: `${framed} border-transparent bg-danger text-paper`,
  ghost: `${framed} border-transparent text-ink-muted not-disabled:hover:bg-ink/6 not-disabled:hover:text-ink`,
  quiet: `quiet-button ${word} gap-1.5 rounded-md px-2 py-1 text-sm text-ink-muted not-disabled:hover:bg-ink/6 not-disabled:hover:text-ink`,
  pill: `pill ${word} gap-1.5 rounded-full border border-line bg-surface px-3.5 py-1.5 text-sm shadow-small`,
};

/** The classes of a button with words, for a link that looks like one. */
export function buttonLook(tone: ButtonTone = 'plain'): string {
  return looks[tone];
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
  'icon-button inline-grid flex-none place-items-center rounded-md text-ink-muted transition-colors not-disabled:hover:bg-ink/7 not-disabled:hover:text-ink disabled:opacity-35 aria-pressed:text-accent';

/** The classes of a button with an icon, for a link that looks like one. */
export function iconButtonLook(size: 'md' | 'sm' = 'md'): string {
  return `${square} ${size === 'md' ? 'size-8 pointer-coarse:size-10' : 'size-7 pointer-coarse:size-10'}`;
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** What it does; read aloud, and shown by the browser on hover. */
  label: string;
  size?: 'md' | 'sm';
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
