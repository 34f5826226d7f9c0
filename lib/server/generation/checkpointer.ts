import { setTimeout as delay } from 'node:timers/promises';
import type { RawRecorder } from '../../raw-text.ts';
import { mergeStreamParts, type StreamPart } from '../../stream-part.ts';
import type { Checkpoint } from '../store/checkpoints.ts';
import type { Store } from '../store/store.ts';
import type { StoreHealth } from '../store/store-health.ts';

/** Text is on the disk at the latest this long after it came; the promise is twice a second. */
const everyMs = 400;
/** Between two, however long one took. */
const leastRestMs = 200;

/** What the store has yet to learn of a running generation. */
export interface CheckpointTail {
  add(parts: readonly StreamPart[]): void;
  /** Forgets what was added: the end will say it all. */
  clear(): void;
  /** It is over. */
  end(): void;
  /** UTF-16 units of its text that no checkpoint has brought to the store. */
  readonly unsavedCharacters: number;
}

interface Tail {
  generationId: string;
  /** The model's exact text. */
  raw: RawRecorder | undefined;
  /** Where its log stands. */
  place: () => number;
  /** Parts that no checkpoint has yet. */
  pending: StreamPart[];
  seq: number;
  /** A checkpoint that the store has not acknowledged yet. */
  unsaved: Checkpoint | undefined;
  /** UTF-16 units that were added, that the unsaved checkpoint holds up to, and that the store has. */
  characters: { added: number; taken: number; saved: number };
}

type OnEnded = (generationId: string, how: 'settled' | 'deleted') => void;

/** Its name before the store's health. */
const who = 'checkpoints';

/** Writes what running generations have brought to the store, of all of them together, while there are any. */
export class Checkpointer {
  readonly #store: Pick<Store, 'checkpoints'>;
  readonly #health: StoreHealth;
  readonly #instanceId: string | undefined;
  readonly #onEnded: OnEnded;
  readonly #tails = new Set<Tail>();
  #ticking: Promise<void> | undefined;

  /**
   * @param options.instanceId the process whose lease is renewed with each checkpoint.
   * @param options.onEnded told of a generation that somebody else has settled or deleted: nothing more of it will be written.
   */
  constructor(
    store: Pick<Store, 'checkpoints'>,
    health: StoreHealth,
    options: { instanceId?: string; onEnded?: OnEnded } = {},
  ) {
    this.#store = store;
    this.#health = health;
    this.#instanceId = options.instanceId;
    this.#onEnded = options.onEnded ?? (() => undefined);
  }

  begin(generationId: string, options: { raw?: RawRecorder; place: () => number }): CheckpointTail {
    const { raw, place } = options;
    const characters = { added: 0, taken: 0, saved: 0 };
    const tail: Tail = { generationId, raw, place, pending: [], seq: 0, unsaved: undefined, characters };
    this.#tails.add(tail);
    this.#ticking ??= this.#tick();
    return {
      add(parts) {
        for (const part of parts) {
          tail.pending.push(part); // too many for a spread when all came at once
          if (part.type === 'delta') characters.added += part.text.length;
        }
      },
      clear() {
        tail.pending = [];
      },
      end: () => this.#tails.delete(tail),
      get unsavedCharacters() {
        return characters.added - characters.saved;
      },
    };
  }

  /** Resolves when none is left. */
  async close(): Promise<void> {
    await this.#ticking;
  }

  async #tick(): Promise<void> {
    let rest = everyMs;
    while (this.#tails.size > 0) {
      await delay(rest);
      const began = performance.now();
      await this.flush();
      rest = Math.max(leastRestMs, everyMs - (performance.now() - began));
    }
    this.#ticking = undefined;
    this.#health.forget(who);
  }

  /** Writes what there is now. */
  async flush(): Promise<void> {
    for (const tail of this.#tails) {
      if (tail.unsaved) tail.pending = mergeStreamParts(tail.pending); // they may have to wait for long
      if (tail.unsaved || tail.pending.length === 0) continue;
      const { generationId, raw } = tail;
      tail.unsaved = {
        generationId,
        seq: tail.seq++,
        parts: mergeStreamParts(tail.pending),
        place: tail.place(),
        ...(raw && { raw: raw.takeTail() }),
      };
      tail.pending = [];
      tail.characters.taken = tail.characters.added;
    }
    const batch = [...this.#tails].filter((tail) => tail.unsaved);
    if (batch.length === 0) return this.#health.forget(who);
    const unsaved = batch.flatMap((tail) => tail.unsaved ?? []);
    try {
      const { ended, deleted } = await this.#health.watch(who, () =>
        this.#store.checkpoints.append(unsaved, this.#instanceId),
      );
      for (const tail of batch) {
        tail.unsaved = undefined;
        tail.characters.saved = tail.characters.taken;
      }
      for (const id of ended) this.#onEnded(id, 'settled');
      for (const id of deleted) this.#onEnded(id, 'deleted');
    } catch {
      // Tried again as it is, under its number: if it did arrive before the connection broke, the store knows it.
    }
  }
}
