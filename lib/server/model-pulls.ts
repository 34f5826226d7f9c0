import { AppError } from '../errors.ts';
import type { PullEvent } from '../pull.ts';
import type { ViewerModels } from './viewer-models.ts';

/** Downloads that one person, and all together, may have running. */
const maxPerOwner = 3;
const maxRunning = 12;

/** Models that are being fetched by servers that can do so. A download lasts as long as somebody listens to it. */
export class ModelPulls {
  readonly #models: ViewerModels;
  readonly #owners: string[] = [];

  constructor(models: ViewerModels) {
    this.#models = models;
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
    const own = this.#owners.filter((owner) => owner === ownerId).length;
    if (own >= maxPerOwner || this.#owners.length >= maxRunning) {
      throw new AppError('too_many_requests', 'Other models are being fetched already; wait for one of them.', {
        retryAfterSeconds: 30,
      });
    }
    const pull = adapter.pull;
    return (signal) => this.#run({ ownerId, providerId }, pull(model, signal));
  }

  async *#run(
    { ownerId, providerId }: { ownerId: string; providerId: string },
    events: AsyncIterable<PullEvent>,
  ): AsyncGenerator<PullEvent> {
    this.#owners.push(ownerId);
    try {
      for await (const event of events) {
        if (event.type === 'done') await this.#models.lookNow(ownerId, providerId);
        yield event;
      }
    } finally {
      this.#owners.splice(this.#owners.indexOf(ownerId), 1);
    }
  }
}
