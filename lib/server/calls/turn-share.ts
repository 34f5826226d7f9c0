/** What streams may take of one turn of the event loop, in ms, while others wait for the next. */
const usualMs = 0.25;
/** What is later than this has not to wait for others any more, and may take more of a turn; in ms. */
const lateMs = 100;
const mostMs = 2;

interface Waiting {
  task: () => void;
  since: number;
}

/**
 * Gives streams a share of each turn of the event loop. A server that many ask at once is slow by its turns: one connection is
 * accepted in each (libuv), and a question needs some six of them to its provider. So tokens leave them short: what is more than
 * their share waits for the next turns, where more of the same stream joins it, but not for long.
 */
export class TurnShare {
  readonly #waiting: Waiting[] = [];
  readonly #now: () => number;
  readonly #nextTurn: (work: () => void) => void;
  #used = 0;
  #isAwaited = false;

  /** @param parts.nextTurn does something once this turn has read all there is to read. */
  constructor(parts: { now: () => number; nextTurn: (work: () => void) => void }) {
    this.#now = parts.now;
    this.#nextTurn = parts.nextTurn;
  }

  /** Does a task in this turn, or after those that wait already. It must not throw. */
  do(task: () => void): void {
    if (this.#used >= usualMs) this.#waiting.push({ task, since: this.#now() });
    else this.#run(task);
    this.#awaitNext();
  }

  #awaitNext(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    this.#nextTurn(() => this.#begin());
  }

  #begin(): void {
    this.#isAwaited = false;
    this.#used = 0;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    let now = this.#now();
    let done = 0;
    for (const { task, since } of waiting) {
      if (this.#used >= (now - since > lateMs ? mostMs : usualMs)) break;
      done++;
      now = this.#run(task);
    }
    waiting.splice(0, done);
    this.#awaitNext();
  }

  #run(task: () => void): number {
    const began = this.#now();
    task();
    const now = this.#now();
    this.#used += now - began;
    return now;
  }
}

/** One for the process: Next.js gives each route's bundle a copy of this module. */
const place = globalThis as { thinkglassTurnShare?: TurnShare };
place.thinkglassTurnShare ??= new TurnShare({ now: () => performance.now(), nextTurn: setImmediate });

/** The share that all streams of this process have. */
export const turnShare = place.thinkglassTurnShare;
