import type { GenerationLog, Said } from './generation-log.ts';
import type { RunWriter } from './run-log.ts';

/** What a bus hears. */
export interface BusListener {
  /** A generation that is followed has said more. */
  onSaid(generationId: string, said: Said): void;
  /** There is something new in the store: a run has begun or ended, or somebody wants something of one. */
  onNews(): void;
}

/**
 * Tells other processes at once what they would find in the store a little later. It may lose anything at any time: whoever
 * follows fills what is missing from the checkpoints.
 */
export interface RunBus {
  /** Whether it carries anything now. */
  readonly isUp: boolean;
  listen(listener: BusListener): void;
  /** Rejects when it was not taken. */
  tell(generationId: string, said: Said): Promise<void>;
  /** What a generation has told may be forgotten soon. */
  forget(generationId: string): void;
  /** Tells everybody to look at the store. */
  announce(): void;
  /** Hears of exactly these generations, each from its place on. */
  follow(places: ReadonlyMap<string, number>): void;
  /** Hears again what one of them has said behind a place. */
  rewind(generationId: string, place: number): void;
  close(): Promise<void>;
}

/** How often what runs here is told to a bus. */
const tellEveryMs = 25;
/** UTF-16 units; more than this is not told to a bus that was away: the checkpoints have it. */
const mostTold = 64 * 1024;

/** A generation that this process runs, as far as it was told. */
interface Telling {
  log: GenerationLog;
  told: number;
  isTelling: boolean;
}

/** Tells a bus what running generations say, of each in one piece at a time. */
export class Teller {
  readonly #bus: RunBus;
  readonly #tellings = new Map<string, Telling>();
  #timer: NodeJS.Timeout | undefined;

  constructor(bus: RunBus) {
    this.#bus = bus;
  }

  /** A writer whose words go to the bus as well. */
  begin(log: GenerationLog, writer: RunWriter): RunWriter {
    this.#bus.announce();
    this.#tellings.set(log.id, { log, told: 0, isTelling: false });
    this.#timer ??= setInterval(() => this.#tellAll(), tellEveryMs);
    const end = () => this.#end(log.id);
    return {
      get place() {
        return writer.place;
      },
      get state() {
        return writer.state;
      },
      append(parts) {
        writer.append(parts);
        if (log.isDone) end();
      },
      leave() {
        writer.leave();
        end();
      },
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #end(generationId: string): void {
    if (!this.#tellings.delete(generationId)) return;
    if (this.#tellings.size === 0) this.close();
    this.#bus.forget(generationId);
    this.#bus.announce(); // its end is in the store
  }

  #tellAll(): void {
    for (const [id, telling] of this.#tellings) {
      const { log, told, isTelling } = telling;
      if (isTelling || log.place === told || log.isDone) continue;
      const parts = log.partsFrom(told);
      const to = log.place;
      if (!parts || !this.#bus.isUp) {
        telling.told = parts && to - told < mostTold ? told : to; // what is left out, the checkpoints say
        continue;
      }
      telling.isTelling = true;
      this.#bus
        .tell(id, { from: told, to, parts: parts.map(({ part }) => part) })
        .then(() => {
          telling.told = to;
        })
        .catch(() => undefined) // told again with what comes
        .finally(() => {
          telling.isTelling = false;
        });
    }
  }
}
