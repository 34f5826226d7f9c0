import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { keepPlace } from '../../ui/keep-place.ts';
import { Observable, useObserved } from '../../ui/observable.ts';
import { readStored, useStored, writeStored } from '../../ui/stored.ts';

/** Where components/settings/appearance-section.tsx keeps how thinking is shown where no choice was made by hand. */
const paneDefaultKey = 'thinkglass:thinking';

/** `auto`: open while it thinks, folded once its answer begins. */
export type PaneDefault = 'auto' | 'open' | 'folded';

/** What was stored as the default, or `auto`. */
export function readPaneDefault(stored: string | undefined): PaneDefault {
  return stored === 'open' || stored === 'folded' ? stored : 'auto';
}

export interface Pane {
  open: boolean;
  /** It was open and was folded by hand: what is in it stays, with the reader's place, and only is not seen. */
  kept: boolean;
  toggle: () => void;
}

/**
 * Whether a message's thinking is open. The reader's own choice wins for good, also in a later session; else the default
 * of the settings. It folds itself when the answer begins, but never under a reader's eyes (see `isBeingRead`), and
 * neither folding nor opening moves its head.
 */
export function usePane(id: string, options: { answered: boolean; pane: RefObject<HTMLElement | null> }): Pane {
  const { answered, pane } = options;
  const chosen = useChoice(id);
  const usual = readPaneDefault(useStored(paneDefaultKey));
  const [shut, setShut] = useState(answered);
  const [kept, setKept] = useState(false);
  const restorePlace = useRef<() => void>(undefined);
  const open = chosen ?? (usual === 'auto' ? !shut : usual === 'open');

  useLayoutEffect(() => {
    restorePlace.current?.();
    restorePlace.current = undefined;
  });
  useLayoutEffect(() => {
    if (shut === answered) return;
    const element = pane.current;
    if (answered && element && isBeingRead(element)) return;
    if (element) restorePlace.current = keepPlace(element);
    setShut(answered);
  }, [answered, shut, pane]);

  const toggle = () => {
    if (pane.current) restorePlace.current = keepPlace(pane.current);
    setKept(open);
    rememberChoice(id, !open);
  };
  return { open, kept, toggle };
}

/**
 * Whether a reader is at work in a pane: away from its end or the page's, with words selected, searching, or with it at
 * full height.
 */
function isBeingRead(pane: HTMLElement): boolean {
  if (pane.closest('[data-left]') || pane.querySelector('[data-left], [data-reading], [data-expanded]')) return true;
  const selection = document.getSelection();
  if (selection && !selection.isCollapsed && selection.containsNode(pane, true)) return true;
  return [...pane.querySelectorAll('input')].some((field) => field.value !== '' || field === document.activeElement);
}

const choicesKey = 'thinkglass:panes';
/** So many choices are kept; the oldest go first. */
const maxChoices = 500;

/** Set with each choice, so that only panes whose own choice is another are drawn again. */
const choices = new Observable<string | undefined>(undefined);

/** The reader's choice for one message, live; undefined where there is none. */
function useChoice(id: string): boolean | undefined {
  return useObserved(choices, () => findChoice(readStored(choicesKey), id), undefined);
}

/** Keeps the reader's choice for one message. */
export function rememberChoice(id: string, open: boolean): void {
  writeStored(choicesKey, withChoice(readStored(choicesKey), id, open));
  choices.set(readStored(choicesKey));
}

/** What was chosen for a message, in a text such as `<id>+ <id>-` (open, folded), oldest first. */
export function findChoice(stored: string | undefined, id: string): boolean | undefined {
  const at = stored?.lastIndexOf(id) ?? -1;
  if (at === -1) return undefined;
  const sign = stored?.charAt(at + id.length);
  return sign === '+' ? true : sign === '-' ? false : undefined;
}

/** The same text with one more choice, and without those that are too many. */
export function withChoice(stored: string | undefined, id: string, open: boolean): string {
  const others = (stored ?? '').split(' ').filter((choice) => choice !== '' && choice.slice(0, -1) !== id);
  return [...others, `${id}${open ? '+' : '-'}`].slice(-maxChoices).join(' ');
}
