import type { GenerationError } from '../../errors.ts';
import type { ListedModel } from '../../provider.ts';
import { countOf, isRecord } from '../calls/json.ts';
import { type FetchLike, parseBaseURL } from '../calls/upstream-fetch.ts';
import type { CustomServer } from '../config.ts';
import { getProtocol } from '../protocols/index.ts';
import type { Protocol } from '../protocols/protocol.ts';
import { askForInfo, askForJson, listModels, type ModelServer } from './list-models.ts';
import { detectPreset, findSelfDescribed, type ProviderPreset, providerPresets, recognizePreset } from './presets.ts';
import { thinkingControlOf } from './thinking-control.ts';

/** A place where a server may be. */
export interface Place {
  id: string;
  label: string;
  baseURL: string;
  kind: 'local' | 'custom';
  apiKey?: string;
  /** A usual port: what it is called depends on what answers, and a place where nobody is is not shown. */
  guessed: boolean;
  /** What people are told in place of its address. */
  shownBaseURL?: string;
  /** The preset it is one of, by its id. */
  preset?: ProviderPreset;
}

/** What a server has, and how it is spoken to. */
export interface Listing {
  models: readonly ListedModel[];
  protocol: Protocol;
  /** Who it says it is, where its list does not tell. */
  preset?: ProviderPreset;
  /** Its model is out of memory until somebody asks. */
  asleep?: true;
}

/** What a look at a place showed. */
export type Look =
  | Listing
  /**
   * `answered`: something is there, and has no list to give. `preset`: what it is by its refusal; `speaks`: it refused in the
   * way of model servers.
   */
  | { error: GenerationError; answered: boolean; speaks: boolean; preset?: ProviderPreset };

const maxKeyLength = 512;

/** Where to look: the operator's servers, then the local ones, each address once. */
export function placesOf(options: {
  custom: readonly CustomServer[];
  localServers?: readonly { id: string; label: string; baseURL: string }[];
  isPublic?: boolean;
}): Place[] {
  const custom = options.custom.map(({ apiKey, ...server }): Place => {
    const key = cleanKey(apiKey);
    return {
      ...server,
      baseURL: parseBaseURL(server.baseURL),
      kind: 'custom',
      guessed: false,
      ...(key !== undefined && { apiKey: key }),
    };
  });
  const named = options.localServers?.map((server): Place => {
    const preset = providerPresets.find(({ id, kind }) => kind === 'local' && id === server.id);
    const label = preset && server.label === server.id ? preset.label : server.label;
    const place = { ...server, label, baseURL: parseBaseURL(server.baseURL), kind: 'local', guessed: false } as const;
    return preset ? { ...place, preset } : place;
  });
  const usual = providerPresets
    .filter((preset) => preset.kind === 'local')
    .map((preset): Place => {
      const { port } = new URL(preset.baseURL);
      const name = preset.sharedPort
        ? { id: `local-${port}`, label: `Local server (port ${port})` }
        : { id: preset.id, label: preset.label };
      return { ...name, baseURL: preset.baseURL, kind: 'local', guessed: true, preset };
    });
  const byAddress = new Map<string, Place>();
  for (const place of [...custom, ...(named ?? usual)]) {
    const shown = options.isPublic ? { ...place, shownBaseURL: place.label } : place;
    if (!byAddress.has(place.baseURL)) byAddress.set(place.baseURL, shown);
  }
  return [...byAddress.values()];
}

/** Asks a server what it has, in its own protocol if it should have one; the error when it does not say. Never throws. */
export async function lookAt(place: Place, fetch: FetchLike, timeoutMs: number): Promise<Look> {
  const usual = getProtocol(undefined);
  const own = getProtocol(place.preset?.protocol);
  const until = performance.now() + timeoutMs;
  const left = () => Math.max(1, Math.round(until - performance.now()));
  const look = await askIn(own, place, fetch, timeoutMs);
  if (own === usual) {
    const told = (await askWhoItIs(place, look, fetch, left())) ?? look;
    return 'models' in told ? withSleep(place, told, fetch, left()) : told;
  }
  if ('models' in look) return place.preset ? { ...look, preset: place.preset } : look;
  // Something else on its port: what most speak, then.
  return look.answered ? askIn(usual, place, fetch, left()) : look;
}

