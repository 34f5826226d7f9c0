import type { ModelInfo, ModelMemory, ModelRef, ProviderAdapter, ProviderInfo, ProviderModels } from '../model.ts';
import {
  applyOverride,
  type ListedModel,
  type ModelOverride,
  type ModelOverrideEntry,
  type ProviderCheck,
} from '../provider.ts';
import { statusOfError } from '../provider-status.ts';
import { openKey } from './auth/sealed-key.ts';
import type { ProviderLimits } from './config.ts';
import type { ModelHabits } from './generation/model-habits.ts';
import { checkServer, type ModelServer } from './providers/list-models.ts';
import { createOwnEntry, type OwnEntry, type OwnServer } from './providers/own-server.ts';
import { askForMore } from './providers/places.ts';
import { describeByName, findPreset, withServerBehind } from './providers/presets.ts';
import type { Registry } from './providers/registry.ts';
import { awayPausesMs, pauseAfter } from './calls/pauses.ts';
import type { FetchLike } from './calls/upstream-fetch.ts';
import type { OwnProvider } from './store/own-providers.ts';
import type { Store } from './store/store.ts';

/** Who one person can ask: what the server offers to all, their own providers, and all of it as they want it. */
export interface ViewerRegistry {
  /** In the order of the picker: their own first. */
  list(): ProviderModels[];
  /** A model of a server that is not ready may be asked all the same, though its list has not told of it. */
  findModel(ref: ModelRef): { model: ModelInfo; adapter: ProviderAdapter; provider: ProviderInfo } | undefined;
  findProvider(id: string): { provider: ProviderInfo; adapter: ProviderAdapter; models: ModelInfo[] } | undefined;
}

/** A person's own provider: as it is kept, and ready to be asked. */
export interface OwnView {
  own: OwnProvider;
  entry: OwnEntry;
  /** How the last look at it failed; absent when it did not, or nobody has looked. */
  failed?: Failure;
}

type Failure = NonNullable<OwnServer['failed']>;

/** A look at a person's server. */
interface Check {
  /** All of the provider that the look depends on. */
  like: string;
  check: Promise<ProviderCheck>;
  last?: ProviderCheck;
  /** Looks that failed one after the other before this one. */
  failuresBefore: number;
  /** Epoch ms of the first of them. */
  failedSince?: number;
}

const listTimeoutMs = 6_000;
/** A look at a server that is younger than this is not repeated. */
const freshMs = 3_000;
/** A look that somebody waits for who asks for a model that is not there. */
const askedWithinMs = 4_000;
/** What failed is looked at again after these, each time somebody opens the list; the last pause stays. */
const pausesMs = { loading: [1_000, 2_000, 5_000], away: awayPausesMs };
/** Between two looks at all of the operator's servers, however many ask for one. */
const discoverPauseMs = 1_000;
const maxChecks = 2_000;

/** The models of each person. Reads the store at each call, so that every tab and every instance sees the same. */
export class ViewerModels {
  readonly #store: Store;
  readonly #registry: Registry;
  readonly #limits: ProviderLimits;
  readonly #secret: string;
  readonly #fetch: FetchLike;
  readonly #guardedFetch: FetchLike;
  readonly #habits: ModelHabits;
  #discoveredAt = Number.NEGATIVE_INFINITY;
  /** By provider, with what it was like when it was looked at. */
  readonly #checks = new Map<string, Check>();
  /** What people's servers have in memory, by provider and model; bounded like the checks. */
  readonly #memories = new Map<string, ReadonlyMap<string, ModelMemory>>();

  constructor(parts: {
    store: Store;
    registry: Registry;
    limits: ProviderLimits;
    /** Opens people's keys. */
    secret: string;
    /** For the operator's own servers. */
    fetch: FetchLike;
    /** For people's servers; see address-guard.ts. */
    guardedFetch: FetchLike;
    habits: ModelHabits;
  }) {
    this.#habits = parts.habits;
    this.#store = parts.store;
    this.#registry = parts.registry;
    this.#limits = parts.limits;
    this.#secret = parts.secret;
    this.#fetch = parts.fetch;
    this.#guardedFetch = parts.guardedFetch;
  }

