import { cleanName } from './errors.ts';

/** More entries of a list than this are not looked at. */
export const maxListed = 500;

const maxNameLength = 200;
const notChat = /embed|rerank|whisper|tts|transcri|moderation|bge-|clip|stable-diffusion|flux|dall-e|image/i;

/** The id of a listed model that can chat, as far as its name tells; undefined for others, and for what is no name. */
export function parseModelId(id: unknown): string | undefined {
  if (typeof id !== 'string' || id === '' || id.length > maxNameLength) return undefined;
  // It is sent back as it is, so one that would have to be mended is no use.
  return cleanName(id) === id && !notChat.test(id) ? id : undefined;
}