/** How a place is asked. */
export function serverAt(place: Place, protocol: Protocol): ModelServer {
  const { label, baseURL, shownBaseURL, apiKey } = place;
  return {
    label,
    protocol,
    baseURL,
    ...(shownBaseURL !== undefined && { shownBaseURL }),
    listPath: '/models',
    ...(apiKey !== undefined && { apiKey }),
    needsKey: false,
    publicList: false,
    local: isLocal(place),
  };
}

async function askIn(protocol: Protocol, place: Place, fetch: FetchLike, timeoutMs: number): Promise<Look> {
  const answer = await listModels(serverAt(place, protocol), fetch, Math.max(1, Math.round(timeoutMs)));
  if ('models' in answer) return { models: answer.models, protocol };
  const { error, latencyMs, speaks = false } = answer;
  const preset = recognizePreset(place.baseURL, error);
  return { error, answered: latencyMs !== undefined, speaks, ...(preset && { preset }) };
}

/** Asks a server what it is, where its list does not tell and it may be one that does so elsewhere. */
async function askWhoItIs(place: Place, look: Look, fetch: FetchLike, timeoutMs: number): Promise<Listing | undefined> {
  const preset = place.preset?.infoPath === undefined ? findSelfDescribed(place.baseURL) : place.preset;
  if (preset?.infoPath === undefined) return undefined;
  const listed = 'models' in look ? look.models : [];
  const isKnown = detectPreset(place.baseURL, listed) !== undefined;
  if ('error' in look ? !look.answered || look.preset !== undefined || look.error.kind === 'auth' : isKnown) {
    return undefined;
  }
  const protocol = getProtocol(preset.protocol);
  const server = { ...serverAt(place, protocol), infoPath: preset.infoPath };
  const told = await askForInfo(server, fetch, AbortSignal.timeout(timeoutMs));
  return told && { models: listed.length > 0 ? listed : told, protocol, preset };
}

/** Asks a server that tells more of itself whether it has put its model away, and what else its list left out. */
async function withSleep(place: Place, listing: Listing, fetch: FetchLike, timeoutMs: number): Promise<Listing> {
  const server = serverAt(place, listing.protocol);
  const { asleep, models } = await askForMore(server, listing, fetch, timeoutMs);
  return { ...listing, models, ...(asleep && { asleep }) };
}

/**
 * What a server's list holds, with what it tells elsewhere (llama.cpp's `/props`) of the one model it has: its window, and how
 * its thinking can be controlled. Servers that tell nothing more are not asked.
 */
export async function askForMore(
  server: Pick<ModelServer, 'baseURL' | 'apiKey' | 'dialect' | 'protocol'>,
  { models, preset = detectPreset(server.baseURL, models) }: Pick<Listing, 'models' | 'preset'>,
  fetch: FetchLike,
  timeoutMs: number,
): Promise<Pick<Listing, 'models' | 'asleep'>> {
  if (preset?.propsPath === undefined || models.length === 0) return { models };
  const props = await askForJson(server, preset.propsPath, fetch, AbortSignal.timeout(timeoutMs));
  const asleep = props?.is_sleeping === true ? ({ asleep: true } as const) : {};
  const [model, ...others] = models;
  if (!model || others.length > 0) return { models, ...asleep };
  const control = thinkingControlOf(props);
  const told = { ...withWindow(model, props?.default_generation_settings), ...(control && { control }) };
  return { models: [told], ...asleep };
}

/** With its window, where the list does not tell it. */
function withWindow(model: ListedModel, settings: unknown): ListedModel {
  const window = isRecord(settings) ? countOf(settings.n_ctx) : undefined;
  if (model.contextFrom || window === undefined) return model;
  return { ...model, contextTokens: window, contextFrom: 'server' };
}

/** A key that can be sent in a header; undefined when there is none, or none that could be. */
export function cleanKey(key: string | undefined): string | undefined {
  const trimmed = key?.trim();
  return trimmed && trimmed.length <= maxKeyLength && /^[\x21-\x7e]+$/.test(trimmed) ? trimmed : undefined;
}

/** On a machine of the operator's own. */
export function isLocal({ kind, baseURL }: Place): boolean {
  return kind === 'local' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(baseURL).hostname);
}
