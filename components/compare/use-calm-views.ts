'use client';

import { useRef, useSyncExternalStore } from 'react';
import type { Message } from '../../lib/conversation.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { type GenerationStore, type GenerationView, viewOfMessage } from '../conversation/generation-store.ts';
import { onBeat } from '../ui/beat.ts';

/**
 * The views of several answers, drawn again with the page's slow beat while they grow, and at once when one enters another
 * phase. Undefined where there is no answer.
 */
export function useCalmViews(
  store: ConversationStore,
  answers: readonly (Message | undefined)[],
): readonly (GenerationView | undefined)[] {
  'use no memo'; // the store's map of running answers changes without telling the compiler
  const kept = useRef<CalmViews>(undefined);
  const lives = answers.map((answer) => answer && store.generation(answer.id));
  if (!kept.current?.isOf(answers, lives)) kept.current = new CalmViews(answers, lives);
  const calm = kept.current;
  return useSyncExternalStore(calm.subscribe, calm.getViews, calm.getViews);
}

class CalmViews {
  readonly #answers: readonly (Message | undefined)[];
  readonly #lives: readonly (GenerationStore | undefined)[];
  readonly #stored: readonly (GenerationView | undefined)[];
  #views: readonly (GenerationView | undefined)[];

  constructor(answers: readonly (Message | undefined)[], lives: readonly (GenerationStore | undefined)[]) {
    this.#answers = answers;
    this.#lives = lives;
    this.#stored = answers.map((answer, i) => (answer && !lives[i] ? viewOfMessage(answer) : undefined));
    this.#views = this.#read();
  }

  isOf(answers: readonly (Message | undefined)[], lives: readonly (GenerationStore | undefined)[]): boolean {
    return sameItems(answers, this.#answers) && sameItems(lives, this.#lives);
  }

  readonly getViews = () => this.#views;

  readonly subscribe = (listener: () => void): (() => void) => {
    let wait: (() => void) | undefined;
    const show = () => {
      wait?.();
      wait = undefined;
      this.#views = this.#read();
      listener();
    };
    const offs = this.#lives.map((live, i) =>
      live?.subscribe(() => {
        if (live.getView().state.phase !== this.#views[i]?.state.phase) show();
        else wait ??= onBeat({ draw: show });
      }),
    );
    // What has grown since the constructor read it.
    if (this.#lives.some((live, i) => live && live.getView() !== this.#views[i])) show();
    return () => {
      wait?.();
      for (const off of offs) off?.();
    };
  };

  #read(): readonly (GenerationView | undefined)[] {
    return this.#lives.map((live, i) => live?.getView() ?? this.#stored[i]);
  }
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
