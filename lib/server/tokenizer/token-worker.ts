/**
 * Counts tokens in a thread of its own. Imports nothing but node's own modules at its start, so that it runs as it
 * stands and as a bundler copies it; what it needs is loaded from the paths it is given, when it is first needed.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

export interface TokenWorkerData {
  /** Path of the module with the tokenizer. */
  library: string;
  /** Paths by name of the vocabulary. */
  vocabularies: Record<string, { tokenizer: string; config: string }>;
}

export interface TokenRequest {
  id: number;
  vocabulary: string;
  text: string;
}

export type TokenResponse = { id: number; tokens: number } | { id: number; error: string };

interface Tokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] };
}

interface Library {
  Tokenizer: new (tokenizer: unknown, config: unknown) => Tokenizer;
}

const { library, vocabularies } = workerData as TokenWorkerData; // made by token-counter.ts alone
const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread.');

const loading = new Map<string, Promise<Tokenizer>>();

async function load(vocabulary: string): Promise<Tokenizer> {
  const files = vocabularies[vocabulary];
  if (!files) throw new Error(`There is no vocabulary ${vocabulary}.`);
  const { Tokenizer } = createRequire(library)(library) as Library;
  const [tokenizer, config] = await Promise.all([readFile(files.tokenizer, 'utf8'), readFile(files.config, 'utf8')]);
  return new Tokenizer(JSON.parse(tokenizer), JSON.parse(config));
}

async function count({ vocabulary, text }: TokenRequest): Promise<number> {
  const tokenizer = loading.get(vocabulary) ?? load(vocabulary);
  loading.set(vocabulary, tokenizer);
  return (await tokenizer).encode(text, { add_special_tokens: false }).ids.length;
}

port.on('message', (request: TokenRequest) => {
  count(request).then(
    (tokens) => port.postMessage({ id: request.id, tokens } satisfies TokenResponse),
    (error: unknown) => port.postMessage({ id: request.id, error: String(error) } satisfies TokenResponse),
  );
});
