import type { ModelInfo, ModelRequest, ProviderAdapter, ProviderPart } from '../../../model.ts';
import { isModelName } from '../../../pull.ts';
import { takenSampling } from '../../../parameters.ts';
import type { Notice } from '../../../notice.ts';
import { cleanName } from '../../calls/errors.ts';
import {
  callWithRetries,
  contextOf,
  shownURL,
  type Ending,
  endingPart,
  limitsOf,
  type ServerOptions,
} from '../../calls/model-call.ts';
import { parseJson } from '../../calls/json.ts';
import { readOllamaWindow } from '../../calls/ollama-window.ts';
import type { StreamSizes } from '../../calls/stream-facts.ts';
import type { Protocol } from '../protocol.ts';
import { tellServer } from '../../calls/tell-server.ts';
import {
  blobOf,
  describeOllamaModel,
  findLoaded,
  findTwins,
  type OllamaListed,
  parseOllamaShow,
  parseOllamaTags,
  withMemory,
} from './models.ts';
import { pullFromOllama } from './pull.ts';
import {
  type OllamaCall,
  type OllamaFacts,
  renderedChatOf,
  renderOllamaCall,
  type Think,
  thinkFor,
} from './request.ts';
import { createOllamaNormalizer } from './stream.ts';
import { windowNotices } from '../../calls/window-notices.ts';
import { readBounded } from '../../calls/read-bounded.ts';
import { asCompletion, findRenderedContinuation, renderBeginning } from '../../calls/rendered-prompt.ts';
import { readStream } from '../../calls/stream-call.ts';
import { createUpstreamFetch, type FetchLike } from '../../calls/upstream-fetch.ts';

export interface OllamaOptions extends ServerOptions {
  id: string;
  sizes?: StreamSizes;
  /** Where the bytes come from; ours over undici when absent. */
  fetch?: FetchLike;
}

/** What Ollama says about itself comes at once or is done without. */
const factsMs = 1_500;
const maxFactsBytes = 8 * 1024 * 1024;
/** A model that is known not to be loaded: so soon that it is not shown for one that is there in a moment. */
const loadingAfterMs = 400;

/** Ollama's own API. */
export const ollama: Protocol = {
  id: 'ollama',
  abilities: { pull: true, continuation: true, budget: false, logprobs: true },
  headers,
  listURL: ({ baseURL }) => `${rootOf(baseURL)}/api/tags`,
  parseModels: parseOllamaTags,
  more: (listed, { baseURL }) => ({
    url: `${rootOf(baseURL)}/api/ps`,
    merge: (value) => withMemory(listed as OllamaListed[], value, Date.now()), // of its own list
  }),
  // Kept as its list was read, so what Ollama says is in it.
  describe: (listed, known) => describeOllamaModel(listed as OllamaListed, known),
  createAdapter: createOllamaAdapter,
};

function headers({ apiKey }: { apiKey?: string }): Record<string, string> {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
}

/**
 * An adapter for Ollama's own API, which can do what its OpenAI-compatible one cannot: a window as long as the conversation
 * needs (`num_ctx`), the model's own sampling where none is set, errors in the middle of a stream, and fetching models.
 * @param given with `baseURL` as the server's own address; a `/v1` at its end is left out.
 */
