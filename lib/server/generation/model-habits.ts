import type { ModelInfo } from '../../model.ts';

/**
 * What this process has learnt about how models write: one whose thinking came without an opening tag has a template that
 * writes it, so its next answer streams into the thinking pane from the first character (splitter specification, §1).
 */
export class ModelHabits {
  readonly #startInReasoning = new Set<string>();
  readonly #thinking = new Set<string>();
  readonly #eventsAreTokens = new Set<string>();

  startsInReasoning(model: ModelInfo): 'auto' | boolean {
    if (model.reasoning.startsInReasoning !== 'auto') return model.reasoning.startsInReasoning;
    return this.#startInReasoning.has(keyOf(model)) ? true : 'auto';
  }

  /** An answer of it held thinking. */
  noteThinking(model: ModelInfo): void {
    this.#thinking.add(keyOf(model));
  }

  /** A model of which it was only assumed that it may think, as it was seen since. */
  withSeen(model: ModelInfo): ModelInfo {
    if (!model.reasoning.isAssumed || !this.#thinking.has(keyOf(model))) return model;
    return { ...model, reasoning: { ...model.reasoning, isSeen: true } };
  }

  /** Takes what an answer showed. A model that only mentioned a closing tag is put right by its next answer. */
  learn(model: ModelInfo, startedInReasoning: boolean | undefined): void {
    if (startedInReasoning) this.#startInReasoning.add(keyOf(model));
    else if (startedInReasoning === false) this.#startInReasoning.delete(keyOf(model));
  }

  /** Whether each event of its stream is a token, as its last whole answer showed. */
  eventsAreTokens(model: ModelInfo): boolean {
    return this.#eventsAreTokens.has(keyOf(model));
  }

  learnEvents(model: ModelInfo, areTokens: boolean | undefined): void {
    if (areTokens) this.#eventsAreTokens.add(keyOf(model));
    else if (areTokens === false) this.#eventsAreTokens.delete(keyOf(model));
  }
}

function keyOf(model: ModelInfo): string {
  return JSON.stringify([model.providerId, model.key]);
}