  async forViewer(ownerId: string): Promise<ViewerRegistry> {
    const [own, overrides] = await Promise.all([this.listOwn(ownerId), this.#store.modelOverrides.list(ownerId)]);
    const shape = shapeBy(overrides);
    const shaped = (info: ProviderInfo, listed: readonly ModelInfo[]) => {
      const { provider, models } = shape(info, listed);
      return { provider, models: models.map((model) => this.#habits.withSeen(model)) };
    };
    const shapedOwn = ({ entry, failed }: OwnView) => withoutList(shaped(entry.info, entry.models), failed);
    const labels = toldApart(own, this.#registry.list());
    const find = (id: string) => {
      const mine = own.find((view) => view.own.id === id);
      if (mine) return { adapter: mine.entry.adapter, ...labels(shapedOwn(mine)) };
      const found = this.#registry.findProvider(id);
      return found && { ...found, ...shaped(found.provider, found.models) };
    };
    return {
      list: () => {
        const presets = new Set(own.map((view) => view.own.presetId));
        const addresses = new Set(own.map((view) => view.own.baseURL));
        const shared = this.#registry
          .list()
          // Someone with a key of their own does not need to be told that the server has none.
          .filter(({ provider: { id, status } }) => status.state !== 'needs-key' || !presets.has(id))
          .filter(
            ({ provider: { id, status } }) =>
              status.state !== 'locked' || !addresses.has(this.#registry.findServer(id)?.baseURL ?? ''),
          )
          .map(({ provider, models }) => shaped(provider, models));
        return [...own.map((view) => labels(shapedOwn(view))), ...shared];
      },
      findModel: (ref) => {
        const found = find(ref.providerId);
        const model = found && (findListed(found.models, ref.modelKey) ?? takenAtItsWord(found.provider, ref.modelKey));
        return found && model ? { model, adapter: found.adapter, provider: found.provider } : undefined;
      },
      findProvider: find,
    };
  }

  /** The same for asking these models: where one is missing, its server is looked at first, for some seconds at most. */
  async forAsking(ownerId: string, refs: readonly (ModelRef | undefined)[]): Promise<ViewerRegistry> {
    const before = await this.forViewer(ownerId);
    const missing = new Set<string>();
    for (const ref of refs) {
      if (ref && !findListed(before.findProvider(ref.providerId)?.models ?? [], ref.modelKey)) {
        missing.add(ref.providerId);
      }
    }
    if (missing.size === 0) return before;
    const own = await this.listOwn(ownerId);
    const looks = [...missing].map((id) => {
      const view = own.find((one) => one.own.id === id);
      return view ? this.checkOwn(ownerId, view) : this.#registry.lookFor(id, askedWithinMs);
    });
    await withinTime(looks, askedWithinMs);
    return this.forViewer(ownerId);
  }

  /** Looks again at what may have changed, for `withinMs` at most; what comes later counts all the same. Never fails. */
  async freshen(ownerId: string, withinMs: number): Promise<void> {
    const own = await this.listOwn(ownerId);
    const looks = own.filter((view) => this.#isDue(view)).map((view) => this.checkOwn(ownerId, view));
    await withinTime([this.#registry.freshen(withinMs), ...looks], withinMs);
  }

  /** All who refresh at about the same time share a look. */
  #discover(): Promise<void> {
    if (performance.now() - this.#discoveredAt < discoverPauseMs) return Promise.resolve();
    return this.#registry.discover().finally(() => {
      this.#discoveredAt = performance.now();
    });
  }

  /** Asks everyone who may have other models now; takes a few seconds at most and never fails. */
  async refresh(ownerId: string): Promise<void> {
    const own = await this.listOwn(ownerId);
    await Promise.all([this.#discover(), ...own.map((view) => this.checkOwn(ownerId, view))]);
  }

  /** A person's own providers, ready to be asked, in the order they were added. */
  async listOwn(ownerId: string): Promise<OwnView[]> {
    const rows = await this.#store.providers.list(ownerId);
    return rows.map((row) => this.viewOf(ownerId, row));
  }

  viewOf(ownerId: string, own: OwnProvider): OwnView {
    const { id, label, baseURL, presetId, key, listed } = own;
    const origin = new URL(baseURL).origin;
    const apiKey =
      key?.origin === origin ? openKey(this.#secret, { ownerId, providerId: id, origin }, key.sealed) : undefined;
    const failed = this.#lastFailure(id, likeOf(own));
    const entry = createOwnEntry(
      {
        id,
        label,
        baseURL,
        keyIsLost: key !== undefined && apiKey === undefined,
        ...(presetId !== undefined && { presetId }),
        ...(apiKey !== undefined && { apiKey }),
        ...(listed && { listed: listed.map((model) => this.#inMemory(id, model)) }),
        ...(failed?.isOut && { failed }),
      },
      { limits: this.#limits, fetch: this.#guardedFetch },
    );
    return { own, entry, ...(failed && { failed }) };
  }

  #inMemory(providerId: string, listed: ListedModel): ListedModel {
    const memory = this.#memories.get(providerId)?.get(listed.id);
    return memory ? { ...listed, memory } : listed;
  }

  /** Looks at a person's server now and keeps what it lists. */
  async checkOwn(ownerId: string, { own, entry }: OwnView): Promise<ProviderCheck> {
    return this.#check(own.id, likeOf(own), async () => {
      const { answer, check } = await checkServer(entry.server, this.#guardedFetch, listTimeoutMs);
      if ('models' in answer) {
        const preset = findPreset(own.presetId);
        const told = { models: answer.models, ...(preset && { preset }) };
        const { models } = await askForMore(entry.server, told, this.#guardedFetch, listTimeoutMs);
        await this.#keepListed(ownerId, own, models);
      }
      return check;
    });
  }

  /** What a list says lastingly is kept in the store; what is in the server's memory at the moment, in ours. */
  async #keepListed(ownerId: string, own: OwnProvider, listed: readonly ListedModel[]): Promise<void> {
    const memories = listed.flatMap(({ id, memory }) => (memory ? [[id, memory] as const] : []));
    if (memories.length > 0) this.#memories.set(own.id, new Map(memories));
    else this.#memories.delete(own.id);
    const models = listed.map(({ memory: _, ...lasting }) => lasting);
    if (JSON.stringify(models) === JSON.stringify(own.listed)) return;
    await this.#store.providers.saveListedModels(ownerId, own.id, { baseURL: own.baseURL, models });
  }

  /** Looks at one provider now, whenever it was last looked at. */
  async lookNow(ownerId: string, id: string): Promise<void> {
    const view = (await this.listOwn(ownerId)).find(({ own }) => own.id === id);
    this.#checks.delete(id);
    if (view) await this.checkOwn(ownerId, view);
    else await this.#registry.lookFor(id, askedWithinMs);
  }

  /** Looks at one of the operator's servers now; what the look shows is what everybody is offered from then on. */
  async checkShared(id: string, server: ModelServer): Promise<ProviderCheck> {
    return this.#check(id, server.baseURL, async () => {
      const { answer, check } = await checkServer(server, this.#fetch, listTimeoutMs);
      this.#registry.take(id, answer);
      return check;
    });
  }

  /** Whether a person's server should be looked at again: what failed after a while, what is near by when it may have changed. */
  #isDue({ own, entry }: OwnView): boolean {
    const seen = this.#checks.get(own.id);
    if (!seen || seen.like !== likeOf(own)) return true;
    if (!seen.last) return false;
    const age = Date.now() - seen.last.at;
    if (!seen.last.error) return entry.server.local && age >= freshMs;
    const steps = seen.last.error.code === 'loading-model' ? pausesMs.loading : pausesMs.away;
    return age >= pauseAfter(seen.failuresBefore, steps);
  }

  /** One look at a time, and a fresh one is not repeated. `like`: what the provider was when it was looked at. */
  #check(id: string, like: string, look: () => Promise<ProviderCheck>): Promise<ProviderCheck> {
    const before = this.#checks.get(id);
    const isFresh = before?.like === like && (!before.last || Date.now() - before.last.at < freshMs);
    if (before && isFresh) return before.check;
    const failed = before?.like === like && before.last?.error !== undefined ? before : undefined;
    const entry: Check = {
      like,
      check: look(),
      failuresBefore: failed ? failed.failuresBefore + 1 : 0,
      ...(failed?.failedSince !== undefined && { failedSince: failed.failedSince }),
    };
    this.#checks.delete(id);
    this.#checks.set(id, entry);
    const [oldest] = this.#checks.keys();
    if (this.#checks.size > maxChecks && oldest !== undefined) {
      this.#checks.delete(oldest);
      this.#memories.delete(oldest);
    }
    entry.check.then(
      (check) => {
        entry.last = check;
        entry.failedSince ??= check.at;
      },
      () => this.#checks.delete(id),
    );
    return entry.check;
  }

  /** `isOut`: it did not answer at all, or not to this key, or not yet; else only its list is missing. */
  #lastFailure(id: string, like: string): (Failure & { isOut: boolean }) | undefined {
    const seen = this.#checks.get(id);
    const last = seen?.like === like ? seen.last : undefined;
    if (!last?.error) return undefined;
    const { error, reachable, key, at } = last;
    const isOut = !reachable || key === 'wrong' || key === 'missing' || error.code === 'loading-model';
    return { error, at: seen?.failedSince ?? at, isOut };
  }
}

/** The model of a key; where servers name versions, one without a name means the latest. */
function findListed(models: readonly ModelInfo[], key: string): ModelInfo | undefined {
  return models.find((model) => model.key === key) ?? models.find((model) => model.key === `${key}:latest`);
}

/** A server that is not ready cannot say what it has: what is asked of it is asked. */
function takenAtItsWord({ id, status }: ProviderInfo, key: string): ModelInfo | undefined {
  return 'since' in status ? describeByName(key, id) : undefined;
}

/** A server that lists nothing, because its list failed, is not ready. */
function withoutList(group: ProviderModels, failed: Failure | undefined): ProviderModels {
  const { provider, models } = group;
  if (!failed || models.length > 0 || provider.status.state !== 'ready') return group;
  return { ...group, provider: { ...provider, status: statusOfError(failed.error, failed.at) } };
}

/** Gives a person's servers of one name their addresses, so that they are told apart. */
function toldApart(own: readonly OwnView[], shared: readonly ProviderModels[]) {
  const labels = [...own.map((view) => view.own.label), ...shared.map(({ provider }) => provider.label)];
  const hosts = new Map(own.map((view) => [view.own.id, new URL(view.own.baseURL).host]));
  return (group: ProviderModels): ProviderModels => {
    const { provider } = group;
    if (labels.filter((label) => label === provider.label).length < 2) return group;
    return {
      ...group,
      provider: { ...provider, label: `${provider.label} (${hosts.get(provider.id) ?? provider.id})` },
    };
  };
}

/** Waits for all of these, but not for ever; what fails is told where it is looked at. */
async function withinTime(looks: readonly Promise<unknown>[], ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.allSettled(looks), late]);
  clearTimeout(timer);
}

/** All of a provider that a look at it depends on; not what the look finds. */
function likeOf({ baseURL, key }: OwnProvider): string {
  return JSON.stringify([baseURL, key?.sealed]);
}

/** A model as its person wants it, spoken to as they say. */
function overridden(model: ModelInfo, override: ModelOverride): ModelInfo {
  const changed = applyOverride(model, override);
  return override.behind === undefined ? changed : withServerBehind(changed);
}

/** Puts a person's words over models, and the ones they have added behind them. */
function shapeBy(
  overrides: readonly ModelOverrideEntry[],
): (provider: ProviderInfo, models: readonly ModelInfo[]) => ProviderModels {
  const byProvider = new Map<string, Map<string, ModelOverride>>();
  for (const { providerId, modelKey, override } of overrides) {
    const its = byProvider.get(providerId) ?? new Map<string, ModelOverride>();
    byProvider.set(providerId, its.set(modelKey, override));
  }
  return (provider, models) => {
    const its = byProvider.get(provider.id);
    if (!its) return { provider, models: [...models] };
    const changed = models.map((model) => {
      const override = its.get(model.key);
      return override ? overridden(model, override) : model;
    });
    const known = new Set(models.map(({ key }) => key));
    const added = [...its].flatMap(([id, override]) => {
      if (!override.added || known.has(id)) return [];
      const meant = findListed(models, id);
      return [overridden(meant ? { ...meant, key: id, id, label: id } : describeByName(id, provider.id), override)];
    });
    const all = [...changed, ...added];
    const { status } = provider;
    const isThere = status.state === 'ready' || ('reason' in status && status.reason.code === 'no-model-list');
    return {
      provider: isThere && all.length > 0 ? { ...provider, status: { state: 'ready', models: all.length } } : provider,
      models: all,
    };
  };
}
