'use client';

import { Ellipsis } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { IconButton } from './button.tsx';
import { Popover } from './popover.tsx';
import './menu.css';

export interface MenuAction {
  words: string;
  icon: ReactNode;
  /** Cannot be taken back lightly. */
  danger?: boolean;
  onPick: () => void;
}

/** A button with three dots, and the list of actions it opens; arrow keys go through them, Esc closes. */
export function Menu({ label, actions }: { label: string; actions: readonly MenuAction[] }) {
  const anchor = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState(false);
  const closedAt = useRef(0);

  const closed = () => {
    closedAt.current = performance.now();
    setOpen(false);
  };
  const pick = (action: MenuAction) => {
    closed();
    anchor.current?.querySelector('button')?.focus({ preventScroll: true });
    action.onPick();
  };
  return (
    <span ref={anchor} className="inline-flex" data-menu-open={open || undefined}>
      <IconButton
        label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        // A press on the button of an open menu has closed it before the click.
        onClick={() => performance.now() - closedAt.current > 200 && setOpen(true)}
      >
        <Ellipsis aria-hidden size={16} />
      </IconButton>
      {open && (
        <Popover anchor={anchor} mode="auto" className="menu" onClose={closed}>
          <Lines label={label} actions={actions} onPick={pick} />
        </Popover>
      )}
    </span>
  );
}

function Lines(props: { label: string; actions: readonly MenuAction[]; onPick: (action: MenuAction) => void }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.querySelector('button')?.focus({ preventScroll: true }), []);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const lines = [...event.currentTarget.querySelectorAll('button')];
    const at = lines.indexOf(document.activeElement as HTMLButtonElement); // -1 for anything else
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: lines.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    lines[(to + lines.length) % lines.length]?.focus({ preventScroll: true });
  };
  return (
    <div ref={list} role="menu" tabIndex={-1} aria-label={props.label} className="menu-lines" onKeyDown={onKeyDown}>
      {props.actions.map((action) => (
        <button
          key={action.words}
          type="button"
          role="menuitem"
          className="menu-line"
          data-danger={action.danger || undefined}
          onClick={() => props.onPick(action)}
        >
          {action.icon}
          <span>{action.words}</span>
        </button>
      ))}
    </div>
  );
}
