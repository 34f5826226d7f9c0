/**
 * What was pressed, typed and sent before the page's program had come (early-script.ts) happens once it has: a page that is
 * seen can be used. Else a press is lost, and a text is taken back by the first drawing.
 */

interface Kept {
  kind: 'press' | 'value' | 'enter' | 'submit' | 'keys';
  target: HTMLElement;
  /** Of a field: what it said, or whether it was on. Of keys: which. */
  value?: string | boolean | KeyboardEventInit;
  /** Where its next letter goes. */
  caret?: number | null;
}

declare global {
  interface Window {
    /** Of the script. */
    thinkglassEarly?: {
      kept: Kept[];
      isAwake: (target: Element) => boolean;
      /** The frame hears its keys. */
      hasKeys?: boolean;
    };
  }
}

/** What is not awake by then stays as it is, in ms: it was a part that could not be loaded. */
const longest = 10_000;
/** Between two looks whether a part is awake, in ms. */
const every = 25;

/** Does what was kept, one after the other, each when its part of the page is awake. @returns ends it */
export function replayEarlyPresses(): () => void {
  const early = window.thinkglassEarly;
  if (!early) return () => {};
  const { kept, isAwake } = early;
  const began = performance.now();
  let timer: ReturnType<typeof setTimeout>;
  let waitsSince: number | undefined;
  const next = () => {
    const [first] = kept;
    const now = performance.now();
    // parts may come awake later than their page: what is pressed in them until then is kept as well
    if (!first && now - began > longest) return end();
    timer = setTimeout(next, every);
    if (!first) return;
    waitsSince ??= now;
    const isThere = first.target.isConnected && isAwake(first.target);
    if (!isThere && first.target.isConnected && now - waitsSince < longest) return;
    kept.shift();
    waitsSince = undefined;
    if (isThere) replay(first);
  };
  const end = () => {
    clearTimeout(timer);
    delete window.thinkglassEarly;
  };
  timer = setTimeout(next);
  return () => clearTimeout(timer);
}

const heard = { bubbles: true, cancelable: true };

function replay({ kind, target, value, caret }: Kept): void {
  if (kind === 'press') target.click();
  else if (kind === 'submit' && target instanceof HTMLFormElement) target.requestSubmit();
  else if (kind === 'enter' && target instanceof HTMLTextAreaElement) pressEnter(target);
  else if (typeof value === 'object') target.dispatchEvent(new KeyboardEvent('keydown', { ...value, ...heard }));
  else if (kind === 'value') writeAgain(target, value, caret);
}

/** Where nobody wants the key, it breaks the line, as it would have. */
function pressEnter(target: HTMLTextAreaElement): void {
  const isLeft = target.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ...heard }));
  if (!isLeft) return;
  target.setRangeText('\n', target.selectionStart, target.selectionEnd, 'end');
  target.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Makes a field say again what it said, so that React hears of it: React takes no notice of a value it believes known. */
function writeAgain(target: HTMLElement, value: string | boolean | undefined, caret: number | null | undefined): void {
  if (target instanceof HTMLInputElement && typeof value === 'boolean') {
    target.checked = !value;
    target.click();
  } else if (target instanceof HTMLSelectElement) {
    target.value = String(value);
    target.dispatchEvent(new Event('change', { bubbles: true }));
  } else if (target instanceof HTMLInputElement && target.type === 'file') {
    target.dispatchEvent(new Event('change', { bubbles: true }));
  } else if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) {
    writeText(target, String(value), caret ?? undefined);
  }
}

function writeText(target: HTMLInputElement | HTMLTextAreaElement, value: string, caret: number | undefined): void {
  const { prototype } = target instanceof HTMLInputElement ? HTMLInputElement : HTMLTextAreaElement;
  target.value = ''; // React notes what is set at the element, and not what is set behind its back
  Reflect.set(prototype, 'value', value, target);
  if (caret !== undefined && document.activeElement === target) target.setSelectionRange(caret, caret);
  target.dispatchEvent(new Event('input', { bubbles: true }));
}
