import { setTimeout as pause } from 'node:timers/promises';
import { AppError, type GenerationError } from '../errors.ts';
import type { ModelInfo, ProviderAdapter, ProviderInfo } from '../model.ts';
import { errorSentence } from '../sentences.ts';
import type {
  MemoryChange,
  ModelOverride,
  ModelOverrideEntry,
  PresetChoice,
  ProviderCheck,
  ProviderDetail,
  ProviderKey,
  ProviderSource,
  ProviderTest,
} from '../provider.ts';
import { sealKey } from './auth/sealed-key.ts';
import type { Config } from './config.ts';
import type { AddressGuard } from './calls/address-guard.ts';
import { findPresetRefusal } from './providers/own-server.ts';
import { providerPresets } from './providers/presets.ts';
import type { Registry } from './providers/registry.ts';
import { RateLimit } from './rate-limit.ts';
import type { OwnProvider, SealedKey } from './store/own-providers.ts';
import type { Store } from './store/store.ts';
import type { OwnView, ViewerModels, ViewerRegistry } from './viewer-models.ts';

/** A provider as a person enters it. */
export interface NewProvider {
  id: string;
  presetId?: string;
  label: string;
  baseURL: string;
  apiKey?: string;
}

export interface ProviderPatch {
  label?: string;
  baseURL?: string;
  /** Null takes the key away. */
  apiKey?: string | null;
}

const maxProviders = 50;
const maxOverrides = 2_000;
const testTokens = 16;
const testMs = 60_000;
/** A model that is being loaded or put away is looked at again after this at the latest. */
const memoryPauseMs = 2_000;
const testQuestion = 'Answer with the word "yes".';

const minute = 60_000;

