import { createHmac } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import { createId } from '../ids.ts';
import { Contact } from './contact.ts';
import type { Instance, LeftoverSearch } from './store/instances.ts';
import type { Store } from './store/store.ts';
import { StoreClock } from './store/store-clock.ts';
import type { StoreHealth } from './store/store-health.ts';

/** In ms. */
export interface LivenessTimes {
  /** How often a process renews its lease. */
  renewEvery: number;
  /** After so long without a renewal others take a process for dead: with a renewal missed and a look late, within 15 s. */
  lease: number;
  /** Between two renewals more than this is a break: nobody else may have been able to renew either. */
  brokenAfter: number;
}

const usualTimes: LivenessTimes = { renewEvery: 2_000, lease: 12_000, brokenAfter: 6_000 };

/**
 * This process as the store is to know it. Numbers of processes mean something only where a SQLite file is: there the
 * host's name is that of its process numbers too, so that two containers of one name are two. The secret itself is nowhere.
 */
export function createInstance(kind: ReturnType<Store['describe']>['kind'], secret: string): Instance {
  const id = createId();
  const secretMark = createHmac('sha256', secret).update('thinkglass: which secret this is').digest('hex').slice(0, 16);
  if (kind === 'postgres') return { id, secretMark, host: '', pid: 0 };
  return { id, secretMark, host: `${os.hostname()} ${processNumbers()}`.trim(), pid: process.pid };
}

/** The kernel's name for the space of process numbers we are in; empty where it has none. */
function processNumbers(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/**
 * Servers on one store have one secret: with two, every other request would come from somebody new, and keys could not be
 * read. A SQLite file is for the processes of one host: over a network its locks do not hold, and its log is shared memory.
 * @throws AppError `unavailable` when one that does not go with us renews its lease now.
 */
export async function refuseMixture(
  store: Pick<Store, 'instances'>,
  own: Instance,
  { lease, brokenAfter }: Pick<LivenessTimes, 'lease' | 'brokenAfter'> = usualTimes,
): Promise<void> {
  const others = async () =>
    (await store.instances.list()).filter((other) => reasonAgainst(other, own) && Math.abs(other.silentMs) < lease);
  const before = new Map((await others()).map((other) => [other.id, other.heartbeatAt]));
  if (before.size === 0) return;
  await delay(brokenAfter); // one that has just died renews no more
  const alive = (await others()).find(({ id, heartbeatAt }) => before.has(id) && before.get(id) !== heartbeatAt);
  const reason = alive && reasonAgainst(alive, own);
  if (reason) throw new AppError('unavailable', reason);
}

function reasonAgainst(other: Instance, own: Instance): string | undefined {
  if (other.host !== own.host) {
    return `The SQLite file is in use by another host (${other.host || 'unknown'}). Several hosts or containers need PostgreSQL: set DATABASE_URL, or let only one use this data folder.`;
  }
  if (other.secretMark === undefined || other.secretMark === own.secretMark) return undefined;
  return 'Another server on this database has another secret: keys and cookies of one are void at the other. Give all of them the same THINKGLASS_SECRET.';
}

/** Keeps this process's lease, and ends what processes have left running that let theirs lapse. */
export class Liveness {
  readonly instance: Instance;
  readonly #store: Pick<Store, 'instances'>;
  readonly #health: StoreHealth;
  readonly #times: LivenessTimes;
  readonly #contact: Contact;
  readonly #clock: StoreClock;
  #chores: (search: LeftoverSearch) => Promise<unknown> = async () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #heardAt = 0;

  constructor(
    store: Pick<Store, 'instances'>,
    options: { instance: Instance; health: StoreHealth; times?: LivenessTimes; clock?: StoreClock },
  ) {
    this.#store = store;
    this.instance = options.instance;
    this.#health = options.health;
    this.#times = options.times ?? usualTimes;
    this.#contact = new Contact({ brokenAfterMs: this.#times.brokenAfter });
    this.#clock = options.clock ?? new StoreClock();
  }

  /** Takes a lease, and looks for what is left over as far as that can be told now; answers how much of it there was. */
  async start(): Promise<number> {
    await this.#renew();
    const interrupted = await this.#sweep();
    this.#timer = setInterval(() => {
      this.#beating ??= this.#beat().finally(() => {
        this.#beating = undefined; // a store that is away is not asked again before it has answered
      });
    }, this.#times.renewEvery);
    this.#timer.unref();
    return interrupted;
  }

  /** Does what else is to be done now and then while the store is there: now, and after each renewal. */
  async tend(chores: (search: LeftoverSearch) => Promise<unknown>): Promise<void> {
    this.#chores = chores;
    await chores(this.#search());
  }

  /** Whether other processes hold a lease now. */
  async othersLive(): Promise<boolean> {
    const all = await this.#store.instances.list();
    return all.some(({ id, silentMs }) => id !== this.instance.id && Math.abs(silentMs) < this.#times.lease);
  }

  /** How long ago the store last took a write of ours, in ms. */
  get silentMs(): number {
    return performance.now() - this.#heardAt;
  }

  /** Gives the lease back: what this process has left is left over at once. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    await this.#store.instances.leave(this.instance.id).catch(() => undefined); // then it lapses
  }

  async #beat(): Promise<void> {
    try {
      await this.#health.watch('heartbeat', () => this.#renew());
    } catch {
      this.#contact.lose(); // the store's health has told it
      return;
    }
    try {
      const interrupted = await this.#sweep();
      if (interrupted > 0) console.warn(`liveness: ${interrupted} answer(s) of a server that is gone were ended`);
      await this.#chores(this.#search());
    } catch {
      // The next beat tries again.
    }
  }

  async #renew(): Promise<void> {
    const asked = performance.now();
    const database = await this.#store.instances.renew(this.instance);
    this.#heardAt = performance.now();
    this.#clock.hear(database, this.#heardAt - asked);
    this.#contact.hear({ database, here: this.#heardAt });
  }

  #sweep(): Promise<number> {
    return this.#store.instances.interruptLeftovers(this.#search());
  }

  #search(): LeftoverSearch {
    const { unbrokenMs, lastAt } = this.#contact;
    const leaseMs = this.#times.lease;
    const knows = unbrokenMs >= leaseMs && lastAt !== undefined;
    return { instance: this.instance, isAlive, leaseMs, ...(knows && { contactAt: lastAt }) };
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
