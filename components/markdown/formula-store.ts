/** A drawn formula; without `html`, KaTeX refused it. */
export interface Drawing {
  readonly html: string | undefined;
}

type Katex = typeof import('./katex-drawing.ts');

/** Time for formulas in one task, in ms; the rest waits, so that the page stays alive. */
const sliceTime = 10;
const maxKept = 3000;

const drawings = new Map<string, Drawing>();
const listeners = new Map<string, Set<() => void>>();
const waiting = new Map<string, { tex: string; display: boolean }>();
/** Formulas of chemistry, until its commands have come. */
const waitingForChemistry = new Map<string, { tex: string; display: boolean }>();
let katex: Katex | undefined;
let chemistry: 'none' | 'coming' | 'settled' = 'none';
let loading = false;
let spent = 0;
let scheduled = false;

/** The formula as drawn, if it has been. */
export function findDrawing(tex: string, display: boolean): Drawing | undefined {
  return drawings.get(keyOf(tex, display));
}

/**
 * Calls back when the formula has been drawn, and asks for that where nobody has, or where who asked has left. Returns
 * what ends it; a formula nobody waits for is not drawn.
 */
export function listenForDrawing(tex: string, display: boolean, listener: () => void): () => void {
  const key = keyOf(tex, display);
  const set = listeners.get(key) ?? new Set();
  listeners.set(key, set.add(listener));
  if (!waiting.has(key) && !waitingForChemistry.has(key)) requestDrawing(tex, display);
  return () => {
    set.delete(listener);
    if (set.size > 0 || listeners.get(key) !== set) return;
    listeners.delete(key);
    waiting.delete(key);
    waitingForChemistry.delete(key);
  };
}

/** Draws a formula now if there is time, else soon. The first request fetches KaTeX. */
export function requestDrawing(tex: string, display: boolean): void {
  const key = keyOf(tex, display);
  if (drawings.has(key)) return;
  waiting.set(key, { tex, display });
  if (!katex) load();
  else if (spent < sliceTime) drawWaiting();
  else schedule();
}

/** Draws all that waits, whatever it takes: for print. Nothing when KaTeX has not been fetched. */
export function drawWaitingNow(): void {
  if (!katex) return;
  for (const [key, { tex, display }] of waiting) {
    keep(key, { html: katex.drawFormula(tex, display) });
    for (const listener of listeners.get(key) ?? []) listener();
  }
  waiting.clear();
}

function load(): void {
  if (loading) return;
  loading = true;
  import('./katex-drawing.ts').then(
    (module) => {
      katex = module;
      drawWaiting();
    },
    () => {
      loading = false; // the source stays; the next formula asks again
    },
  );
}

/** The first formula of chemistry fetches its commands; if they do not come, the source is shown. */
function loadChemistry({ loadChemistry: fetchIt }: Katex): void {
  if (chemistry === 'coming') return;
  chemistry = 'coming';
  const settle = () => {
    chemistry = 'settled';
    for (const [key, formula] of waitingForChemistry) waiting.set(key, formula);
    waitingForChemistry.clear();
    drawWaiting();
  };
  fetchIt().then(settle, settle);
}

function drawWaiting(): void {
  schedule();
  for (const [key, { tex, display }] of waiting) {
    if (!katex || spent >= sliceTime) return;
    waiting.delete(key);
    if (chemistry !== 'settled' && katex.needsChemistry(tex)) {
      waitingForChemistry.set(key, { tex, display });
      loadChemistry(katex);
      continue;
    }
    const began = performance.now();
    keep(key, { html: katex.drawFormula(tex, display) });
    spent += performance.now() - began;
    for (const listener of listeners.get(key) ?? []) listener();
  }
}

/** After a pause for the browser, there is time again. */
function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => {
    scheduled = false;
    spent = 0;
    if (katex && waiting.size > 0) drawWaiting();
  }, 0);
}

function keep(key: string, drawing: Drawing): void {
  drawings.set(key, drawing);
  if (drawings.size <= maxKept) return;
  for (const oldest of drawings.keys()) {
    if (listeners.has(oldest)) continue;
    drawings.delete(oldest);
    return;
  }
}

function keyOf(tex: string, display: boolean): string {
  return `${display ? 'display' : 'inline'} ${tex}`;
}
