import { type RefObject, useEffect, useEffectEvent } from 'react';
import { isShortcut } from '../../client/shortcuts.ts';

interface Thought {
  pane: HTMLElement;
  /** Opens it, or folds it. */
  toggle: () => void;
}

const thoughts = new Set<Thought>();

/**
 * Alt+T leads into the thought of the answer that has the keyboard, or of the last one, and opens it; pressed in a thought
 * it folds it.
 */
export function useThoughtKey(pane: RefObject<HTMLElement | null>, isThere: boolean, toggle: () => void): void {
  const onToggle = useEffectEvent(toggle);
  useEffect(() => {
    const element = pane.current;
    if (!isThere || !element) return;
    const thought = { pane: element, toggle: () => onToggle() };
    if (thoughts.size === 0) document.addEventListener('keydown', onKeyDown);
    thoughts.add(thought);
    return () => {
      thoughts.delete(thought);
      if (thoughts.size === 0) document.removeEventListener('keydown', onKeyDown);
    };
  }, [pane, isThere]);
}

function onKeyDown(event: KeyboardEvent): void {
  if (!isShortcut(event, 'thought') || document.querySelector('dialog[open]')) return;
  const thought = wantedThought();
  if (!thought) return;
  event.preventDefault();
  const { pane, toggle } = thought;
  const isOpen = headOf(pane)?.ariaExpanded === 'true';
  const isInside = pane.contains(document.activeElement);
  if (!isOpen || isInside) toggle();
  // The text is there when it has been drawn.
  requestAnimationFrame(() => {
    const target = isOpen && isInside ? headOf(pane) : pane.querySelector<HTMLElement>('.think-scroll');
    target?.focus({ preventScroll: true });
    pane.scrollIntoView({ block: 'nearest' });
  });
}

function headOf(pane: HTMLElement): HTMLElement | null {
  return pane.querySelector<HTMLElement>('.think-head button');
}

/** Those that are not shown, as in a column behind a tab, are not meant. */
function wantedThought(): Thought | undefined {
  const shown = [...thoughts].filter(({ pane }) => pane.checkVisibility());
  const place = document.activeElement?.closest('article, [data-column]');
  const near = shown.filter(({ pane }) => place?.contains(pane));
  return (near.length > 0 ? near : shown).reduce<Thought | undefined>(
    (last, one) =>
      last && last.pane.compareDocumentPosition(one.pane) & Node.DOCUMENT_POSITION_PRECEDING ? last : one,
    undefined,
  );
}
