'use client';

import { useEffect, useState } from 'react';
import { hasOverlongLine } from '../../lib/markdown/limits.ts';
import type { HighlightReply, HighlightRequest, HighlightTree } from './highlight-worker.ts';

/** Longer code than this, in characters, is not coloured. */
const maxCode = 50_000;
/** A worker that has not answered after this many ms is hung on its code, and is replaced. */
const patience = 5000;
const maxKept = 200;

const trees = new Map<string, HighlightTree | undefined>();
const waiting = new Map<
  number,
  { key: string; done: (tree: HighlightTree | undefined) => void; timer: ReturnType<typeof setTimeout> }
>();
let worker: Worker | undefined;
let lastId = 0;

/** Code as a tree of coloured words; undefined until a worker has made it, and for languages it does not know. */
export function useHighlight(language: string, code: string): HighlightTree | undefined {
  const key = `${language}\n${code}`;
  const [done, setDone] = useState<{ key: string; tree: HighlightTree | undefined }>();
  useEffect(() => {
    if (language === '' || code.length > maxCode || hasOverlongLine(code) || trees.has(key)) return;
    return request(key, language, code, (tree) => setDone({ key, tree }));
  }, [key, language, code]);
  if (language === '') return undefined;
  return done?.key === key ? done.tree : trees.get(key);
}

/** Asks the worker; returns what withdraws the wish to hear of it. */
function request(
  key: string,
  language: string,
  code: string,
  done: (tree: HighlightTree | undefined) => void,
): () => void {
  const running = findWorker();
  if (!running) return () => {};
  const id = ++lastId;
  waiting.set(id, { key, done, timer: setTimeout(giveUp, patience) });
  running.postMessage({ id, language, code } satisfies HighlightRequest);
  return () => {
    const wish = waiting.get(id);
    if (wish) wish.done = () => {};
  };
}

function findWorker(): Worker | undefined {
  if (worker) return worker;
  try {
    worker = new Worker(new URL('./highlight-worker.ts', import.meta.url), { type: 'module' });
  } catch {
    return undefined; // no workers here: code stays in one colour
  }
  worker.addEventListener('message', (event: MessageEvent<HighlightReply>) => settle(event.data.id, event.data.tree));
  worker.addEventListener('error', giveUp);
  return worker;
}

function settle(id: number, tree: HighlightTree | undefined): void {
  const wish = waiting.get(id);
  if (!wish) return;
  waiting.delete(id);
  clearTimeout(wish.timer);
  trees.set(wish.key, tree);
  for (const oldest of trees.keys()) {
    if (trees.size <= maxKept) break;
    trees.delete(oldest);
  }
  wish.done(tree);
}

/** The code in work is left in one colour, and so is all that waited behind it. */
function giveUp(): void {
  worker?.terminate();
  worker = undefined;
  for (const id of [...waiting.keys()]) settle(id, undefined);
}