export function createOllamaAdapter(
  given: OllamaOptions,
): ProviderAdapter & Required<Pick<ProviderAdapter, 'preview' | 'pull' | 'findContinuation' | 'setLoaded'>> {
  const options = { ...given, baseURL: rootOf(given.baseURL) };
  const upstream = options.fetch ?? createUpstreamFetch({ connectMs: options.limits.connectMs });
  const sent = { ...options.headers, ...headers(options) };
  const rendering = { origin: options.baseURL, fetch: upstream, headers: sent };
  /** What was learnt last; a model that refused to think is not asked to again. */
  const known = new Map<string, OllamaFacts>();

  const call = async function* (request: ModelRequest, facts: OllamaFacts, think: Think) {
    const { path, body, loads, overflow, isHonest, window } = renderOllamaCall(request, facts, think);
    if (overflow && !isHonest) {
      yield { type: 'notice', notice: overflowNotice(options.label, overflow) } satisfies ProviderPart;
    }
    const ending = yield* callWithRetries(options, request, {
      context: contextOf(options, request.model),
      loadingAfterMs: loads ? loadingAfterMs : undefined,
      baseURLEnds: 'origin',
      async send({ signal, observe, write }) {
        await readStream({
          fetch: upstream,
          url: `${options.baseURL}${path}`,
          headers: { accept: 'application/x-ndjson', ...sent },
          body: JSON.stringify(body),
          signal,
          limits: limitsOf(options),
          observe,
          createNormalizer: (report) => createOllamaNormalizer(write, report, options.sizes),
        });
      },
    });
    yield* await windowParts(request, ending, window);
    return ending;
  };

  /** What the counts say about the window; where that is not known, Ollama is asked which one it gave. */
  const windowParts = async (request: ModelRequest, ending: Ending | undefined, window: number | undefined) => {
    if (!ending || request.signal.aborted || ending.usage?.promptTokens === undefined) return [];
    const { model, signal } = request;
    const asking = { fetch: upstream, headers: sent, signal, model: model.id };
    const given = window ?? (await readOllamaWindow(options.baseURL, asking));
    return windowNotices(request, ending, { provider: options.label, window: given, cuts: true });
  };

  return {
    async *ask(asked) {
      const { model, sampling } = asked;
      const request = { ...asked, sampling: takenSampling(model, sampling) };
      const facts = await readFacts(options.baseURL, {
        fetch: upstream,
        headers: sent,
        signal: request.signal,
        model: model.id,
      });
      if (known.get(model.id)?.thinks === false) facts.thinks = false;
      known.set(model.id, facts);
      const think = thinkFor(model, request.sampling.effort, facts);
      if (request.prefix && model.continuation === 'rendered') {
        if (facts.loaded === false) yield { type: 'waiting', reason: 'loading' };
        const prompt = await renderBeginning(
          { ...rendering, signal: request.signal },
          renderedChatOf(request, facts, think),
          request.prefix,
        );
        if (prompt !== undefined) {
          const ending = yield* call(asCompletion(request, prompt), facts, undefined);
          if (ending) yield explain(endingPart(ending), options, model);
          return;
        }
      }
      let ending = yield* call(request, facts, think);
      if (think !== undefined && refusesThinking(ending)) {
        known.set(model.id, { ...facts, thinks: false });
        yield {
          type: 'notice',
          notice: { code: 'thinking-refused', facts: { model: model.label } },
        };
        ending = yield* call(request, facts, undefined);
      }
      if (ending) yield explain(endingPart(ending), options, model);
    },
    preview({ model, ...request }) {
      const facts = known.get(model.id) ?? {};
      const sampling = takenSampling(model, request.sampling);
      const { path, body } = renderOllamaCall(
        { ...request, model, sampling },
        facts,
        thinkFor(model, sampling.effort, facts),
      );
      return { url: shownURL(options, `${options.baseURL}${path}`), body: JSON.stringify(body) };
    },
    findContinuation: async (model) =>
      model.continuation === 'rendered' ? findRenderedContinuation(rendering, model.id, undefined) : model.continuation,
    async setLoaded(model, isLoaded, signal) {
      const body = JSON.stringify({ model: model.id, stream: false, ...(!isLoaded && { keep_alive: 0 }) });
      const context = contextOf(options, model);
      return tellServer(
        { fetch: upstream, url: `${options.baseURL}/api/generate`, headers: sent, body, signal },
        context,
      );
    },
    pull: (model, signal) => pullFromOllama({ ...options, fetch: upstream, headers: sent }, model, signal),
  };
}

/** An Ollama's own address, of which `/v1` is the part that speaks as others do. */
function rootOf(baseURL: string): string {
  return baseURL.replace(/\/v1$/, '');
}

/** Asks what the model can do and whether it is loaded, both at once. What is not said is not known. */
async function readFacts(
  baseURL: string,
  about: { fetch: FetchLike; headers: Record<string, string>; signal: AbortSignal; model: string },
): Promise<OllamaFacts> {
  const read = async (path: string, body?: unknown): Promise<unknown> => {
    try {
      const response = await about.fetch(`${baseURL}${path}`, {
        headers: { accept: 'application/json', ...about.headers },
        ...(body !== undefined && {
          method: 'POST',
          headers: { accept: 'application/json', 'content-type': 'application/json', ...about.headers },
          body: JSON.stringify(body),
        }),
        signal: AbortSignal.any([about.signal, AbortSignal.timeout(factsMs)]),
      });
      const text = await readBounded(response, maxFactsBytes);
      return response.ok ? parseJson(text) : undefined;
    } catch {
      return undefined; // the call itself will tell what is wrong
    }
  };
  const [show, ps] = await Promise.all([read('/api/show', { model: about.model }), read('/api/ps')]);
  let loaded = findLoaded(ps, about.model);
  const blob = loaded === false ? blobOf(show) : undefined;
  for (const twin of blob === undefined ? [] : findTwins(ps, show)) {
    // A file is loaded once, and listed under the name it was asked for first.
    if (blobOf(await read('/api/show', { model: twin })) === blob) loaded = findLoaded(ps, twin);
  }
  return { ...parseOllamaShow(show), ...(loaded !== undefined && { loaded }) };
}

/** `"x" does not support thinking`, and the like about a level. */
function refusesThinking(ending: Ending | undefined): boolean {
  return (
    ending?.type === 'error' &&
    ending.error.status === 400 &&
    /does not support thinking|\bthink\b.{0,60}\bnot supported/i.test(ending.error.detail ?? '')
  );
}

/** An error with what to do about it on Ollama's machine. */
function explain(part: ProviderPart, options: OllamaOptions, model: ModelInfo): ProviderPart {
  if (part.type !== 'error') return part;
  const { label: provider, baseURL } = contextOf(options, model);
  const { error } = part;
  const isAboutModel = error.kind === 'model' && /\bmodel\b/i.test(error.detail ?? '');
  if (isAboutModel && isModelName(model.id)) {
    const fix = { provider, command: `ollama pull ${model.id}`, pull: model.id };
    const facts = { provider, model: cleanName(model.id) };
    return { type: 'error', error: { ...error, code: 'model-not-pulled', facts, fix } };
  }
  if (error.status === 404 && !isAboutModel) {
    return { type: 'error', error: { ...error, kind: 'request', code: 'not-an-ollama', facts: { provider, baseURL } } };
  }
  return part;
}

function overflowNotice(provider: string, { prompt, contextTokens }: NonNullable<OllamaCall['overflow']>): Notice {
  return { code: 'beginning-left-out', facts: { provider, tokens: prompt, contextTokens } };
}
