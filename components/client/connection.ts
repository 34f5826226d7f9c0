import { Observable, useObserved } from '../ui/observable.ts';

/** How this page's server is: the one it came from, one with another build, or none that answers. */
export type ServerNow = 'same' | 'updated' | 'away';

/** What this page knows of its way to the server. */
export interface Connection {
  server: ServerNow;
  /** While it is away: when it was last heard, on the page's clock (`performance.now()`). */
  lostAt?: number;
}

/** How often a server that is away is asked whether it is back, and how long one that is asked may take. */
const askEveryMs = 2_000;
const answerWithinMs = 3_000;

/** Set when it changes, never otherwise. */
export const connection = new Observable<Connection>({ server: 'same' });

let asking: Promise<ServerNow> | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Asks the server whether it is there, and while it is not again and again until it is.
 * @param heardAt when it was last heard, on the page's clock
 */
export function doubtServer(heardAt = performance.now()): Promise<ServerNow> {
  clearTimeout(timer);
  asking ??= askServer().then((server) => {
    asking = undefined;
    const { lostAt = heardAt, ...before } = connection.get();
    if (server !== before.server) connection.set(server === 'away' ? { server, lostAt } : { server });
    if (server === 'away') timer = setTimeout(doubtServer, askEveryMs);
    return server;
  });
  return asking;
}

/** Calls back each time the server is back; returns what ends it. */
export function onServerBack(listener: () => void): () => void {
  let wasAway = isAway();
  return connection.subscribe(() => {
    const isBack = wasAway && !isAway();
    wasAway = isAway();
    if (isBack) listener();
  });
}

/** Resolves when the server is there. */
export function serverIsThere(): Promise<void> {
  if (!isAway()) return Promise.resolve();
  return new Promise((resolve) => {
    const end = onServerBack(() => {
      end();
      resolve();
    });
  });
}

/** Whether the server is known to be away. */
export function isAway(): boolean {
  return connection.get().server === 'away';
}

/** The same, live. */
export function useAway(): boolean {
  return useObserved(connection, ({ server }) => server === 'away', false);
}

async function askServer(): Promise<ServerNow> {
  try {
    const response = await fetch('/api/build', { cache: 'no-store', signal: AbortSignal.timeout(answerWithinMs) });
    if (response.status >= 500) return 'away';
    const { build } = (await response.json()) as { build?: string }; // docs/api.md's word
    const own = document.documentElement.dataset.build;
    return build === undefined || own === undefined || build === own ? 'same' : 'updated';
  } catch {
    return 'away';
  }
}
