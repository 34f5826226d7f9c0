import type { Protocol } from '../protocol.ts';

/**
 * Recordings over the protocol of live servers. They answer inside this process: the server's `fetch` is one of
 * replay-fetch.ts.
 */
export function replayOver(wire: Protocol): Protocol {
  return { ...wire, id: 'replay', abilities: { ...wire.abilities, budget: false, logprobs: false } };
}
