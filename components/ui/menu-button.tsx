'use client';

import {
  type ComponentProps,
  createContext,
  type ReactNode,
  type RefObject,
  useContext,
  useRef,
  useState,
} from 'react';
import { choiceLook, IconButton } from './button.tsx';
import { Popover } from './popover.tsx';

/** Closes the panel that a component stands in, and gives the focus back to its button. */
const Closing = createContext(() => {});

/** What closes the panel one stands in, for what is inside a `MenuButton`. */
export function useClosePanel(): () => void {
  return useContext(Closing);
}

const tallPanel = 'hidden w-108 max-w-[calc(100vw-1rem)] max-h-[min(30rem,70dvh)] flex-col overflow-hidden open:flex';

/**
 * A button and the panel it opens. Esc, a press elsewhere and a press on the button close it; what is inside closes it
 * by `useClosePanel`, as a `MenuEntry` does.
 */
export function MenuButton(props: {
  /** What the button says; read aloud, and shown on hover. */
  label: string;
  /** Under which words the search offers it; absent: it does not. */
  command?: string;
  /** Shown on hover, where the label says more than is needed there. */
  title?: string;
  /** What it shows. */
  icon: ReactNode;
  /** A square with an icon, or a pill with words. */
  look?: 'icon' | 'pill';
  /** Of the square. */
  size?: ComponentProps<typeof IconButton>['size'];
  className?: string;
  /** The panel's name; what is inside a `menu` names itself. */
  panel?: string;
  popup?: 'dialog' | 'menu';
  /** A panel of some width whose content scrolls; as wide as its words otherwise. */
  tall?: boolean;
  prefer?: 'above' | 'below';
  /** Where the panel opens; the button itself otherwise. */
  anchor?: RefObject<HTMLElement | null>;
  /** Somebody is about to press it: what is inside may be loaded. */
  onNear?: () => void;
  onOpen?: () => void;
  children: ReactNode;
}) {
  const { label, look = 'icon', popup = 'dialog' } = props;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  // A press on the button while the panel is open closes it by itself first; that press must not open it again.
  const closedAt = useRef(0);

  const closed = () => {
    closedAt.current = performance.now();
    setOpen(false);
  };
  // Picking closes it too, but was no press on the button: the next one, however soon, opens it.
  const close = () => {
    setOpen(false);
    button.current?.focus({ preventScroll: true });
  };
  const press = () => {
    if (open) return setOpen(false);
    if (performance.now() - closedAt.current < 200) return;
    props.onOpen?.();
    setOpen(true);
  };
  const shared = {
    ref: button,
    'data-command': props.command,
    'aria-haspopup': popup,
    'aria-expanded': open,
    onPointerEnter: props.onNear,
    onClick: press,
  };
  return (
    <>
      {look === 'icon' ? (
        <IconButton {...shared} label={label} size={props.size} className={props.className}>
          {props.icon}
        </IconButton>
      ) : (
        <button
          {...shared}
          type="button"
          aria-label={label}
          title={props.title}
          className={`${choiceLook()} ${props.className ?? ''}`}
        >
          {props.icon}
        </button>
      )}
      {open && (
        <Popover
          anchor={props.anchor ?? button}
          mode="auto"
          prefer={props.prefer}
          label={props.panel}
          className={props.tall ? tallPanel : ''}
          onClose={closed}
        >
          <Closing value={close}>{props.children}</Closing>
        </Popover>
      )}
    </>
  );
}
