import type { ComponentProps, ReactNode } from 'react';

interface ButtonProps extends ComponentProps<'button'> {
  tone?: 'plain' | 'primary' | 'danger' | 'ghost';
}

/** A button with words. */
export function Button({ tone = 'plain', className = '', ...rest }: ButtonProps) {
  return <button type="button" className={`button button-${tone} ${className}`} {...rest} />;
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** What it does; read aloud, and shown by the browser on hover. */
  label: string;
  children: ReactNode;
}

/** A button that shows only an icon; at least 40 px for a finger, smaller for a mouse. */
export function IconButton({ label, className = '', ...rest }: IconButtonProps) {
  return <button type="button" aria-label={label} title={label} className={`icon-button ${className}`} {...rest} />;
}
