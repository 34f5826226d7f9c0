import type {
  ModelInfo,
  ModelRef,
  ProviderAdapter,
  ProviderInfo,
  ProviderModels,
  ProviderStatus,
} from '../../model.ts';
import { ownHardware } from '../../price.ts';
import type { ListedModel } from '../../provider.ts';
import { type ErrorContext, makeError } from '../calls/errors.ts';
import { createUpstreamFetch, type FetchLike, parseBaseURL } from '../calls/upstream-fetch.ts';
import type { CustomServer, ProviderLimits } from '../config.ts';
import { getProtocol } from '../protocols/index.ts';
import type { Protocol } from '../protocols/protocol.ts';
import { errorSentence } from '../../sentences.ts';
import { askForInfo, listModels, type ModelServer } from './list-models.ts';
import {
  convertPresetModels,
  describeModel,
  detectPreset,
  findSelfDescribed,
  type ProviderPreset,
  providerPresets,
  withListing,
} from './presets.ts';

/** Who can be asked right now, and how. */
export interface Registry {
  /** Asks local and custom servers for their models, all at once; takes at most a little over 1.5 s and never throws. */
  discover(): Promise<void>;
  /** Providers with their models, in the order of the picker. */
  list(): ProviderModels[];
  findModel(ref: ModelRef): { model: ModelInfo; adapter: ProviderAdapter; provider: ProviderInfo } | undefined;
  findProvider(id: string): { provider: ProviderInfo; adapter: ProviderAdapter; models: ModelInfo[] } | undefined;
  /** Where a provider is and how it is asked for its list, for a look at it now; undefined for the recordings. */
  findServer(id: string): ModelServer | undefined;
}

export interface RegistryOptions {
  /** By name of the environment variable. */
  keys: Record<string, string | undefined>;
  custom: readonly CustomServer[];
  /** Where to look for local servers; the usual ports when absent, nowhere when empty. */
  localServers?: readonly { id: string; label: string; baseURL: string }[];
  /** Recordings that answer when no model is there. */
  replay?: { adapter: ProviderAdapter; models: ModelInfo[]; label?: string };
  limits: ProviderLimits;
  /** Where bytes come from; ours over undici when absent. */
  fetch?: FetchLike;
}

/** A provider with all that is needed to ask it. */
interface Entry {
  info: ProviderInfo;
  adapter: ProviderAdapter;
  models: Map<string, ModelInfo>;
  server?: ModelServer;
}

/** A place where a server may be. */
interface Place {
  id: string;
  label: string;
  baseURL: string;
  kind: 'local' | 'custom';
  apiKey?: string;
  /** Found on a usual port: what it is called depends on what answers. */
  guessed: boolean;
  /** The preset it is one of, by its id. */
  preset?: ProviderPreset;
}

/** What a server has, and how it is spoken to. */
interface Listing {
  models: readonly ListedModel[];
  protocol: Protocol;
  /** Who it says it is, where its list does not tell. */
  preset?: ProviderPreset;
}
type Answer = Listing | { reason: string };

const discoverMs = 1_500;
const maxKeyLength = 512;

/** The registry of providers: presets with a key, the operator's own servers, what runs on this machine, and recordings. */
export function createRegistry(options: RegistryOptions): Registry {
  const fetch = options.fetch ?? createUpstreamFetch({ connectMs: options.limits.connectMs });
  let hosted = providerPresets
    .filter((preset) => preset.kind === 'hosted')
    .map((preset) => createHosted(preset, options, fetch));
  const replay = options.replay ? [createReplay(options.replay)] : [];
  const places = placesOf(options);
  let custom = places.flatMap((place) =>
    place.kind === 'custom'
      ? [createServer(place, { models: [], protocol: getProtocol(undefined) }, options, fetch)]
      : [],
  );
  let local: Entry[] = [];
  let entries = new Map<string, Entry>();
  let discovering: Promise<void> | undefined;

  const arrange = () => {
    const all = [...custom, ...local, ...hosted, ...replay];
    entries = new Map();
    for (const entry of all) if (!entries.has(entry.info.id)) entries.set(entry.info.id, entry);
  };
  arrange();

  const discover = async () => {
    const [found, nextHosted] = await Promise.all([
      Promise.all(places.map((place) => ask(place, fetch))),
      Promise.all(hosted.map((entry) => refreshPrices(entry, fetch))),
    ]);
    hosted = nextHosted;
    const nextCustom: Entry[] = [];
    const nextLocal: Entry[] = [];
    places.forEach((place, i) => {
      const answer = found[i];
      if (place.kind === 'local') {
        if (answer && !('reason' in answer)) nextLocal.push(createServer(place, answer, options, fetch));
        return;
      }
      const before = custom.find((entry) => entry.info.id === place.id);
      if (answer && !('reason' in answer)) nextCustom.push(createServer(place, answer, options, fetch));
      else if (before) nextCustom.push({ ...before, info: { ...before.info, status: unreachable(answer?.reason) } });
    });
    custom = nextCustom;
    local = nextLocal;
    arrange();
  };

  return {
    discover() {
      discovering ??= discover().finally(() => {
        discovering = undefined;
      });
      return discovering;
    },
    list: () => [...entries.values()].map(({ info, models }) => ({ provider: info, models: [...models.values()] })),
    findModel(ref) {
      const entry = entries.get(ref.providerId);
      const model = entry?.models.get(ref.modelKey);
      return entry && model ? { model, adapter: entry.adapter, provider: entry.info } : undefined;
    },
    findProvider(id) {
      const entry = entries.get(id);
      return entry && { provider: entry.info, adapter: entry.adapter, models: [...entry.models.values()] };
    },
    findServer: (id) => entries.get(id)?.server,
  };
}

