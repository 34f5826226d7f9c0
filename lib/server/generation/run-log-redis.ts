import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@redis/client';
import type { Said } from './generation-log.ts';
import type { BusListener, RunBus } from './run-bus.ts';

/** What everybody on one Redis looks at for news. */
const newsKey = 'thinkglass:news';
const keyOf = (generationId: string) => `thinkglass:run:${generationId}`;

/** A generation's stream keeps about so many entries, and is gone so long after the last one. */
const entriesKept = 2_000;
const forgottenAfterSeconds = 120;
const newsKept = 100;
/** A read that waits is asked anew after so long, or when something else is to be followed. */
const blockMs = 5_000;
/** After a read that failed. */
const restMs = 200;

type Client = ReturnType<typeof createClient>;

/**
 * A bus over Redis or Valkey Streams: one stream for each running generation, whose ids are places (`<to>-0`), so that
 * "behind this place" is a read of the stream; and one for news.
 */
export class RedisBus implements RunBus {
  readonly #writer: Client;
  readonly #reader: Client;
  readonly #wakeKey: string;
  readonly #followed = new Map<string, string>();
  readonly #closing = new AbortController();
  #newsId = '$';
  #wakeId = '0-0';
  #reading: Promise<void> | undefined;

  /** @param options.url `redis://` or `rediss://`; @param options.instanceId its own name on it. */
  constructor(options: { url: string; instanceId: string }) {
    // What cannot be sent now is not kept for later: the checkpoints have it by then.
    const settings = { url: options.url, disableOfflineQueue: true, socket: { reconnectStrategy: () => restMs } };
    this.#writer = createClient(settings);
    this.#reader = createClient(settings);
    this.#wakeKey = `thinkglass:wake:${options.instanceId}`;
    for (const client of [this.#writer, this.#reader]) {
      client.on('error', () => undefined); // who needs it looks at `isUp`
      client.connect().catch(() => undefined); // it goes on trying
    }
  }

  get isUp(): boolean {
    return this.#writer.isReady && this.#reader.isReady;
  }

  listen(listener: BusListener): void {
    this.#reading = this.#read(listener);
  }

  async tell(generationId: string, { from, to, parts }: Said): Promise<void> {
    const key = keyOf(generationId);
    const said = { from: String(from), parts: JSON.stringify(parts) };
    const adding = this.#writer.xAdd(key, `${to}-0`, said, trimmedTo(entriesKept));
    this.#writer.expire(key, forgottenAfterSeconds).catch(() => undefined);
    await adding.catch((error: unknown) => {
      if (!String(error).includes('equal or smaller')) throw error; // else it was taken, and its answer was lost
    });
  }

  forget(generationId: string): void {
    this.#writer.expire(keyOf(generationId), forgottenAfterSeconds / 4).catch(() => undefined);
  }

  announce(): void {
    this.#writer.xAdd(newsKey, '*', { look: '1' }, trimmedTo(newsKept)).catch(() => undefined);
  }

  follow(places: ReadonlyMap<string, number>): void {
    const fresh = [...places.keys()].some((id) => !this.#followed.has(id));
    for (const id of this.#followed.keys()) if (!places.has(id)) this.#followed.delete(id);
    for (const [id, place] of places) if (!this.#followed.has(id)) this.#followed.set(id, `${place}-0`);
    if (fresh) this.#wake();
  }

  rewind(generationId: string, place: number): void {
    this.#followed.set(generationId, `${place}-0`);
    this.#wake();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const client of [this.#reader, this.#writer]) client.destroy();
    await this.#reading;
  }

  /** Has the waiting read asked anew. */
  #wake(): void {
    this.#writer
      .multi()
      .xAdd(this.#wakeKey, '*', { wake: '1' }, trimmedTo(1))
      .expire(this.#wakeKey, forgottenAfterSeconds)
      .exec()
      .catch(() => undefined);
  }

  async #read(listener: BusListener): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        await this.#readOnce(listener);
      } catch {
        this.#newsId = '$'; // it may have begun anew, with lower ids
        this.#wakeId = '0-0';
        await delay(restMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  async #readOnce(listener: BusListener): Promise<void> {
    const ids = new Map([...this.#followed].map(([id, last]) => [keyOf(id), { id, last }]));
    const streams = [
      { key: newsKey, id: this.#newsId },
      { key: this.#wakeKey, id: this.#wakeId },
      ...[...ids].map(([key, { last }]) => ({ key, id: last })),
    ];
    const replies = await this.#reader.xRead(streams, { BLOCK: blockMs, COUNT: 200 });
    for (const { name, messages } of (replies ?? []) as { name: string; messages: Entry[] }[]) {
      const last = messages.at(-1)?.id;
      if (last === undefined) continue;
      const generationId = ids.get(name)?.id;
      if (name === this.#wakeKey) this.#wakeId = last;
      else if (generationId === undefined) {
        this.#newsId = last;
        listener.onNews();
      } else {
        if (this.#followed.has(generationId)) this.#followed.set(generationId, last);
        for (const entry of messages) listener.onSaid(generationId, saidOf(entry));
      }
    }
  }
}

interface Entry {
  id: string;
  message: Record<string, string>;
}

function trimmedTo(length: number) {
  return { TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: length } } as const;
}

function saidOf({ id, message }: Entry): Said {
  return {
    from: Number(message.from),
    to: Number.parseInt(id, 10),
    parts: JSON.parse(message.parts ?? '[]') as Said['parts'], // our own writer's words
  };
}
