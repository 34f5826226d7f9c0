import type { StreamPart } from '../../lib/stream-part.ts';

/** Of more answers that grow at once, these take turns: all of them in every frame would be more than a frame can hold. */
const mostInAFrame = 2;

/** Parts of running answers that wait for the next frame. */
export class GatheredParts {
  readonly #apply: (generationId: string, parts: readonly StreamPart[]) => void;
  readonly #onApplied: (complete: boolean) => void;
  readonly #gathered = new Map<string, StreamPart[]>();
  #frame: number | undefined;

  /**
   * @param options.apply throws when a part before these was lost.
   * @param options.onApplied after each frame; not `complete` when a part was lost, and all that waited is forgotten.
   */
  constructor(options: {
    apply: (generationId: string, parts: readonly StreamPart[]) => void;
    onApplied: (complete: boolean) => void;
  }) {
    this.#apply = options.apply;
    this.#onApplied = options.onApplied;
  }

  add(generationId: string, part: StreamPart): void {
    const parts = this.#gathered.get(generationId) ?? [];
    this.#gathered.set(generationId, parts);
    const last = parts.at(-1);
    if (part.type === 'delta' && last?.type === 'delta' && last.seg === part.seg) {
      parts[parts.length - 1] = { ...last, text: last.text + part.text }; // keeps a hidden tab's heap of parts small
    } else {
      parts.push(part);
    }
    if (part.type === 'finish') this.applyNow();
    // A hidden tab draws no frames: its parts wait until it is looked at or the answer ends.
    else this.#drawNextFrame();
  }

  /** A snapshot has what waited of an answer. */
  forget(generationId: string): void {
    this.#gathered.delete(generationId);
  }

  /** @param most so many answers at most, those first that have waited longest; the others are drawn in the next frame. */
  applyNow(most = Number.POSITIVE_INFINITY): void {
    this.rest();
    const gathered = [...this.#gathered].slice(0, most);
    for (const [id] of gathered) this.#gathered.delete(id);
    for (const [id, parts] of gathered) {
      try {
        this.#apply(id, parts);
      } catch {
        this.#gathered.clear();
        this.#onApplied(false);
        return;
      }
    }
    this.#onApplied(true);
    if (this.#gathered.size > 0) this.#drawNextFrame();
  }

  /** No more frames for now; what waits stays. */
  rest(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  #drawNextFrame(): void {
    if (!document.hidden) this.#frame ??= requestAnimationFrame(() => this.applyNow(mostInAFrame));
  }
}
