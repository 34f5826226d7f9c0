import { readFileSync } from 'node:fs';
import { type FakeResponse, json } from './provider.ts';

/** What real servers said that is no answer (tests/fixtures/servers), by their names there. */
interface Manner {
  build: string;
  seen: string;
  [name: string]: unknown;
}

const folder = new URL('../fixtures/servers/', import.meta.url);
const read = (name: string): Manner => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Manner;

export const llamacpp = read('llamacpp.json');
export const liteLLM = read('litellm.json');
export const transformersServe = read('transformers-serve.json');

/** A list, or whatever else came with status 200. */
export function listOf(manner: Manner, name = 'list'): FakeResponse {
  return json(200, manner[name]);
}

/** A refusal with the status, body and headers it came with. */
export function refusalOf(manner: Manner, name: string): FakeResponse {
  const { status, body, text, headers } = manner[name] as {
    status: number;
    body?: unknown;
    text?: string;
    headers?: Record<string, string>;
  };
  return text === undefined ? json(status, body, headers) : { status, headers: {}, steps: [{ write: text }] };
}

/** A whole stream, in one piece. */
export function streamOf(name: string): FakeResponse {
  return { steps: [{ write: readFileSync(new URL(name, folder)) }] };
}

/** The same, each event a read of its own. */
export function eventsOf(name: string): string[] {
  return readFileSync(new URL(name, folder), 'utf8').split(/(?<=\n\n)/);
}
