import type { GenerationError } from '../../errors.ts';
import { AppError } from '../../errors.ts';
import type { ListedModel, ProviderCheck } from '../../provider.ts';
import { convertConnectionError, convertRefusal, type ErrorContext, makeError } from '../calls/errors.ts';
import { isRecord, parseJson } from '../calls/json.ts';
import { shownURL } from '../calls/model-call.ts';
import { readBounded } from '../calls/read-bounded.ts';
import type { FetchLike } from '../calls/upstream-fetch.ts';
import type { ListedServer, Protocol } from '../protocols/protocol.ts';
import { parseListPrices, type PriceStyle } from './list-prices.ts';

/** A server that may be asked for its models. */
export interface ModelServer extends ListedServer {
  label: string;
  /** What people are told in place of its address. */
  shownBaseURL?: string;
  protocol: Protocol;
  envKey?: string;
  /** It does not answer questions without a key. */
  needsKey: boolean;
  /** It shows its list to everybody, so the list says nothing about a key. */
  publicList: boolean;
  local: boolean;
  /** How its list tells prices. */
  listPrices?: PriceStyle;
  /** Path, at the origin, of what it says of itself: asked when it has no list. */
  infoPath?: string;
}

export type ListAnswer =
  | { models: ListedModel[]; latencyMs: number }
  /** `latencyMs`: it answered, though not with a list. `speaks`: it refused as servers of models do. */
  | { error: GenerationError; latencyMs?: number; speaks?: true };

const maxListBytes = 4 * 1024 * 1024;

/** Asks a server for its models; what went wrong is in the answer, in words. Never throws. */
export async function listModels(server: ModelServer, fetch: FetchLike, timeoutMs: number): Promise<ListAnswer> {
  const { protocol } = server;
  const signal = AbortSignal.timeout(timeoutMs);
  const context = contextOf(server);
  const url = protocol.listURL(server);
  const noList = (): GenerationError =>
    makeError(context, {
      kind: 'provider',
      cause: { code: 'no-model-list', facts: { provider: server.label, url: shownURL(server, url) } },
    });
  const began = performance.now();
  let latencyMs: number | undefined;
  try {
    const response = await fetch(url, { headers: headersFor(server), signal });
    const body = await readList(response);
    latencyMs = Math.round(performance.now() - began);
    if (!response.ok) {
      const refusal = { status: response.status, headers: response.headers, body: body ?? '' };
      const error = convertRefusal(context, refusal, Date.now());
      const models = response.status === 404 ? await askForInfo(server, fetch, signal) : undefined;
      if (models) return { models, latencyMs };
      // A 404 here is about the list: no model was asked for.
      const speaks = isRefusalOfModels(body) ? ({ speaks: true } as const) : {};
      return { error: error.kind === 'model' ? noList() : error, latencyMs, ...speaks };
    }
    const models = body === undefined ? undefined : protocol.parseModels(parseJson(body), factsBy(server.listPrices));
    return models
      ? { models: await withMore(server, models, fetch, signal), latencyMs }
      : { error: noList(), latencyMs };
  } catch (cause) {
    const error: GenerationError = signal.aborted
      ? {
          kind: 'offline',
          code: 'no-list-in-time',
          facts: { provider: server.label, baseURL: context.baseURL, ms: timeoutMs },
        }
      : convertConnectionError(context, cause);
    return { error, ...(latencyMs !== undefined && { latencyMs }) };
  }
}

/** What is told beside a list comes soon, or is done without. */
const moreMs = 1_000;

async function withMore(
  server: ModelServer,
  models: ListedModel[],
  fetch: FetchLike,
  signal: AbortSignal,
): Promise<ListedModel[]> {
  const more = server.protocol.more?.(models, server);
  if (!more) return models;
  const value = await askAt(server, more.url, fetch, AbortSignal.any([signal, AbortSignal.timeout(moreMs)]));
  return value ? more.merge(value) : models;
}

/** The model of a server that says of itself which one it has; undefined when it does not. */
export async function askForInfo(
  server: Pick<ModelServer, 'baseURL' | 'infoPath' | 'apiKey' | 'dialect' | 'protocol'>,
  fetch: FetchLike,
  signal: AbortSignal,
): Promise<ListedModel[] | undefined> {
  if (server.infoPath === undefined) return undefined;
  const info = await askForJson(server, server.infoPath, fetch, signal);
  return info && server.protocol.parseServerInfo?.(info);
}