/** What a person changes about providers and models, and what they are shown of them. */
export class ProviderSettings {
  readonly #store: Store;
  readonly #registry: Registry;
  readonly #models: ViewerModels;
  readonly #guard: AddressGuard;
  readonly #config: Pick<Config, 'secret' | 'isPublic' | 'custom' | 'limits'>;
  readonly #changes = new RateLimit({
    words: 'These are many changes in a short time.',
    windowMs: minute,
    each: 60,
    all: 600,
  });
  readonly #looks = new RateLimit({
    words: 'Models are being looked for very often.',
    windowMs: minute,
    each: 30,
    all: 600,
  });
  readonly #tests = new RateLimit({
    words: 'These are many tests in a short time.',
    windowMs: minute,
    each: 12,
    all: 120,
  });

  constructor(parts: {
    store: Store;
    registry: Registry;
    models: ViewerModels;
    guard: AddressGuard;
    config: Pick<Config, 'secret' | 'isPublic' | 'custom' | 'limits'>;
  }) {
    this.#store = parts.store;
    this.#registry = parts.registry;
    this.#models = parts.models;
    this.#guard = parts.guard;
    this.#config = parts.config;
  }

  /**
   * Every provider of a person. `look`: ask each of them for its models now, which takes a few seconds at most.
   * @throws AppError `too_many_requests` when they are looked at more often than anybody reads what comes of it.
   */
  async list(ownerId: string, options: { look: boolean }): Promise<ProviderDetail[]> {
    if (options.look) await this.#looks.take(ownerId);
    const checks = options.look ? await this.#lookAtAll(ownerId) : new Map<string, ProviderCheck>();
    const [views, registry] = await Promise.all([this.#models.listOwn(ownerId), this.#models.forViewer(ownerId)]);
    const own = new Map(views.map((view) => [view.own.id, view]));
    return registry.list().map(({ provider }) => this.#describe(registry, provider.id, own.get(provider.id), checks));
  }

  /**
   * Asks everyone who may have other models now.
   * @throws AppError `too_many_requests`
   */
  async refresh(ownerId: string): Promise<void> {
    await this.#looks.take(ownerId);
    await this.#models.refresh(ownerId);
  }

  /** The known providers that can be added. */
  presets(): PresetChoice[] {
    return providerPresets
      .filter(({ id }) => id !== 'llamacpp-8080') // llama.cpp is offered once
      .map(({ id, label, kind, baseURL, envKey, status, statusReason }) => ({
        id,
        label,
        kind,
        baseURL,
        needsKey: envKey !== undefined && status !== 'gone',
        ...(envKey !== undefined && { variable: envKey }),
        ...(status === 'gone' && { gone: statusReason ?? `${label} has shut down.` }),
      }));
  }

  /**
   * Adds a provider and has a first look at it. The same id again makes nothing.
   * @throws AppError `bad_request` for an address that may not be called; `conflict` for an id in use, or too many.
   */
  async create(ownerId: string, input: NewProvider): Promise<{ created: boolean; provider: ProviderDetail }> {
    await this.#changes.take(ownerId);
    const known = await this.#store.providers.list(ownerId);
    if (known.some(({ id }) => id === input.id)) return { created: false, provider: await this.get(ownerId, input.id) };
    if (known.length >= maxProviders) {
      throw new AppError('conflict', `There are ${maxProviders} providers already. Remove one first.`);
    }
    const { id, label, presetId } = input;
    if (presetId !== undefined && !providerPresets.some((preset) => preset.id === presetId)) {
      throw new AppError('bad_request', 'There is no such known provider.');
    }
    const baseURL = await this.#guard.check(input.baseURL);
    refuseGone(presetId, baseURL);
    const own: OwnProvider = {
      id,
      label,
      baseURL,
      createdAt: Date.now(),
      ...(presetId !== undefined && { presetId }),
      ...(input.apiKey && { key: this.#seal(ownerId, id, baseURL, input.apiKey) }),
    };
    const { created } = await this.#store.providers.create(ownerId, own);
    return { created, provider: await this.get(ownerId, id) };
  }

  /**
   * @throws AppError `not_found`; `bad_request` for an address that may not be called, or when a key would follow its
   * provider to another scheme, host or port.
   */
  async update(ownerId: string, id: string, patch: ProviderPatch): Promise<ProviderDetail> {
    await this.#changes.take(ownerId);
    const before = await this.#store.providers.find(ownerId, id);
    if (!before) throw unknownProvider();
    const baseURL = patch.baseURL === undefined ? before.baseURL : await this.#guard.check(patch.baseURL);
    refuseGone(before.presetId, baseURL);
    const origin = new URL(baseURL).origin;
    if (before.key && before.key.origin !== origin && patch.apiKey === undefined) {
      throw keyOfElsewhere(before.key.origin, origin);
    }
    const { label, apiKey } = patch;
    await this.#store.providers.update(ownerId, id, {
      baseURL,
      ...(label !== undefined && { label }),
      ...(apiKey !== undefined && { key: apiKey ? this.#seal(ownerId, id, baseURL, apiKey) : null }),
    });
    return this.get(ownerId, id);
  }

  /** @throws AppError `not_found` */
  async remove(ownerId: string, id: string): Promise<void> {
    await this.#changes.take(ownerId);
    if (!(await this.#store.providers.delete(ownerId, id))) throw unknownProvider();
  }

  /**
   * One provider, looked at now.
   * @throws AppError `not_found`
   */
  async get(ownerId: string, id: string): Promise<ProviderDetail> {
    const find = async () => (await this.#models.listOwn(ownerId)).find(({ own }) => own.id === id);
    const before = await find();
    if (!before && !this.#registry.findProvider(id)) throw unknownProvider();
    const check = before ? await this.#models.checkOwn(ownerId, before) : await this.#lookAtShared(id);
    const [view, registry] = await Promise.all([find(), this.#models.forViewer(ownerId)]);
    if (!registry.findProvider(id)) throw unknownProvider(); // removed meanwhile
    return this.#describe(registry, id, view, new Map(check ? [[id, check]] : []));
  }

  /**
   * Asks a model for a token, for real, and tells what happened. It costs at most sixteen tokens, which are in no log:
   * they belong to no conversation.
   * @throws AppError `not_found` for a provider or model that is not there.
   */
  async test(ownerId: string, id: string, modelKey: string | undefined, signal: AbortSignal): Promise<ProviderTest> {
    await this.#tests.take(ownerId);
    const found = (await this.#models.forViewer(ownerId)).findProvider(id);
    if (!found) throw unknownProvider();
    const { provider, adapter, models } = found;
    const model = modelKey === undefined ? models[0] : models.find(({ key }) => key === modelKey);
    if (modelKey !== undefined && !model) throw new AppError('not_found', `${provider.label} has no such model.`);
    if (!model) {
      const error = { kind: 'model', code: 'lists-no-model', facts: { provider: provider.label } } as const;
      return { ok: false, error, words: errorSentence(error) };
    }
    return askForOneToken({ adapter, model, label: provider.label, signal });
  }

  /**
   * Has a server load a model into its memory, or put it away, and looks at it again.
   * @throws AppError `not_found`; `bad_request` where its server cannot be told; `forbidden` where it is everybody's.
   */
  async setLoaded(
    ownerId: string,
    id: string,
    change: { modelKey: string; isLoaded: boolean },
    signal: AbortSignal,
  ): Promise<MemoryChange> {
    await this.#changes.take(ownerId);
    const registry = await this.#models.forViewer(ownerId);
    const found = registry.findModel({ providerId: id, modelKey: change.modelKey });
    if (!found) throw new AppError('not_found', 'There is no such model.');
    const { adapter, model, provider } = found;
    const isOwn = (await this.#models.listOwn(ownerId)).some(({ own }) => own.id === id);
    if (this.#config.isPublic && !isOwn) {
      throw new AppError('forbidden', 'This server is everybody’s: only whoever runs it can load and put away models.');
    }
    if (!adapter.setLoaded) {
      throw new AppError('bad_request', `${provider.label} cannot be told to load models or to put them away.`);
    }
    const timeout = AbortSignal.timeout(this.#config.limits.firstByteLocalMs);
    const either = AbortSignal.any([signal, timeout]);
    const error = await adapter.setLoaded(model, change.isLoaded, either);
    // Servers say yes before it is done.
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, memoryPauseMs)) {
      await this.#models.lookNow(ownerId, id);
      const now = (await this.#models.forViewer(ownerId)).findModel({ providerId: id, modelKey: change.modelKey });
      const state = now?.model.memory?.state;
      const isDone = state === undefined || state === 'failed' || (state === 'loaded') === change.isLoaded;
      if (error || isDone || either.aborted) break;
      await pause(pauseMs, undefined, { signal: either }).catch(() => undefined); // aborted: the loop sees it
    }
    return error ? { ok: false, error, words: errorSentence(error) } : { ok: true };
  }

  listOverrides(ownerId: string): Promise<ModelOverrideEntry[]> {
    return this.#store.modelOverrides.list(ownerId);
  }

  /**
   * Keeps what a person says about models; null forgets it.
   * @throws AppError `not_found` for a provider that is not there; `conflict` when it is too much.
   */
  async putOverrides(
    ownerId: string,
    entries: readonly { providerId: string; modelKey: string; override: ModelOverride | null }[],
  ): Promise<ModelOverrideEntry[]> {
    await this.#changes.take(ownerId);
    const registry = await this.#models.forViewer(ownerId);
    if (entries.some(({ providerId }) => !registry.findProvider(providerId))) throw unknownProvider();
    const known = await this.#store.modelOverrides.list(ownerId);
    if (known.length + entries.length > maxOverrides) {
      throw new AppError('conflict', 'There is too much said about models already. Take some of it back first.');
    }
    await this.#store.modelOverrides.put(ownerId, entries);
    return this.#store.modelOverrides.list(ownerId);
  }

  async #lookAtAll(ownerId: string): Promise<Map<string, ProviderCheck>> {
    const own = await this.#models.listOwn(ownerId);
    const looks = [
      ...own.map(async (view) => [view.own.id, await this.#models.checkOwn(ownerId, view)] as const),
      ...this.#registry
        .list()
        .map(async ({ provider }) => [provider.id, await this.#lookAtShared(provider.id)] as const),
    ];
    const seen = await Promise.all(looks);
    return new Map(seen.flatMap(([id, check]) => (check ? [[id, check]] : [])));
  }

  /** Undefined where there is nothing to look at: recordings, and hosted ones that nobody has a key for. */
  async #lookAtShared(id: string): Promise<ProviderCheck | undefined> {
    const server = this.#registry.findServer(id);
    const status = this.#registry.findProvider(id)?.provider.status.state;
    if (!server || status === 'gone' || status === 'needs-key') return undefined;
    return this.#models.checkShared(id, server);
  }

  #describe(
    registry: ViewerRegistry,
    id: string,
    view: OwnView | undefined,
    checks: ReadonlyMap<string, ProviderCheck>,
  ): ProviderDetail {
    const found = registry.findProvider(id);
    if (!found) throw unknownProvider();
    const { provider, models } = found;
    const check = checks.get(id);
    const offered = new Set(models.map((model) => model.id));
    const common = {
      id,
      label: provider.label,
      status: provider.status,
      models,
      ...(check && { check }),
    };
    if (view) {
      const { own } = view;
      return {
        ...common,
        source: 'own',
        baseURL: own.baseURL,
        key: describeOwnKey(view),
        otherModels: (own.listed ?? []).flatMap((listed) => (offered.has(listed.id) ? [] : [listed.id])),
        ...(own.presetId !== undefined && { presetId: own.presetId }),
      };
    }
    const server = this.#registry.findServer(id);
    const isHosted = provider.kind === 'hosted';
    // Where the operator's own machines are is not for everyone who can reach a public server.
    const baseURL = isHosted || !this.#config.isPublic ? server?.baseURL : undefined;
    const source = sourceOf(provider.kind);
    return {
      ...common,
      source,
      key: describeSharedKey(server, id),
      otherModels: [],
      ...(isHosted && { presetId: id }),
      ...(baseURL !== undefined && { baseURL }),
    };
  }

  #seal(ownerId: string, providerId: string, baseURL: string, apiKey: string): SealedKey {
    const { origin } = new URL(baseURL);
    const sealed = sealKey(this.#config.secret, { ownerId, providerId, origin }, apiKey);
    // The end of a short one would be most of it.
    return { sealed, end: apiKey.length >= 8 ? apiKey.slice(-4) : '', origin };
  }
}

function describeOwnKey({ own, entry }: OwnView): ProviderKey {
  if (own.key) return { state: entry.server.apiKey === undefined ? 'unreadable' : 'own', end: own.key.end };
  return { state: entry.server.needsKey ? 'missing' : 'none' };
}

function describeSharedKey(server: ReturnType<Registry['findServer']>, id: string): ProviderKey {
  if (!server) return { state: 'none' };
  const variable = server.envKey ?? (id === 'custom' ? 'CUSTOM_API_KEY' : undefined);
  if (server.apiKey !== undefined && variable !== undefined) return { state: 'environment', variable };
  return server.needsKey ? { state: 'missing', ...(variable !== undefined && { variable }) } : { state: 'none' };
}

function refuseGone(presetId: string | undefined, baseURL: string): void {
  const reason = findPresetRefusal(presetId, baseURL);
  if (reason !== undefined) throw new AppError('bad_request', reason, { field: 'baseURL' });
}

function keyOfElsewhere(enteredFor: string, origin: string): AppError {
  return new AppError(
    'bad_request',
    `The key was entered for ${enteredFor} and is not sent to ${origin}. Enter the key for the new address too, or take it away.`,
    { field: 'apiKey' },
  );
}

function unknownProvider(): AppError {
  return new AppError('not_found', 'There is no such provider.');
}

async function askForOneToken(what: {
  adapter: ProviderAdapter;
  model: ModelInfo;
  label: string;
  signal: AbortSignal;
}): Promise<ProviderTest> {
  const { adapter, model, label } = what;
  const timeout = AbortSignal.timeout(testMs);
  const left = new AbortController();
  const signal = AbortSignal.any([what.signal, timeout, left.signal]);
  const messages = [{ role: 'user' as const, content: testQuestion }];
  const began = performance.now();
  const failed = (error: GenerationError): ProviderTest => ({
    ok: false,
    model: model.label,
    error,
    words: errorSentence(error),
  });
  const answered = (words: string): ProviderTest => {
    const firstTokenMs = Math.round(performance.now() - began);
    return {
      ok: true,
      model: model.label,
      firstTokenMs,
      words: `${model.label} ${words} after ${formatMs(firstTokenMs)}.`,
    };
  };
  try {
    for await (const part of adapter.ask({ model, messages, sampling: { maxTokens: testTokens }, signal })) {
      if (part.type === 'reasoning' && part.text !== '') return answered('began to think');
      if (part.type === 'content' && part.text.trim() !== '') return answered('began to answer');
      if (part.type === 'retry') return failed(part.error); // the person may press again; we do not wait for them
      // All of its few tokens went into thinking that it does not show.
      if (part.type === 'error')
        return part.error.kind === 'limit' ? answered('thought, out of sight,') : failed(part.error);
      if (part.type === 'finish') return answered('answered, without a word,');
    }
  } finally {
    left.abort(); // one token is enough
  }
  return failed({
    kind: 'interrupted',
    ...(timeout.aborted
      ? { code: 'no-token-in-time', facts: { provider: label, ms: testMs } }
      : { code: 'test-given-up', facts: {} }),
  });
}

function formatMs(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function sourceOf(kind: ProviderInfo['kind']): ProviderSource {
  if (kind === 'replay') return 'recordings';
  return kind === 'local' || kind === 'inside' ? kind : 'environment';
}
