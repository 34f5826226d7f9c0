'use client';

import {
  ArrowLeft,
  ArrowRight,
  Copy,
  Ellipsis,
  Maximize2,
  MessageCircle,
  Minimize2,
  RotateCcw,
  SquareArrowOutUpRight,
  Trash2,
  Undo2,
} from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { MenuEntry } from '../answer/thinking/thinking-menu.tsx';
import { IconButton } from '../ui/button.tsx';
import { Popover } from '../ui/popover.tsx';

/** What can be done with a column; absent is what cannot be done now. */
export interface ColumnActions {
  onMoveLeft?: (() => void) | undefined;
  onMoveRight?: (() => void) | undefined;
  focused: boolean;
  onFocus?: (() => void) | undefined;
  onAskAlone?: (() => void) | undefined;
  onRetry?: (() => void) | undefined;
  onContinueAlone?: (() => void) | undefined;
  onRemove?: (() => void) | undefined;
  /** The other columns, whose settings may be taken over. */
  copyFrom: readonly { id: string; label: string; onCopy: () => void }[];
  /** Past thinking is sent back to the model; undefined where that is not ours to choose. */
  pastThinking?: { kept: boolean; onToggle: () => void } | undefined;
}

/** The menu of a column. */
export function ColumnMenu({ label, ...actions }: ColumnActions & { label: string }) {
  const anchor = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    anchor.current?.querySelector('button')?.focus({ preventScroll: true });
  };
  return (
    <span ref={anchor} className="inline-flex">
      <IconButton
        label={`More about ${label}`}
        aria-expanded={open}
        aria-haspopup="dialog"
        // the open panel closes by itself on a press outside it, before the click
        onPointerDown={(event) => open && event.preventDefault()}
        onClick={() => setOpen(!open)}
      >
        <Ellipsis aria-hidden size={16} />
      </IconButton>
      {open && (
        <Popover
          anchor={anchor}
          mode="auto"
          label={`Column ${label}`}
          className="entries compare-menu"
          onClose={() => setOpen(false)}
        >
          <Entries {...actions} close={close} />
        </Popover>
      )}
    </span>
  );
}

function Entries(props: ColumnActions & { close: () => void }) {
  const { close, copyFrom, pastThinking } = props;
  /** An entry closes the menu, then does its work. */
  const pick = (action: () => void) => () => {
    close();
    action();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a convenience beside Tab
    <div className="flex flex-col" onKeyDown={stepWithArrows}>
      {props.onAskAlone && (
        <MenuEntry icon={<MessageCircle aria-hidden size={15} />} onPick={pick(props.onAskAlone)}>
          Ask this one alone
        </MenuEntry>
      )}
      {props.onRetry && (
        <MenuEntry icon={<RotateCcw aria-hidden size={15} />} onPick={pick(props.onRetry)}>
          Ask it again
        </MenuEntry>
      )}
      {props.onFocus && (
        <MenuEntry
          icon={props.focused ? <Minimize2 aria-hidden size={15} /> : <Maximize2 aria-hidden size={15} />}
          onPick={pick(props.onFocus)}
        >
          {props.focused ? 'Show all columns' : 'Focus this one'}
        </MenuEntry>
      )}
      {props.onMoveLeft && (
        <MenuEntry icon={<ArrowLeft aria-hidden size={15} />} onPick={pick(props.onMoveLeft)}>
          Move left
        </MenuEntry>
      )}
      {props.onMoveRight && (
        <MenuEntry icon={<ArrowRight aria-hidden size={15} />} onPick={pick(props.onMoveRight)}>
          Move right
        </MenuEntry>
      )}
      {copyFrom.length > 0 && <hr />}
      {copyFrom.map(({ id, label, onCopy }) => (
        <MenuEntry key={id} icon={<Copy aria-hidden size={15} />} onPick={pick(onCopy)}>
          Copy settings from {label}
        </MenuEntry>
      ))}
      {pastThinking && (
        <MenuEntry icon={<Undo2 aria-hidden size={15} />} onPick={pick(pastThinking.onToggle)}>
          {pastThinking.kept ? 'Leave out its past thinking' : 'Send back its past thinking'}
        </MenuEntry>
      )}
      {(props.onContinueAlone || props.onRemove) && <hr />}
      {props.onContinueAlone && (
        <MenuEntry icon={<SquareArrowOutUpRight aria-hidden size={15} />} onPick={pick(props.onContinueAlone)}>
          Continue with this one alone
        </MenuEntry>
      )}
      {props.onRemove && (
        <MenuEntry icon={<Trash2 aria-hidden size={15} />} onPick={pick(props.onRemove)}>
          Remove this column
        </MenuEntry>
      )}
    </div>
  );
}

function stepWithArrows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const entries = [...event.currentTarget.querySelectorAll('button')];
  const at = entries.indexOf(document.activeElement as HTMLButtonElement);
  entries[(at + step + entries.length) % entries.length]?.focus();
}
