import type { Store } from '../store/store.ts';

/**
 * What the store holds as run by this process, and the process does not run. A connection that breaks as a question is
 * stored may take the database's "done" with it: whoever asked is told that it failed, and nothing was begun. No other
 * process looks at it, for this one lives.
 */
export class Unbegun {
  readonly #store: Pick<Store, 'instances'>;
  readonly #instanceId: string;
  readonly #running: () => readonly string[];
  #seen: ReadonlySet<string> = new Set();

  /** @param options.running ids of what runs here now */
  constructor(store: Pick<Store, 'instances'>, options: { instanceId: string; running: () => readonly string[] }) {
    this.#store = store;
    this.#instanceId = options.instanceId;
    this.#running = options.running;
  }

  /**
   * Ends those that the last call has found too: one that is just being stored is about to begin, one that is just over
   * about to be gone. To be called every few seconds.
   * @returns how many were ended
   */
  async settle(): Promise<number> {
    const stored = await this.#store.instances.listRunning(this.#instanceId);
    const running = new Set(this.#running());
    const unbegun = stored.filter((id) => !running.has(id));
    const lasting = unbegun.filter((id) => this.#seen.has(id));
    this.#seen = new Set(unbegun);
    return lasting.length === 0 ? 0 : this.#store.instances.interrupt(lasting);
  }
}
