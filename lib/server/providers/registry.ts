import type {
  ModelInfo,
  ModelRef,
  ProviderAdapter,
  ProviderInfo,
  ProviderModels,
  ProviderStatus,
} from '../../model.ts';
import type { GenerationError } from '../../errors.ts';
import { ownHardware } from '../../price.ts';
import { type ErrorContext, makeError } from '../calls/errors.ts';
import { createUpstreamFetch, type FetchLike } from '../calls/upstream-fetch.ts';
import type { CustomServer, ProviderLimits } from '../config.ts';
import { getProtocol } from '../protocols/index.ts';
import type { AskedServer } from '../protocols/protocol.ts';
import { type Entry, isOutOf, modelsByKey } from './entry.ts';
import { type ListAnswer, listModels, type ModelServer } from './list-models.ts';
import { cleanKey, type Listing, type Look, lookAt, type Place, placesOf, serverAt } from './places.ts';
import {
  convertPresetModels,
  describeModel,
  detectPreset,
  type ProviderPreset,
  findPreset,
  providerPresets,
  withListing,
} from './presets.ts';
import { WatchedPlace } from './watched-place.ts';

/** Who can be asked right now, and how. */
export interface Registry {
  /**
   * Asks local and custom servers for their models, all at once; takes at most a little over 1.5 s and never throws. What is
   * slower is listened to all the same, and appears when it has answered.
   */
  discover(): Promise<void>;
  /** Looks again at what may have changed, for `withinMs` at most; what comes later counts all the same. Never throws. */
  freshen(withinMs: number): Promise<void>;
  /** Looks now at the server of this id, or at all places where one of this id might be. Never throws. */
  lookFor(id: string, withinMs: number): Promise<void>;
  /** Takes what somebody else's look at a server showed. */
  take(id: string, answer: ListAnswer): void;
  /** These are the models inside from now on. */
  setInside(models: ModelInfo[]): void;
  /** From now on, until `close`, servers that are not ready are looked at by themselves. */
  watch(): void;
  close(): void;
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
  replay?: Built;
  /** Small models of our own, which run in this process. */
  inside?: Built;
  limits: ProviderLimits;
  /** Others can reach this server: where the operator's own machines are is not told. */
  isPublic?: boolean;
  /** Where bytes come from; ours over undici when absent. */
  fetch?: FetchLike;
}

/** A provider that comes with the app. */
export interface Built {
  adapter: ProviderAdapter;
  models: ModelInfo[];
  label?: string;
}

/** Who looks, waits so long for a list. */
const discoverMs = 1_500;

