'use client';

import { type ReactNode, type RefObject, useEffect, useId, useRef, useState } from 'react';
import { keyOf } from './keys.ts';

/**
 * A panel in the browser's top layer, placed at its anchor: under it where there is room, above it otherwise, and never
 * outside the window. Esc and a press elsewhere close it.
 */
export function Popover(props: {
  id?: string;
  anchor: RefObject<HTMLElement | null>;
  /** `auto` closes by itself; `manual` stays until its owner closes it (a card shown by hovering). */
  mode: 'auto' | 'manual';
  prefer?: 'above' | 'below';
  label?: string;
  className?: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const ref = useRef<HTMLDivElement>(null);
  const { anchor, onClose, prefer = 'below' } = props;

  useEffect(() => {
    const panel = ref.current;
    if (!panel) return;
    panel.showPopover();
    const place = () => anchor.current && placeAt(panel, anchor.current, prefer);
    place();
    window.addEventListener('resize', place);
    const sizes = new ResizeObserver(place);
    sizes.observe(panel);
    return () => {
      sizes.disconnect();
      window.removeEventListener('resize', place);
    };
  }, [anchor, prefer]);

  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: with a label it has the role of a dialog
    <div
      ref={ref}
      id={props.id}
      popover={props.mode}
      role={props.label ? 'dialog' : undefined}
      aria-label={props.label}
      className={`fixed inset-auto m-0 rounded-lg border border-line bg-surface text-ink shadow-large ${props.className ?? ''}`}
      onToggle={(event) => event.newState === 'closed' && onClose()}
    >
      {props.children}
    </div>
  );
}

const gap = 6;
const margin = 8;

function placeAt(panel: HTMLElement, anchor: HTMLElement, prefer: 'above' | 'below'): void {
  const at = anchor.getBoundingClientRect();
  panel.style.maxHeight = ''; // back to what the style sheet allows, to see how much it wants
  const { offsetWidth: width, offsetHeight: wanted } = panel;
  const room = { above: at.top - gap - margin, below: window.innerHeight - at.bottom - gap - margin };
  const other = prefer === 'above' ? 'below' : 'above';
  const side = wanted <= room[prefer] || room[prefer] >= room[other] ? prefer : other;
  const height = Math.min(wanted, room[side]);
  const left = Math.min(at.left, window.innerWidth - width - margin);
  if (height < wanted) panel.style.maxHeight = `${height}px`;
  panel.style.top = `${side === 'below' ? at.bottom + gap : at.top - gap - height}px`;
  panel.style.left = `${Math.max(margin, left)}px`;
}

/** Words under a button that explain it: shown while it is hovered, focused or pressed; read as its description. */
export function HoverCard({
  trigger,
  className,
  children,
}: {
  trigger: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const anchor = useRef<HTMLButtonElement>(null);
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined);

  const show = () => {
    clearTimeout(leaving.current);
    setOpen(true);
  };
  // A little patience lets the pointer cross the gap into the card.
  const hideSoon = () => {
    clearTimeout(leaving.current);
    leaving.current = setTimeout(() => setOpen(false), 160);
  };
  useEffect(() => () => clearTimeout(leaving.current), []);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hovering is a convenience; the button inside does the same by focus and press
    <span
      className="inline-flex"
      onPointerEnter={(event) => event.pointerType === 'mouse' && show()}
      onPointerLeave={(event) => event.pointerType === 'mouse' && hideSoon()}
      // Focus may move on into the card.
      onFocus={() => clearTimeout(leaving.current)}
      onBlur={hideSoon}
      onKeyDown={(event) => {
        if (keyOf(event) !== 'Escape' || !open) return;
        event.preventDefault();
        event.stopPropagation();
        anchor.current?.focus({ preventScroll: true }); // it may have been in the card
        setOpen(false);
      }}
    >
      <button
        ref={anchor}
        type="button"
        className={className}
        aria-expanded={open}
        aria-describedby={open ? id : undefined}
        onClick={show}
        onFocus={(event) => event.currentTarget.matches(':focus-visible') && show()}
      >
        {trigger}
      </button>
      {open && (
        <Popover
          id={id}
          anchor={anchor}
          mode="manual"
          prefer="above"
          className="hover-card w-76 max-w-[calc(100vw-1rem)] px-4 py-3.5 text-sm"
          onClose={() => setOpen(false)}
        >
          {children}
        </Popover>
      )}
    </span>
  );
}
