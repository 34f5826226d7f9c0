import type { StorageTrouble } from '../../lib/storage-trouble.ts';
import type { MessageState, StreamPart } from '../../lib/stream-part.ts';
import { doubtServer } from '../client/connection.ts';
import { loadPart } from '../ui/load-part.ts';

/** Longer than a heartbeat (5 s): is the server there at all? It is given 3 s to say so. */
const doubtAfterMs = 6_500;
/** Longer than two heartbeats: a stream this quiet is dead, whatever the browser believes. */
const silenceLimitMs = 12_000;
const partTypes = [
  'delta',
  'reclassify',
  'retract',
  'opaque',
  'state',
  'count',
  'usage',
  'notice',
  'error',
  'finish',
] as const;

export interface ConversationEventHandlers {
  onPart: (generationId: string, part: StreamPart) => void;
  /** `at`: ms since the generation was queued. */
  onSnapshot: (generationId: string, message: MessageState, at: number) => void;
  /** The server says that nothing runs any more; the stream is closed. */
  onEnd: () => void;
  /** The server refused the stream (a status other than 200); the stream is closed. */
  onRefused: () => void;
}

/** The one event stream of a conversation: kept open across network faults, never with a gap or a repeat. */
export class ConversationEvents {
  readonly #url: string;
  readonly #handlers: ConversationEventHandlers;
  #source: EventSource | undefined;
  #lastId: string | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  /** When the server was last heard, on this page's clock. */
  #heardAt = 0;

  constructor(conversationId: string, handlers: ConversationEventHandlers) {
    this.#url = `/api/conversations/${conversationId}/events`;
    this.#handlers = handlers;
  }

  get isOpen(): boolean {
    return this.#source !== undefined;
  }

  /** Opens again where it was left, without waiting for the browser to try. */
  reopen(): void {
    this.open(this.#lastId);
  }

  /** Opens (again) from a cursor, or from snapshots of all that runs when there is none. */
  open(cursor: string | undefined): void {
    this.close();
    this.#lastId = cursor;
    const source = new EventSource(
      cursor === undefined ? this.#url : `${this.#url}?after=${encodeURIComponent(cursor)}`,
    );
    this.#source = source;

    for (const type of partTypes) {
      source.addEventListener(type, (event: MessageEvent<string>) => {
        if (typeof event.data !== 'string') return; // the browser's own `error`, which is about the connection
        const data = this.#heard(event) as { generationId: string };
        this.#handlers.onPart(data.generationId, { ...data, type } as StreamPart & typeof data); // docs/api.md's word
      });
    }
    source.addEventListener('snapshot', (event: MessageEvent<string>) => {
      const data = this.#heard(event) as { generationId: string; message: MessageState; at: number };
      this.#handlers.onSnapshot(data.generationId, data.message, data.at);
    });
    source.addEventListener('storage', (event: MessageEvent<string>) => {
      const told = this.#heard(event) as Partial<StorageTrouble>;
      loadPart(() => import('../client/storage-watch.ts')).then(
        ({ takeStorageNews }) => takeStorageNews(told),
        () => undefined, // told by the page
      );
    });
    source.addEventListener('heartbeat', () => this.#expectMore());
    source.addEventListener('open', () => this.#expectMore());
    source.addEventListener('end', () => {
      this.close();
      this.#handlers.onEnd();
    });
    source.addEventListener('error', (event) => {
      // An `error` part carries data and is handled above; this is the connection. Unless refused, the browser retries.
      if ('data' in event) return;
      void doubtServer(this.#heardAt);
      if (source.readyState !== EventSource.CLOSED) return;
      this.close();
      this.#handlers.onRefused();
    });
    this.#expectMore();
  }

  close(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = undefined;
    this.#source?.close();
    this.#source = undefined;
  }

  #heard(event: MessageEvent<string>): unknown {
    if (event.lastEventId) this.#lastId = event.lastEventId;
    this.#expectMore();
    return JSON.parse(event.data);
  }

  /** One timer, however many events: setting it again at each costs more than reading a short one. */
  #expectMore(): void {
    this.#heardAt = performance.now();
    this.#watchdog ??= setTimeout(() => this.#lookForSilence(), doubtAfterMs);
  }

  #lookForSilence(): void {
    const silence = performance.now() - this.#heardAt;
    if (silence >= silenceLimitMs) return this.reopen();
    if (silence >= doubtAfterMs) void doubtServer(this.#heardAt);
    const limit = silence >= doubtAfterMs ? silenceLimitMs : doubtAfterMs;
    this.#watchdog = setTimeout(() => this.#lookForSilence(), limit - silence);
  }
}
