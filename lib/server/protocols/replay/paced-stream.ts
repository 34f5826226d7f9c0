/** Where time comes from. `globalThis` has all of it; a test may bring its own. */
export interface Clock {
  /** Milliseconds, never going back. */
  now: () => number;
  setTimeout: (callback: () => void, ms: number) => unknown;
  clearTimeout: (timer: unknown) => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>), // it came from the line above
};

/** A piece of text, made when it is handed out, and when it is due, in ms from the beginning. */
export interface TimedText {
  render: () => string;
  at: number;
}

/** What one read hands out at most, in UTF-16 units: a reader that comes late gets all it missed, but not in one gulp. */
const largestRead = 64 * 1024;

/**
 * A body of bytes that hands out each text at its time, counted from now. Times are absolute, so delays do not add up, and
 * what is due at once comes in one read. At most one timer runs, only while a reader waits; it ends with the stream, with
 * `signal` (the stream then fails with its reason) or when the reader goes away.
 */
export function createPacedStream(
  texts: readonly TimedText[],
  { clock, signal }: { clock: Clock; signal?: AbortSignal | undefined },
): ReadableStream<Uint8Array> {
  const begun = clock.now();
  const encoder = new TextEncoder();
  let next = 0;
  let timer: unknown;
  let wake: (() => void) | undefined;
  let release = () => {};

  function takeDue(): string {
    const due = clock.now() - begun;
    let taken = '';
    for (let item = texts[next]; item && item.at <= due && taken.length < largestRead; item = texts[next]) {
      taken += item.render();
      next += 1;
    }
    return taken;
  }

  function waitUntil(at: number): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve;
      timer = clock.setTimeout(resolve, Math.max(0, at - (clock.now() - begun)));
    });
  }

  function stop(): void {
    clock.clearTimeout(timer);
    release();
    wake?.();
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (!signal) return;
        const abort = () => {
          next = texts.length;
          controller.error(signal.reason);
          stop();
        };
        release = () => signal.removeEventListener('abort', abort);
        signal.addEventListener('abort', abort);
      },
      async pull(controller) {
        for (let item = texts[next]; item; item = texts[next]) {
          const taken = takeDue();
          if (taken) return controller.enqueue(encoder.encode(taken));
          await waitUntil(item.at);
        }
        if (signal?.aborted) return;
        release();
        controller.close();
      },
      cancel() {
        next = texts.length;
        stop();
      },
    },
    { highWaterMark: 0 },
  );
}
