'use client';

import { useEffect, useSyncExternalStore } from 'react';
import { hasOverlongWord } from '../../lib/markdown/limits.ts';
import './markdown.css';
import type { MarkdownText, MarkdownTextProps } from './markdown-text.tsx';

let renderer: typeof MarkdownText | undefined;
let loading = false;
const listeners = new Set<() => void>();

/**
 * A model's text as Markdown. The renderer is not part of the first load: until it is here (and on the server, and when
 * it cannot be fetched) the text stands in plain paragraphs.
 */
export function LazyMarkdown(props: MarkdownTextProps) {
  const Renderer = useSyncExternalStore(subscribe, findRenderer, noRenderer);
  useEffect(loadRenderer, []);
  return Renderer ? <Renderer {...props} /> : <PlainParagraphs {...props} />;
}

/** Begins to fetch the renderer; worth calling when an answer is about to come. */
export function loadRenderer(): void {
  if (renderer || loading) return;
  loading = true;
  import('./markdown-text.tsx').then(
    (module) => {
      renderer = module.MarkdownText;
      for (const listener of listeners) listener();
    },
    () => {
      loading = false; // offline, or a new version was deployed: the next message asks again
    },
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function findRenderer(): typeof MarkdownText | undefined {
  return renderer;
}

function noRenderer(): undefined {
  return undefined;
}

function PlainParagraphs({ text, tone, growing }: MarkdownTextProps) {
  return (
    <div className="md" data-tone={tone} dir="auto" translate={growing ? 'no' : undefined}>
      {text.split(/\n[ \t]*\n+/).map((paragraph, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs are only ever added at the end
        <p key={i} className="md-plain" data-overlong={hasOverlongWord(paragraph) || undefined}>
          {paragraph}
        </p>
      ))}
    </div>
  );
}