function createHosted(preset: ProviderPreset, options: RegistryOptions, fetch: FetchLike): Entry {
  const { id, label, envKey, dialect } = preset;
  const protocol = getProtocol(preset.protocol);
  const key = envKey === undefined ? undefined : cleanKey(options.keys[envKey]);
  const models = convertPresetModels(preset);
  const status: ProviderStatus =
    preset.status === 'gone'
      ? { state: 'gone', reason: preset.statusReason ?? `${label} has shut down.` }
      : envKey !== undefined && key === undefined
        ? { state: 'needs-key', envKey }
        : { state: 'ready', models: models.length };
  return {
    info: { id, label, kind: 'hosted', status },
    adapter:
      status.state === 'ready'
        ? protocol.createAdapter({
            id,
            label,
            baseURL: preset.baseURL,
            ...(key !== undefined && { apiKey: key }),
            ...(envKey !== undefined && { envKey }),
            ...(dialect && { dialect }),
            limits: options.limits,
            fetch,
          })
        : createRefusingAdapter(preset, status),
    models: byKey(models),
    server: {
      label,
      protocol,
      ...(dialect && { dialect }),
      baseURL: preset.baseURL,
      listPath: preset.listModels,
      ...(key !== undefined && { apiKey: key }),
      ...(envKey !== undefined && { envKey }),
      needsKey: envKey !== undefined,
      publicList: preset.publicList ?? false,
      local: false,
      ...(preset.listPrices && { listPrices: preset.listPrices }),
    },
  };
}

/** A provider with the prices and routes of its list, where that tells them; as it was when the list does not come. */
async function refreshPrices(entry: Entry, fetch: FetchLike): Promise<Entry> {
  const { info, server } = entry;
  const preset = providerPresets.find(({ id }) => id === info.id);
  if (!preset || !server?.listPrices || info.status.state !== 'ready') return entry;
  const answer = await listModels(server, fetch, discoverMs);
  if ('error' in answer) return entry;
  return { ...entry, models: byKey(convertPresetModels(preset).map((model) => withListing(model, answer.models))) };
}

/** Says why a provider cannot be asked, without a call that is known to fail. */
function createRefusingAdapter({ label, baseURL, envKey }: ProviderPreset, status: ProviderStatus): ProviderAdapter {
  const context: ErrorContext = {
    label,
    baseURL,
    local: false,
    hasKey: false,
    secrets: [],
    ...(envKey !== undefined && { envKey }),
  };
  const error = makeError(context, { kind: status.state === 'gone' ? 'gone' : 'auth' });
  return {
    async *ask() {
      yield { type: 'error', error };
    },
  };
}

