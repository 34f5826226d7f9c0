import type { GenerationError } from '../../errors.ts';
import type { ProviderStatus } from '../../model.ts';
import { awayPausesMs, loadingPausesMs, pauseAfter } from '../calls/pauses.ts';
import { laterStatus, statusOfError } from '../../provider-status.ts';
import type { Entry } from './entry.ts';
import type { Listing, Look, Place } from './places.ts';

export interface WatchOptions {
  /** Never throws. Takes `patientMs` at most. */
  look: (place: Place, timeoutMs: number) => Promise<Look>;
  /** Makes a server that can be asked of what it has. */
  build: (place: Place, listing: Listing, status: ProviderStatus | undefined) => Entry;
  /** Of a place whose list never came; undefined where nothing is to be shown. */
  buildUnlisted: (place: Place, look: Extract<Look, { error: unknown }>, status: ProviderStatus) => Entry | undefined;
  onChange: () => void;
}

/** A first list may take seconds (Python servers import theirs at the first call): so long a look is listened to. */
export const patientMs = 20_000;
/** What somebody sees is not older than this where the server answers at once. */
const freshMs = { ready: 4_000, unready: 900 };

/**
 * A place where a server may be, as it was last seen. While it is not ready it is looked at again by itself, with growing
 * pauses; what was known of its models stays.
 */
export class WatchedPlace {
  readonly place: Place;
  readonly #options: WatchOptions;
  #entry: Entry | undefined;
  #looking: Promise<void> | undefined;
  #endedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #isWatched = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(place: Place, options: WatchOptions, first?: Entry) {
    this.place = place;
    this.#options = options;
    this.#entry = first;
  }

  /** Undefined while nobody is there. */
  get entry(): Entry | undefined {
    return this.#entry;
  }

  /**
   * Looks now, once for all who ask meanwhile. Resolves when the server has answered or `withinMs` have passed; the look goes
   * on.
   * @param lateIsAway who has not answered by then counts as away until it does.
   */
  async look(withinMs: number, lateIsAway = false): Promise<void> {
    clearTimeout(this.#timer);
    this.#looking ??= this.#lookToItsEnd();
    const looking = this.#looking;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), withinMs);
    });
    const end = await Promise.race([looking, late]);
    clearTimeout(timer);
    if (!lateIsAway || end !== 'late' || this.#looking !== looking) return;
    this.take({ error: this.#lateError(withinMs), answered: false, speaks: false });
  }

  /** Looks again if what is known may be out of date. */
  freshen(withinMs: number): Promise<void> {
    const age = performance.now() - this.#endedAt;
    const isReady = this.#entry?.info.status.state === 'ready';
    if (!this.#looking && age < (isReady ? freshMs.ready : freshMs.unready)) return Promise.resolve();
    return this.#looking && !this.#entry ? Promise.resolve() : this.look(withinMs);
  }

  /** From now on it is looked at by itself while it is not ready. */
  watch(): void {
    this.#isWatched = true;
    this.#plan();
  }

  close(): void {
    this.#isWatched = false;
    clearTimeout(this.#timer);
  }

  /** Takes what a look showed, whoever looked. */
  take(look: Look): void {
    if ('models' in look) {
      this.#failures = 0;
      const asleep = { code: 'asleep', facts: { provider: this.place.label } } as const;
      const status = look.asleep && ({ state: 'asleep', reason: asleep, since: Date.now() } as const);
      const entry = this.#options.build(this.place, look, status);
      this.#entry = withStatus(entry, laterStatus(this.#entry?.info.status, entry.info.status));
    } else {
      this.#failures++;
      const status = statusOfError(look.error, Date.now());
      const before = this.#entry;
      this.#entry =
        before && before.models.size > 0
          ? withStatus(before, laterStatus(before.info.status, status))
          : this.#options.buildUnlisted(this.place, look, laterStatus(before?.info.status, status));
    }
    this.#options.onChange();
  }

  async #lookToItsEnd(): Promise<void> {
    const look = await this.#options.look(this.place, patientMs);
    this.#looking = undefined;
    this.#endedAt = performance.now();
    this.take(look);
    this.#plan();
  }

  #plan(): void {
    clearTimeout(this.#timer);
    const state = this.#entry?.info.status.state;
    if (!this.#isWatched || this.#looking || state === 'ready' || state === 'asleep') return;
    const pause = pauseAfter(Math.max(0, this.#failures - 1), state === 'loading' ? loadingPausesMs : awayPausesMs);
    this.#timer = setTimeout(() => void this.look(patientMs), pause);
    this.#timer.unref();
  }

  #lateError(ms: number): GenerationError {
    const { label: provider, baseURL, shownBaseURL = baseURL } = this.place;
    return { kind: 'offline', code: 'no-list-in-time', facts: { provider, baseURL: shownBaseURL, ms } };
  }
}

function withStatus(entry: Entry, status: ProviderStatus): Entry {
  return { ...entry, info: { ...entry.info, status } };
}
