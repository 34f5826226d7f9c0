import { AppError } from '../../errors.ts';
import { tooManyRunning } from '../store/running.ts';

/** Generations that one person may have running, at all processes of a store, and that all together may at this one. */
const maxRunningPerOwner = 600;
const maxRunning = 2000;

/** Places taken by questions that are on their way to the disk, by owner. */
export class Admissions {
  readonly #places = new Map<string, number>();
  readonly #underWay = new Set<Promise<unknown>>();
  #isClosed = false;
  /** Other processes work on the same store: then it counts a person's as well, where a question is stored. */
  isShared = false;

  /** Nobody is to be admitted any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Keeps so many places while `work` goes on, which is told what the store is to hold the person to.
   * @param options.running generations that have begun at this process, of the owner and of everybody
   * @throws AppError `too_many_requests` when there are not so many
   */
  async during<T>(
    ownerId: string,
    { count, running }: { count: number; running: { own: number; all: number } },
    work: (mostRunning?: number) => Promise<T>,
  ): Promise<T> {
    const own = running.own + this.#of(ownerId);
    if (own + count > maxRunningPerOwner) throw tooManyRunning(own);
    if (running.all + this.#total + count > maxRunning) {
      throw new AppError('too_many_requests', 'The server is at its limit. Try again in a moment.', {
        retryAfterSeconds: 10,
      });
    }
    this.#add(ownerId, count);
    const working = work(this.isShared ? maxRunningPerOwner : undefined);
    this.#underWay.add(working);
    try {
      return await working;
    } finally {
      this.#underWay.delete(working);
      this.#add(ownerId, -count);
    }
  }

  /** Resolves when those that have been admitted are on the disk, or refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
  }

  #of(ownerId: string): number {
    return this.#places.get(ownerId) ?? 0;
  }

  get #total(): number {
    return [...this.#places.values()].reduce((sum, places) => sum + places, 0);
  }

  #add(ownerId: string, count: number): void {
    const places = this.#of(ownerId) + count;
    if (places > 0) this.#places.set(ownerId, places);
    else this.#places.delete(ownerId);
  }
}
