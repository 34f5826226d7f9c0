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
import { MenuEntries, MenuEntry } from '../ui/menu.tsx';
import { MenuButton } from '../ui/menu-button.tsx';

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
  return (
    <MenuButton label={`More about ${label}`} icon={<Ellipsis aria-hidden size={16} />} panel={`Column ${label}`}>
      <Entries {...actions} />
    </MenuButton>
  );
}

function Entries(props: ColumnActions) {
  const { copyFrom, pastThinking } = props;
  return (
    <MenuEntries className="max-w-80">
      {props.onAskAlone && (
        <MenuEntry icon={<MessageCircle aria-hidden size={15} />} onPick={props.onAskAlone}>
          Ask this one alone
        </MenuEntry>
      )}
      {props.onRetry && (
        <MenuEntry icon={<RotateCcw aria-hidden size={15} />} onPick={props.onRetry}>
          Ask it again
        </MenuEntry>
      )}
      {props.onFocus && (
        <MenuEntry
          icon={props.focused ? <Minimize2 aria-hidden size={15} /> : <Maximize2 aria-hidden size={15} />}
          onPick={props.onFocus}
        >
          {props.focused ? 'Show all columns' : 'Focus this one'}
        </MenuEntry>
      )}
      {props.onMoveLeft && (
        <MenuEntry icon={<ArrowLeft aria-hidden size={15} />} onPick={props.onMoveLeft}>
          Move left
        </MenuEntry>
      )}
      {props.onMoveRight && (
        <MenuEntry icon={<ArrowRight aria-hidden size={15} />} onPick={props.onMoveRight}>
          Move right
        </MenuEntry>
      )}
      {copyFrom.length > 0 && <Rule />}
      {copyFrom.map(({ id, label, onCopy }) => (
        <MenuEntry key={id} icon={<Copy aria-hidden size={15} />} onPick={onCopy}>
          Copy settings from {label}
        </MenuEntry>
      ))}
      {pastThinking && (
        <MenuEntry icon={<Undo2 aria-hidden size={15} />} onPick={pastThinking.onToggle}>
          {pastThinking.kept ? 'Leave out its past thinking' : 'Send back its past thinking'}
        </MenuEntry>
      )}
      {(props.onContinueAlone || props.onRemove) && <Rule />}
      {props.onContinueAlone && (
        <MenuEntry icon={<SquareArrowOutUpRight aria-hidden size={15} />} onPick={props.onContinueAlone}>
          Continue with this one alone
        </MenuEntry>
      )}
      {props.onRemove && (
        <MenuEntry icon={<Trash2 aria-hidden size={15} />} onPick={props.onRemove}>
          Remove this column
        </MenuEntry>
      )}
    </MenuEntries>
  );
}

function Rule() {
  return <hr className="mx-2.5 my-1 border-line" />;
}
