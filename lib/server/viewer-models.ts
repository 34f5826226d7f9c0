import type { ModelInfo, ModelRef, ProviderAdapter, ProviderInfo, ProviderModels } from '../model.ts';
import { applyOverride, type ModelOverride, type ModelOverrideEntry, type ProviderCheck } from '../provider.ts';
import { errorSentence } from '../sentences.ts';
import { openKey } from './auth/sealed-key.ts';
import type { ProviderLimits } from './config.ts';
import { checkServer, type ModelServer } from './providers/list-models.ts';
import { createOwnEntry, type OwnEntry } from './providers/own-server.ts';
import { describeListedModel } from './providers/presets.ts';
import type { Registry } from './providers/registry.ts';
import type { FetchLike } from './calls/upstream-fetch.ts';
import type { OwnProvider } from './store/own-providers.ts';
import type { Store } from './store/store.ts';

/** Who one person can ask: what the server offers to all, their own providers, and all of it as they want it. */
export interface ViewerRegistry {
  /** In the order of the picker: their own first. */
  list(): ProviderModels[];
  findModel(ref: ModelRef): { model: ModelInfo; adapter: ProviderAdapter; provider: ProviderInfo } | undefined;
  findProvider(id: string): { provider: ProviderInfo; adapter: ProviderAdapter; models: ModelInfo[] } | undefined;
}

/** A person's own provider: as it is kept, and ready to be asked. */
export interface OwnView {
  own: OwnProvider;
  entry: OwnEntry;
}

const listTimeoutMs = 6_000;
/** A look at a server that is younger than this is not repeated. */
const freshMs = 3_000;
const maxChecks = 2_000;

/** The models of each person. Reads the store at each call, so that every tab and every instance sees the same. */
export class ViewerModels {
  readonly #store: Store;
  readonly #registry: Registry;
  readonly #limits: ProviderLimits;
  readonly #secret: string;
  readonly #fetch: FetchLike;
  readonly #guardedFetch: FetchLike;
  /** By provider, with what it was like when it was looked at. */
  readonly #checks = new Map<string, { like: string; check: Promise<ProviderCheck>; last?: ProviderCheck }>();

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
  }) {
    this.#store = parts.store;
    this.#registry = parts.registry;
    this.#limits = parts.limits;
    this.#secret = parts.secret;
    this.#fetch = parts.fetch;
    this.#guardedFetch = parts.guardedFetch;
  }

  async forViewer(ownerId: string): Promise<ViewerRegistry> {
    const [own, overrides] = await Promise.all([this.listOwn(ownerId), this.#store.modelOverrides.list(ownerId)]);
    const shaped = shapeBy(overrides);
    const find = (id: string) => {
      const mine = own.find((view) => view.own.id === id)?.entry;
      const found = mine
        ? { provider: mine.info, adapter: mine.adapter, models: mine.models }
        : this.#registry.findProvider(id);
      return found && { ...found, ...shaped(found.provider, found.models) };
    };
    return {
      list: () => {
        const presets = new Set(own.map((view) => view.own.presetId));
        const shared = this.#registry
          .list()
          // Someone with a key of their own does not need to be told that the server has none.
          .filter(({ provider: { id, status } }) => status.state !== 'needs-key' || !presets.has(id));
        const mine = own.map(({ entry }) => ({ provider: entry.info, models: entry.models }));
        return [...mine, ...shared].map(({ provider, models }) => shaped(provider, models));
      },
      findModel: (ref) => {
        const found = find(ref.providerId);
        const model = found?.models.find(({ key }) => key === ref.modelKey);
        return found && model ? { model, adapter: found.adapter, provider: found.provider } : undefined;
      },
      findProvider: find,
    };
  }

  /** Asks everyone who may have other models now; takes a few seconds at most and never fails. */
  async refresh(ownerId: string): Promise<void> {
    const own = await this.listOwn(ownerId);
    await Promise.all([this.#registry.discover(), ...own.map((view) => this.checkOwn(ownerId, view))]);
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
    const entry = createOwnEntry(
      {
        id,
        label,
        baseURL,
        keyIsLost: key !== undefined && apiKey === undefined,
        ...(presetId !== undefined && { presetId }),
        ...(apiKey !== undefined && { apiKey }),
        ...(listed && { listed }),
      },
      { limits: this.#limits, fetch: this.#guardedFetch },
    );
    const last = this.#lastCheck(id, likeOf(own));
    if (entry.info.status.state === 'ready' && last && isOut(last)) {
      entry.info = { ...entry.info, status: { state: 'unreachable', reason: errorSentence(last.error) } };
    }
    return { own, entry };
  }

  /** Looks at a person's server now and keeps what it lists. */
  async checkOwn(ownerId: string, { own, entry }: OwnView): Promise<ProviderCheck> {
    return this.#check(own.id, likeOf(own), async () => {
      const { answer, check } = await checkServer(entry.server, this.#guardedFetch, listTimeoutMs);
      if ('models' in answer && JSON.stringify(answer.models) !== JSON.stringify(own.listed)) {
        await this.#store.providers.saveListedModels(ownerId, own.id, { baseURL: own.baseURL, models: answer.models });
      }
      return check;
    });
  }

  /** Looks at one of the operator's servers now. */
  async checkShared(id: string, server: ModelServer): Promise<ProviderCheck> {
    return this.#check(id, server.baseURL, async () => (await checkServer(server, this.#fetch, listTimeoutMs)).check);
  }

  /** One look at a time, and a fresh one is not repeated. `like`: what the provider was when it was looked at. */
  #check(id: string, like: string, look: () => Promise<ProviderCheck>): Promise<ProviderCheck> {
    const before = this.#checks.get(id);
    const isFresh = before?.like === like && (!before.last || Date.now() - before.last.at < freshMs);
    if (before && isFresh) return before.check;
    const entry: { like: string; check: Promise<ProviderCheck>; last?: ProviderCheck } = { like, check: look() };
    this.#checks.delete(id);
    this.#checks.set(id, entry);
    const [oldest] = this.#checks.keys();
    if (this.#checks.size > maxChecks && oldest !== undefined) this.#checks.delete(oldest);
    entry.check.then(
      (check) => {
        entry.last = check;
      },
      () => this.#checks.delete(id),
    );
    return entry.check;
  }

  #lastCheck(id: string, like: string): ProviderCheck | undefined {
    const seen = this.#checks.get(id);
    return seen?.like === like ? seen.last : undefined;
  }
}

/** Whether a server did not answer at all, or not to this key. */
function isOut(check: ProviderCheck): check is ProviderCheck & { error: NonNullable<ProviderCheck['error']> } {
  return check.error !== undefined && (!check.reachable || check.key === 'wrong' || check.key === 'missing');
}

/** All of a provider that a look at it depends on; not what the look finds. */
function likeOf({ baseURL, key }: OwnProvider): string {
  return JSON.stringify([baseURL, key?.sealed]);
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
      return override ? applyOverride(model, override) : model;
    });
    const known = new Set(models.map(({ key }) => key));
    const added = [...its].flatMap(([id, override]) =>
      override.added && !known.has(id) ? [applyOverride(describeListedModel({ id }, provider.id), override)] : [],
    );
    const all = [...changed, ...added];
    const { status } = provider;
    return {
      provider: status.state === 'ready' ? { ...provider, status: { state: 'ready', models: all.length } } : provider,
      models: all,
    };
  };
}
