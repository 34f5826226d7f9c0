import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { ModelRequest, ProviderAdapter, Sent } from '../../../model.ts';
import {
  type CallOptions,
  callWithRetries,
  contextOf,
  shownURL,
  endingPart,
  limitsOf,
  type ModelCall,
} from '../../calls/model-call.ts';
import { makeError } from '../../calls/errors.ts';
import { type CallFact, post, type WatchedCall, withinLimits } from '../../calls/stream-call.ts';
import { defaultSizes } from '../../calls/stream-facts.ts';
import { createTextBuffer } from '../../calls/text-buffer.ts';
import type { FetchLike } from '../../calls/upstream-fetch.ts';
import type { AskedServer, Protocol } from '../protocol.ts';
import { describeModel, parseModels } from './models.ts';
import { type AiSdkDialect, renderCall } from './request.ts';
import { convertError, readParts } from './stream.ts';

/**
 * Any model of the AI SDK, by a package that is loaded when it is first asked: so a well-kept package serves a provider
 * with a wire of its own. It costs several times the CPU of the protocols that are ours; bench/README.md says how much.
 */
export const aiSdk: Protocol = {
  id: 'ai-sdk',
  abilities: { pull: false, continuation: false, budget: true, logprobs: false },
  headers({ apiKey, dialect }) {
    const { keyHeader, listHeaders } = dialectOf(dialect);
    if (apiKey === undefined) return { ...listHeaders };
    return { ...listHeaders, ...(keyHeader ? { [keyHeader]: apiKey } : { authorization: `Bearer ${apiKey}` }) };
  },
  listURL: ({ baseURL, listPath }) => `${baseURL}${listPath}`,
  parseModels,
  describe: describeModel,
  createAdapter,
};

function createAdapter(server: AskedServer): ProviderAdapter {
  const dialect = dialectOf(server.dialect);
  return {
    async *ask(request) {
      const context = contextOf(server, request.model);
      if (request.completion) {
        const cause = { code: 'takes-no-completions', facts: { provider: server.label } } as const;
        yield { type: 'error', error: makeError(context, { kind: 'request', cause }) };
        return;
      }
      const options: CallOptions = { context, send: (call) => send(server, dialect, request, call) };
      const ending = yield* callWithRetries(server, request, options);
      if (ending) yield endingPart(ending);
    },
    preview: (request) => preview(server, dialect, request),
  };
}

async function send(server: AskedServer, dialect: AiSdkDialect, request: ModelRequest, call: ModelCall): Promise<void> {
  await withinLimits({ limits: limitsOf(server), observe: call.observe, signal: call.signal }, async (watched) => {
    let told = false;
    const observe = (fact: CallFact) => {
      if (isTrouble(fact)) told = true;
      watched.observe(fact);
    };
    const buffer = createTextBuffer(call.write, observe, server.sizes ?? defaultSizes);
    try {
      const model = await loadModel(dialect, {
        ...server,
        modelId: request.model.id,
        fetch: watchedFetch(server.fetch, { ...watched, observe }),
      });
      const { stream } = await model.doStream({ ...renderCall(request, dialect), abortSignal: watched.signal });
      await readParts(stream, buffer, observe);
    } catch (cause) {
      if (!told && !watched.isOver()) observe({ type: 'error', error: convertError(cause) });
    }
  });
}

/** Facts that say by themselves why a call failed; what the SDK makes of it says no more. */
function isTrouble({ type }: CallFact): boolean {
  return ['refused', 'unreachable', 'encoded', 'timeout', 'error', 'reset', 'too-large'].includes(type);
}

/** Our fetch under the SDK: what is sent and what comes is seen, and the time is watched. */
function watchedFetch(fetch: FetchLike, call: WatchedCall): FetchLike {
  return async (input, init) => {
    const { signal, observe } = call;
    const headers = Object.fromEntries(new Headers(init?.headers));
    const response = await post(
      { fetch, url: String(input), headers, body: String(init?.body ?? ''), signal },
      observe,
    );
    if (!response?.body) throw new Error('There is no answer to be read.'); // why has been told
    return new Response(watchedBody(response.body, call), { status: response.status, headers: response.headers });
  };
}

function watchedBody(
  body: ReadableStream<Uint8Array>,
  { observe, alive, isOver }: WatchedCall,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let began = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await reader.read();
          if (next.done) return controller.close();
          if (!began) observe({ type: 'first-byte' });
          began = true;
          alive();
          controller.enqueue(next.value);
        } catch (cause) {
          if (!isOver()) observe({ type: 'reset' });
          controller.error(cause);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** What the package would send: it is asked, and stopped at the door. */
async function preview(
  server: AskedServer,
  dialect: AiSdkDialect,
  request: Omit<ModelRequest, 'signal'>,
): Promise<Sent> {
  let sent: Sent | undefined;
  const model = await loadModel(dialect, {
    ...server,
    modelId: request.model.id,
    async fetch(input, init) {
      sent = { url: shownURL(server, String(input)), body: String(init?.body ?? '') };
      throw new Error('Only what would be sent is wanted.');
    },
  });
  await Promise.resolve(model.doStream(renderCall(request, dialect))).catch(() => undefined);
  return sent ?? { url: shownURL(server, server.baseURL), body: '' };
}

type CreateProvider = (settings: {
  baseURL: string;
  apiKey: string;
  headers: Record<string, string>;
  fetch: FetchLike;
}) => { languageModel(id: string): LanguageModelV4 };

/** @throws when the package is not there, or does not export what the preset says. */
async function loadModel(
  dialect: AiSdkDialect,
  server: Pick<AskedServer, 'baseURL' | 'apiKey' | 'headers' | 'fetch'> & { modelId: string },
): Promise<LanguageModelV4> {
  // By its name at run time: a bundler would have to know all of them.
  const loaded = (await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ dialect.package)) as Record<
    string,
    CreateProvider
  >;
  const create = loaded[dialect.create];
  if (!create) throw new Error(`${dialect.package} exports no ${dialect.create}.`);
  const provider = create({
    baseURL: server.baseURL,
    apiKey: server.apiKey ?? '', // never absent: the package would look for the operator's own in the environment
    headers: server.headers ?? {},
    fetch: server.fetch,
  });
  return provider.languageModel(server.modelId);
}

/** JSON has no literal types; the shape is held by the preset tests. */
function dialectOf(dialect: AskedServer['dialect']): AiSdkDialect {
  return { package: '', create: '', ...(dialect as Partial<AiSdkDialect> | undefined) };
}
