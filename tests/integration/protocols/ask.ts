import type { ModelInfo, ProviderAdapter, ProviderPart, Sampling } from '../../../lib/model.ts';
import {
  createOpenAICompatibleAdapter,
  type OpenAICompatibleOptions,
} from '../../../lib/server/protocols/openai/index.ts';
import { plainModel } from '../../fakes/model.ts';

/** Limits no test reaches unless it means to. */
export const generousLimits = {
  connectMs: 10_000,
  firstByteMs: 30_000,
  firstByteLocalMs: 30_000,
  idleMs: 30_000,
  keepAliveOnlyMs: 30_000,
  totalMs: 60_000,
};

/** A key no text holds by chance. */
export const testKey = 'tg-secret-4f1c2a9b7dQWERTZ';

export const testModel: ModelInfo = {
  ...plainModel,
  id: 'vendor/model-1',
  providerId: 'fake',
  label: 'Model 1',
};

/** An adapter that waits for nothing before it tries again. */
export function adapterFor(baseURL: string, options: Partial<OpenAICompatibleOptions> = {}): ProviderAdapter {
  return createOpenAICompatibleAdapter({
    id: 'fake',
    label: 'Fake',
    baseURL,
    apiKey: testKey,
    limits: generousLimits,
    wait: async () => {},
    ...options,
  });
}

export interface Asked {
  parts: ProviderPart[];
  reasoning: string;
  content: string;
  /** The part that ended it, if one did. */
  last: Extract<ProviderPart, { type: 'finish' | 'error' }> | undefined;
}

/** Asks once and collects everything. */
export async function ask(
  adapter: ProviderAdapter,
  {
    model = testModel,
    sampling = {},
    signal = new AbortController().signal,
  }: { model?: ModelInfo; sampling?: Sampling; signal?: AbortSignal } = {},
): Promise<Asked> {
  const parts: ProviderPart[] = [];
  for await (const part of adapter.ask({ model, messages: [{ role: 'user', content: 'Why?' }], sampling, signal })) {
    parts.push(part);
  }
  return collect(parts);
}

export function collect(parts: ProviderPart[]): Asked {
  const textOf = (type: 'reasoning' | 'content') =>
    parts.flatMap((part) => (part.type === type ? [part.text] : [])).join('');
  const last = parts.at(-1);
  return {
    parts,
    reasoning: textOf('reasoning'),
    content: textOf('content'),
    last: last?.type === 'finish' || last?.type === 'error' ? last : undefined,
  };
}

/** The parts of one type. */
export function partsOf<T extends ProviderPart['type']>(
  parts: ProviderPart[],
  type: T,
): Extract<ProviderPart, { type: T }>[] {
  return parts.filter((part) => part.type === type) as Extract<ProviderPart, { type: T }>[];
}

/** The error that ended it; fails when it did not end in one. */
export function errorOf({ last }: Asked) {
  if (last?.type !== 'error') throw new Error(`It ended with ${JSON.stringify(last)}, not with an error.`);
  return last.error;
}

/** A source of bytes in this process: a response whose body is read piece by piece, then ends or breaks. */
export function fetchOf(
  pieces: Iterable<Uint8Array>,
  {
    status = 200,
    headers = { 'content-type': 'text/event-stream' },
    end = 'eof',
  }: { status?: number; headers?: Record<string, string>; end?: 'eof' | 'reset' } = {},
): typeof globalThis.fetch {
  return async () => {
    const iterator = pieces[Symbol.iterator]();
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const next = iterator.next();
          if (!next.done) controller.enqueue(next.value);
          else if (end === 'reset') controller.error(new Error('the connection broke'));
          else controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { status, headers });
  };
}
