'use client';

import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useClosePanel } from './menu-button.tsx';

/** Lines of a menu below each other; arrow keys go through them. */
export function MenuEntries(props: { className?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a convenience beside Tab
    <div className={`flex min-w-48 flex-col p-1 ${props.className ?? ''}`} onKeyDown={stepThrough}>
      {props.children}
    </div>
  );
}

/** One line of a menu. Pressing it closes the menu, then does its work. */
export function MenuEntry(props: {
  icon: ReactNode;
  /** Cannot be taken back lightly. */
  danger?: boolean | undefined;
  role?: 'menuitem';
  onPick: () => void;
  children: ReactNode;
}) {
  const close = useClosePanel();
  const pick = () => {
    close();
    props.onPick();
  };
  return (
    <button
      type="button"
      role={props.role}
      className={`flex items-center gap-2.5 rounded-md px-2.5 py-1.5 text-left text-sm font-normal -outline-offset-2 hover:bg-ink/6 focus-visible:bg-ink/6 pointer-coarse:min-h-11 [&>svg]:flex-none ${props.danger ? 'text-danger' : '[&>svg]:text-ink-muted'}`}
      onClick={pick}
    >
      {props.icon}
      <span>{props.children}</span>
    </button>
  );
}

export interface MenuAction {
  words: string;
  icon: ReactNode;
  /** Cannot be taken back lightly. */
  danger?: boolean;
  onPick: () => void;
}

/** What a `MenuButton` opens: actions below each other. Arrow keys go through them, and the first has the focus. */
export function Menu({ label, actions }: { label: string; actions: readonly MenuAction[] }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.querySelector('button')?.focus({ preventScroll: true }), []);
  return (
    <div
      ref={list}
      role="menu"
      tabIndex={-1}
      aria-label={label}
      className="flex min-w-44 flex-col p-1 outline-none"
      onKeyDown={stepThrough}
    >
      {actions.map(({ words, icon, danger, onPick }) => (
        <MenuEntry key={words} role="menuitem" icon={icon} danger={danger} onPick={onPick}>
          {words}
        </MenuEntry>
      ))}
    </div>
  );
}

function stepThrough(event: KeyboardEvent<HTMLDivElement>): void {
  const lines = [...event.currentTarget.querySelectorAll('button')];
  const at = lines.indexOf(document.activeElement as HTMLButtonElement); // -1 for anything else
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: lines.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  lines[(to + lines.length) % lines.length]?.focus({ preventScroll: true });
}
