import { Worker } from 'node:worker_threads';
import type { Call, DeskEvent } from './desk.ts';
import type { DeskRequest, DeskResponse } from './desk-worker.ts';

/** A thread that nobody has needed for so long gives its memory back. */
const restAfterMs = 5 * 60_000;

/** A text that is being written elsewhere: its events, and a word to its writer. */
export interface Writing extends AsyncIterable<DeskEvent> {
  endThinking(): void;
}

interface Listener {
  events: DeskEvent[];
  wake: () => void;
}

/** The desk's thread, started at the first text. */
export class DeskThread {
  #worker: Worker | undefined;
  readonly #listeners = new Map<number, Listener>();
  #lastId = 0;
  #rest: NodeJS.Timeout | undefined;

  /** Begins a text. When `signal` aborts, or its reader goes away, it is dropped at once. */
  write(call: Call, signal: AbortSignal): Writing {
    const worker = this.#start();
    const id = ++this.#lastId;
    const listener: Listener = { events: [], wake: () => undefined };
    this.#listeners.set(id, listener);
    const send = (request: DeskRequest) => worker.postMessage(request);
    worker.ref();
    send({ type: 'take', id, call });
    const end = () => {
      if (!this.#listeners.delete(id)) return;
      send({ type: 'drop', id });
      listener.wake();
      this.#settle();
    };
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    const listeners = this.#listeners;
    async function* read(): AsyncGenerator<DeskEvent> {
      try {
        for (;;) {
          const event = listener.events.shift();
          if (event) {
            yield event;
            if (event.type === 'done' || event.type === 'failed') return;
          } else if (!listeners.has(id)) return;
          else
            await new Promise<void>((resolve) => {
              listener.wake = resolve;
            });
        }
      } finally {
        signal.removeEventListener('abort', end);
        end();
      }
    }
    const events = read();
    return {
      [Symbol.asyncIterator]: () => events,
      endThinking: () => send({ type: 'end-thinking', id }),
    };
  }

  /** Ends the thread; what is being written fails. */
  async close(): Promise<void> {
    clearTimeout(this.#rest);
    const worker = this.#worker;
    this.#worker = undefined;
    this.#fail('The server is stopping.');
    await worker?.terminate();
  }

  #start(): Worker {
    clearTimeout(this.#rest);
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./desk-worker.ts', import.meta.url), { name: 'inside' });
    worker.unref();
    worker.on('message', ({ id, event }: DeskResponse) => {
      const listener = this.#listeners.get(id);
      listener?.events.push(event);
      listener?.wake();
    });
    worker.on('error', (error) => {
      console.error('inside: its thread has failed', error);
      if (this.#worker === worker) this.#worker = undefined;
      this.#fail('The thread of the models inside has failed.');
    });
    this.#worker = worker;
    return worker;
  }

  #fail(message: string): void {
    for (const listener of this.#listeners.values()) {
      listener.events.push({ type: 'failed', why: 'unreadable', message });
      listener.wake();
    }
  }

  /** With nobody listening, the thread keeps no process alive, and ends after a while. */
  #settle(): void {
    const worker = this.#worker;
    if (!worker || this.#listeners.size > 0) return;
    worker.unref();
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#worker = undefined;
      void worker.terminate();
    }, restAfterMs);
    this.#rest.unref();
  }
}