function createServer(place: Place, listing: Listing, options: RegistryOptions, fetch: FetchLike): Entry {
  const { protocol, models: listed } = listing;
  const preset = listing.preset ?? detectPreset(place.baseURL, listed);
  const id = place.guessed && preset ? preset.id : place.id;
  const label = place.guessed && preset ? preset.label : place.label;
  const price = place.kind === 'local' ? ownHardware : undefined;
  const models = listed.map((model) => describeModel(model, { providerId: id, protocol, preset, price }));
  const { apiKey, baseURL } = place;
  const common = {
    label,
    baseURL,
    ...(apiKey !== undefined && { apiKey }),
    local: isLocal(place),
    ...(preset?.dialect && { dialect: preset.dialect }),
  };
  return {
    info: { id, label, kind: place.kind, status: { state: 'ready', models: models.length } },
    adapter: protocol.createAdapter({ ...common, id, limits: options.limits, fetch }),
    models: byKey(models),
    server: { ...common, protocol, listPath: '/models', needsKey: false, publicList: false },
  };
}

function createReplay({ adapter, models, label }: NonNullable<RegistryOptions['replay']>): Entry {
  const id = models[0]?.providerId ?? 'replay';
  const status: ProviderStatus = { state: 'ready', models: models.length };
  return { info: { id, label: label ?? 'Recordings', kind: 'replay', status }, adapter, models: byKey(models) };
}

/** Where to look: the operator's servers, then the local ones, each address once. */
function placesOf(options: RegistryOptions): Place[] {
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
    if (!byAddress.has(place.baseURL)) byAddress.set(place.baseURL, place);
  }
  return [...byAddress.values()];
}

/** Asks a server what it has, in its own protocol if it should have one; a reason when it does not say. */
async function ask(place: Place, fetch: FetchLike): Promise<Answer> {
  const usual = getProtocol(undefined);
  const own = getProtocol(place.preset?.protocol);
  const until = performance.now() + discoverMs;
  const answer = await askIn(own, place, fetch, discoverMs);
  if (own === usual) return (await askWhoItIs(place, answer, fetch, until - performance.now())) ?? answer;
  if ('models' in answer) return place.preset ? { ...answer, preset: place.preset } : answer;
  // Something else on its port: what most speak, then.
  return 'noList' in answer ? askIn(usual, place, fetch, until - performance.now()) : answer;
}

/** `noList`: something is there, and has no list to give. */
type ListedOrNot = Listing | { reason: string; noList?: true };

async function askIn(protocol: Protocol, place: Place, fetch: FetchLike, timeoutMs: number): Promise<ListedOrNot> {
  const { label, baseURL, apiKey } = place;
  const server: ModelServer = {
    label,
    protocol,
    baseURL,
    listPath: '/models',
    ...(apiKey !== undefined && { apiKey }),
    needsKey: false,
    publicList: false,
    local: isLocal(place),
  };
  const answer = await listModels(server, fetch, Math.max(1, Math.round(timeoutMs)));
  if ('models' in answer) return { models: answer.models, protocol };
  return { reason: errorSentence(answer.error), ...(answer.latencyMs !== undefined && { noList: true }) };
}

/** Asks a server what it is, where its list does not tell and it may be one that does so elsewhere. */
async function askWhoItIs(
  place: Place,
  answer: ListedOrNot,
  fetch: FetchLike,
  timeoutMs: number,
): Promise<Listing | undefined> {
  const preset = place.preset?.infoPath === undefined ? findSelfDescribed(place.baseURL) : place.preset;
  if (preset?.infoPath === undefined) return undefined;
  const listed = 'models' in answer ? answer.models : [];
  if ('reason' in answer ? !answer.noList : detectPreset(place.baseURL, listed) !== undefined) return undefined;
  const { baseURL, apiKey } = place;
  const protocol = getProtocol(preset.protocol);
  const server = { baseURL, protocol, infoPath: preset.infoPath, ...(apiKey !== undefined && { apiKey }) };
  const told = await askForInfo(server, fetch, AbortSignal.timeout(Math.max(1, Math.round(timeoutMs))));
  return told && { models: listed.length > 0 ? listed : told, protocol, preset };
}

function unreachable(reason: string | undefined): ProviderStatus {
  return { state: 'unreachable', reason: reason ?? 'It could not be reached.' };
}

/** A key that can be sent in a header; undefined when there is none, or none that could be. */
function cleanKey(key: string | undefined): string | undefined {
  const trimmed = key?.trim();
  return trimmed && trimmed.length <= maxKeyLength && /^[\x21-\x7e]+$/.test(trimmed) ? trimmed : undefined;
}

function byKey(models: readonly ModelInfo[]): Map<string, ModelInfo> {
  return new Map(models.map((model) => [model.key, model]));
}

/** On a machine of the operator's own. */
function isLocal({ kind, baseURL }: Place): boolean {
  return kind === 'local' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(baseURL).hostname);
}
