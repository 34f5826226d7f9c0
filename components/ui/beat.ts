/** The pause between two beats, in ms: figures that change more often are not read but flicker. */
export const beatMs = 250;

export interface OnBeat {
  /** Reads where things are on the screen; must change nothing there. */
  look?: () => void;
  /** Changes what is on the screen. */
  draw: () => void;
}

const listeners = new Set<OnBeat>();
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Calls back with the page's slow beat; returns what ends it. All clocks and figures of a page share it: everybody looks
 * before anybody draws, and what they draw is one change of the page. With a timer for each, every change would be laid out
 * and painted by itself, and who looked after another had drawn would make the browser lay out the page in between.
 */
export function onBeat(listener: OnBeat): () => void {
  listeners.add(listener);
  timer ??= setTimeout(beat, beatMs - (performance.now() % beatMs));
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
  };
}

function beat(): void {
  timer = setTimeout(beat, beatMs - (performance.now() % beatMs));
  const called = [...listeners];
  for (const listener of called) listener.look?.();
  for (const listener of called) if (listeners.has(listener)) listener.draw();
}