/** The registry of providers: presets with a key, the operator's own servers, what runs on this machine, and recordings. */
export function createRegistry(options: RegistryOptions): Registry {
  const fetch = options.fetch ?? createUpstreamFetch({ connectMs: options.limits.connectMs });
  let hosted = providerPresets
    .filter((preset) => preset.kind === 'hosted')
    .map((preset) => createHosted(preset, options, fetch));
  const recordings = options.replay ? [createBuilt('replay', options.replay)] : [];
  let inside = options.inside ? [createBuilt('inside', options.inside)] : [];
  let entries = new Map<string, Entry>();
  const arrange = () => {
    const seen = (kind: Place['kind']) => watched.flatMap(({ place, entry }) => (place.kind === kind && entry) || []);
    const all = [...seen('custom'), ...seen('local'), ...hosted, ...inside, ...recordings];
    entries = new Map();
    for (const entry of all) if (!entries.has(entry.info.id)) entries.set(entry.info.id, entry);
  };
  const watched = placesOf(options).map((place) => watchPlace(place, options, fetch, arrange));
  let discovering: Promise<void> | undefined;
  arrange();

  const discover = async () => {
    const [, nextHosted] = await Promise.all([
      Promise.all(watched.map((place) => place.look(discoverMs, true))),
      Promise.all(hosted.map((entry) => refreshPrices(entry, fetch))),
    ]);
    hosted = nextHosted;
    arrange();
  };
  const placeOf = (id: string) => watched.find(({ entry }) => entry?.info.id === id);

  return {
    discover() {
      discovering ??= discover().finally(() => {
        discovering = undefined;
      });
      return discovering;
    },
    async freshen(withinMs) {
      await Promise.all(watched.map((place) => place.freshen(withinMs)));
    },
    async lookFor(id, withinMs) {
      const known = placeOf(id);
      if (!known && entries.has(id)) return; // it has no place that could be looked at
      await Promise.all((known ? [known] : watched).map((place) => place.look(withinMs)));
    },
    take(id, answer) {
      const place = placeOf(id);
      if (place) place.take(lookOf(answer, place));
    },
    setInside(models) {
      if (!options.inside) return;
      inside = [createBuilt('inside', { ...options.inside, models })];
      arrange();
    },
    watch() {
      for (const place of watched) place.watch();
    },
    close() {
      for (const place of watched) place.close();
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

/** A place that makes itself a provider as soon as there is something to show. */
function watchPlace(place: Place, options: RegistryOptions, fetch: FetchLike, onChange: () => void): WatchedPlace {
  // What was asked in vain may be gone, locked or loading; what answers at last is there.
  const onSeen = (error: GenerationError | undefined) => {
    const { entry } = watched;
    const wasAway = entry?.info.status.state !== 'ready' || hasAway(entry);
    if (error ? tellsOfServer(error) : wasAway) void watched.look(discoverMs);
  };
  const mustLoad = (id: string) => watched.entry !== undefined && isPutAway(watched.entry, id);
  const build = (at: Place, listing: Listing, status?: ProviderStatus) =>
    createServer(at, listing, { limits: options.limits, fetch, status, onSeen, mustLoad });
  const unlisted = (preset: ProviderPreset | undefined): Listing => ({
    models: [],
    protocol: getProtocol(preset?.protocol),
    ...(preset && { preset }),
  });
  const first = place.guessed ? undefined : build(place, unlisted(place.preset));
  const watched = new WatchedPlace(
    place,
    {
      look: (at, timeoutMs) => lookAt(at, fetch, timeoutMs),
      build,
      buildUnlisted: (at, look, status) => {
        // On a usual port anything may run: only what is known to be a server of models is shown.
        const isServer = look.preset !== undefined || (look.speaks && status.state === 'locked');
        if (at.guessed && !isServer) return undefined;
        return build(at, unlisted(look.preset ?? (at.guessed ? undefined : at.preset)), status);
      },
      onChange,
    },
    place.kind === 'custom' ? first : undefined,
  );
  return watched;
}

/** Whether a model is out of its server's memory, as it was last seen. */
function isPutAway({ info, models }: Entry, id: string): boolean {
  const memory = [...models.values()].find((model) => model.id === id)?.memory;
  return info.status.state === 'asleep' || isOutOf(memory);
}

function hasAway({ models }: Entry): boolean {
  return [...models.values()].some(({ memory }) => isOutOf(memory));
}

/** Whether an error is about more than the question that met it. */
function tellsOfServer({ kind, code }: GenerationError): boolean {
  return kind === 'model' || kind === 'offline' || kind === 'auth' || code === 'loading-model';
}

/** A look by somebody who asks for the list alone. */
function lookOf(answer: ListAnswer, { entry, place }: WatchedPlace): Look {
  if ('error' in answer) {
    return { error: answer.error, answered: answer.latencyMs !== undefined, speaks: answer.speaks ?? false };
  }
  const protocol = entry?.server?.protocol ?? getProtocol(place.preset?.protocol);
  const isOwn = place.preset !== undefined && getProtocol(place.preset.protocol) === protocol && !place.guessed;
  // Whether it sleeps, a list does not tell: as it was last seen.
  const asleep = entry?.info.status.state === 'asleep' ? ({ asleep: true } as const) : {};
  return { models: answer.models, protocol, ...(isOwn && place.preset && { preset: place.preset }), ...asleep };
}

function createHosted(preset: ProviderPreset, options: RegistryOptions, fetch: FetchLike): Entry {
  const { id, label, envKey, dialect } = preset;
  const protocol = getProtocol(preset.protocol);
  const key = envKey === undefined ? undefined : cleanKey(options.keys[envKey]);
  const models = convertPresetModels(preset);
  const status: ProviderStatus =
    preset.status === 'gone'
      ? { state: 'gone', reason: goneCause(preset) }
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
    models: modelsByKey(models),
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

function goneCause({ label, statusReason }: ProviderPreset) {
  return statusReason === undefined
    ? ({ code: 'shut-down', facts: { provider: label } } as const)
    : ({ code: 'said', facts: { text: statusReason } } as const);
}

/** A provider with the prices and routes of its list, where that tells them; as it was when the list does not come. */
async function refreshPrices(entry: Entry, fetch: FetchLike): Promise<Entry> {
  const { info, server } = entry;
  const preset = findPreset(info.id);
  if (!preset || !server?.listPrices || info.status.state !== 'ready') return entry;
  const answer = await listModels(server, fetch, discoverMs);
  if ('error' in answer) return entry;
  const models = convertPresetModels(preset).map((model) => withListing(model, answer.models));
  return { ...entry, models: modelsByKey(models) };
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

function createServer(
  place: Place,
  listing: Listing,
  made: Pick<AskedServer, 'limits' | 'fetch' | 'onSeen' | 'mustLoad'> & { status: ProviderStatus | undefined },
): Entry {
  const { protocol, models: listed } = listing;
  const preset = listing.preset ?? detectPreset(place.baseURL, listed);
  const id = place.guessed && preset ? preset.id : place.id;
  const label = place.guessed && preset ? preset.label : place.label;
  const price = place.kind === 'local' ? ownHardware : undefined;
  const models = listed.map((model) => describeModel(model, { providerId: id, protocol, preset, price }));
  const server: ModelServer = {
    ...serverAt(place, protocol),
    label,
    ...(preset?.dialect && { dialect: preset.dialect }),
  };
  const { baseURL, shownBaseURL, apiKey, local, dialect } = server;
  const status: ProviderStatus = made.status ?? { state: 'ready', models: models.length };
  return {
    info: { id, label, kind: place.kind, status },
    adapter: protocol.createAdapter({
      id,
      label,
      baseURL,
      ...(shownBaseURL !== undefined && { shownBaseURL: label }),
      ...(apiKey !== undefined && { apiKey }),
      local,
      ...(dialect && { dialect }),
      limits: made.limits,
      fetch: made.fetch,
      listsModels: async () => 'models' in (await listModels(server, made.fetch, discoverMs)),
      ...(made.onSeen && { onSeen: made.onSeen }),
      ...(made.mustLoad && { mustLoad: made.mustLoad }),
    }),
    models: modelsByKey(models),
    server,
  };
}

function createBuilt(kind: 'inside' | 'replay', { adapter, models, label }: Built): Entry {
  const id = models[0]?.providerId ?? kind;
  const status: ProviderStatus = { state: 'ready', models: models.length };
  const info: ProviderInfo = {
    id,
    label: label ?? 'Recordings',
    kind,
    status,
    ...(adapter.findLikelihoods && { tellsLikelihoods: true }),
  };
  return { info, adapter, models: modelsByKey(models) };
}
