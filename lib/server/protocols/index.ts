import { aiSdk } from './ai-sdk/index.ts';
import { ollama } from './ollama/index.ts';
import { openai } from './openai/index.ts';
import type { Protocol } from './protocol.ts';
import { replayOver } from './replay/index.ts';

/** All ways to speak with servers. The first is what a server speaks that says nothing else. */
export const protocols: readonly [Protocol, ...Protocol[]] = [openai, ollama, aiSdk, replayOver(openai)];

/**
 * The protocol of this name; the usual one when none is named.
 * @throws when there is no such protocol, which is a mistake in presets.json.
 */
export function getProtocol(id: string | undefined): Protocol {
  const found = id === undefined ? protocols[0] : protocols.find((protocol) => protocol.id === id);
  if (!found) throw new Error(`There is no protocol "${id}".`);
  return found;
}