/** What a server says at a path of its origin; undefined when that is no JSON object. Never throws. */
export async function askForJson(
  server: Pick<ModelServer, 'baseURL' | 'apiKey' | 'dialect' | 'protocol'>,
  path: string,
  fetch: FetchLike,
  signal: AbortSignal,
): Promise<Record<string, unknown> | undefined> {
  return askAt(server, `${new URL(server.baseURL).origin}${path}`, fetch, signal);
}

async function askAt(
  server: Pick<ModelServer, 'apiKey' | 'dialect' | 'protocol'>,
  url: string,
  fetch: FetchLike,
  signal: AbortSignal,
): Promise<Record<string, unknown> | undefined> {
  try {
    const response = await fetch(url, { headers: headersFor(server), signal });
    const body = await readList(response);
    const value = response.ok && body !== undefined ? parseJson(body) : undefined;
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // one more question to a server that is known already; its list has told what is wrong
  }
}

/** Whether a refusal has the shape of OpenAI's (or vLLM's, with nothing but a word in it), and not of any web server. */
function isRefusalOfModels(body: string | undefined): boolean {
  const value = body === undefined ? undefined : parseJson(body);
  if (!isRecord(value)) return false;
  return isRecord(value.error) || (typeof value.error === 'string' && Object.keys(value).length === 1);
}

function headersFor(server: Pick<ModelServer, 'apiKey' | 'dialect' | 'protocol'>): Record<string, string> {
  return { accept: 'application/json', ...server.protocol.headers(server) };
}

/** What an entry of a list that tells prices says about them; today's. */
function factsBy(
  style: PriceStyle | undefined,
): ((entry: Record<string, unknown>) => Partial<ListedModel>) | undefined {
  if (!style) return undefined;
  const day = new Date().toISOString().slice(0, 10);
  return (entry) => parseListPrices(entry, style, day);
}

/**
 * Asks a server for its models, and says what its answer tells about it and its key. Of a server that is none we know
 * nobody can say whether its list is for everybody: it is asked without the key too. Never throws.
 */
export async function checkServer(
  server: ModelServer,
  fetch: FetchLike,
  timeoutMs: number,
): Promise<{ answer: ListAnswer; check: ProviderCheck }> {
  const { apiKey, ...stranger } = server;
  const asksBoth = apiKey !== undefined && !server.needsKey && !server.publicList;
  const [answer, toAll] = await Promise.all([
    listModels(server, fetch, timeoutMs),
    asksBoth ? listModels(stranger, fetch, timeoutMs) : undefined,
  ]);
  const publicList = server.publicList || (toAll !== undefined && 'models' in toAll);
  return { answer, check: checkOf({ ...server, publicList }, answer, Date.now()) };
}

/** What an answer says about the server and the key. */
function checkOf(server: ModelServer, answer: ListAnswer, at: number): ProviderCheck {
  const { latencyMs } = answer;
  const time = { at, ...(latencyMs !== undefined && { latencyMs }) };
  const hasKey = server.apiKey !== undefined;
  if ('models' in answer) {
    const withKey = server.publicList ? 'untested' : 'valid';
    const key = hasKey ? withKey : server.needsKey ? 'missing' : 'not-needed';
    return { ...time, reachable: true, key, found: answer.models.length };
  }
  const { error } = answer;
  if (error.kind === 'auth') return { ...time, reachable: true, key: hasKey ? 'wrong' : 'missing', error };
  const key = hasKey ? 'untested' : server.needsKey ? 'missing' : 'not-needed';
  return { ...time, reachable: latencyMs !== undefined, key, error };
}

function contextOf(server: ModelServer): ErrorContext {
  return {
    label: server.label,
    baseURL: server.shownBaseURL ?? server.baseURL,
    local: server.local,
    hasKey: server.apiKey !== undefined,
    ...(server.envKey !== undefined && { envKey: server.envKey }),
    secrets: server.apiKey === undefined ? [] : [server.apiKey],
  };
}

/** The body, or undefined when it is longer than a list can be. */
async function readList(response: Response): Promise<string | undefined> {
  try {
    return await readBounded(response, maxListBytes);
  } catch (cause) {
    if (cause instanceof AppError) return undefined;
    throw cause;
  }
}
