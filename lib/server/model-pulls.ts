import { AppError } from '../errors.ts';
import { createId } from '../ids.ts';
import type { PullEvent } from '../pull.ts';
import type { Store } from './store/store.ts';
import type { ViewerModels } from './viewer-models.ts';

/** Downloads that one person, and all together, may have running, at all processes of a store. */
const limits = { perOwner: 3, all: 12 };
/** How often a download says that it runs; the store forgets one that has not for three times as long. */
const renewEveryMs = 10_000;

/** Models that are being fetched by servers that can do so. A download lasts as long as somebody listens to it. */
export class ModelPulls {
  readonly #models: ViewerModels;
  readonly #running: Store['modelPulls'];

  constructor(models: ViewerModels, running: Store['modelPulls']) {
    this.#models = models;
    this.#running = running;
  }

  /**
   * Prepares the download of a model; it begins when it is listened to. When it is done, the model is in the lists.
   * @throws AppError `not_found` for an unknown provider, `bad_request` for one that cannot fetch models,
   * `too_many_requests`.
   */
  async prepare(
    ownerId: string,
    providerId: string,
    model: string,
  ): Promise<(signal: AbortSignal) => AsyncGenerator<PullEvent>> {
    const found = (await this.#models.forViewer(ownerId)).findProvider(providerId);
    if (!found) throw new AppError('not_found', 'There is no such provider.');
    const { adapter, provider } = found;
    if (!adapter.pull) throw new AppError('bad_request', `${provider.label} cannot fetch models.`);
    const entry = { id: createId(), ownerId };
    if (!(await this.#running.begin(entry, { limits }))) {
      throw new AppError('too_many_requests', 'Other models are being fetched already; wait for one of them.', {
        retryAfterSeconds: 30,
      });
    }
    const pull = adapter.pull;
    return (signal) => this.#run({ ...entry, providerId }, pull(model, signal));
  }

  async *#run(
    { id, ownerId, providerId }: { id: string; ownerId: string; providerId: string },
    events: AsyncIterable<PullEvent>,
  ): AsyncGenerator<PullEvent> {
    // A store that is away takes nobody's download away: it counts again when that is back.
    const renewing = setInterval(() => this.#running.renew({ id, ownerId }).catch(ignore), renewEveryMs);
    try {
      for await (const event of events) {
        if (event.type === 'done') await this.#models.lookNow(ownerId, providerId);
        yield event;
      }
    } finally {
      clearInterval(renewing);
      await this.#running.end(id).catch(ignore); // it lapses
    }
  }
}

function ignore(): void {}
