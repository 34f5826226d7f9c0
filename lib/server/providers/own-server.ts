import type { ErrorCause, GenerationError } from '../../errors.ts';
import type { ModelInfo, ProviderAdapter, ProviderInfo } from '../../model.ts';
import type { ListedModel } from '../../provider.ts';
import { statusOfError } from '../../provider-status.ts';
import { type ErrorContext, makeError } from '../calls/errors.ts';
import type { FetchLike } from '../calls/upstream-fetch.ts';
import type { ProviderLimits } from '../config.ts';
import { getProtocol } from '../protocols/index.ts';
import { isOutOf } from './entry.ts';
import { listModels, type ModelServer } from './list-models.ts';
import {
  convertPresetModels,
  describeModel,
  detectPreset,
  type ProviderPreset,
  findPreset,
  withListing,
} from './presets.ts';

/** A server that a person has added. */
export interface OwnServer {
  id: string;
  label: string;
  baseURL: string;
  presetId?: string;
  apiKey?: string;
  /** A key was kept, and cannot be opened any more. */
  keyIsLost: boolean;
  /** What its list last held; undefined when it was never read. */
  listed?: readonly ListedModel[];
  /** How the last look at it failed, and when, in epoch ms; absent when it did not, or nobody has looked. */
  failed?: { error: GenerationError; at: number };
}

/** A person's server with all that is needed to ask it. */
export interface OwnEntry {
  info: ProviderInfo;
  adapter: ProviderAdapter;
  models: ModelInfo[];
  server: ModelServer;
}

/** A list that is asked for beside a question comes soon, or is done without. */
const listMs = 1_500;

const onOwnNetwork = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\]$|\[f[cd]|[^.[]+$)|\.local$/;

/** Makes a person's server ready to be asked. Its calls go through `fetch`, which must be a guarded one. */
export function createOwnEntry(own: OwnServer, options: { limits: ProviderLimits; fetch: FetchLike }): OwnEntry {
  const preset = findPreset(own.presetId);
  const spoken = preset ?? detectPreset(own.baseURL, own.listed ?? []);
  const { id, label, baseURL } = own;
  const local = preset?.kind === 'local' || onOwnNetwork.test(new URL(baseURL).hostname);
  const protocol = getProtocol(preset?.protocol);
  const models = modelsOf(own, { preset, spoken });
  const atHome = preset !== undefined && isAtHome(own, preset);
  const apiKey = own.apiKey === undefined ? {} : { apiKey: own.apiKey };
  const status = own.failed
    ? statusOfError(own.failed.error, own.failed.at)
    : ({ state: 'ready', models: models.length } as const);
  const info: ProviderInfo = { id, label, kind: 'custom', status };
  const dialect = spoken?.dialect ? { dialect: spoken.dialect } : {};
  const server: ModelServer = {
    label,
    protocol,
    ...dialect,
    baseURL,
    listPath: preset?.listModels ?? '/models',
    ...apiKey,
    needsKey: atHome && preset.envKey !== undefined,
    publicList: atHome && (preset.publicList ?? false),
    local,
    ...(atHome && preset.listPrices && { listPrices: preset.listPrices }),
    ...(spoken?.infoPath !== undefined && { infoPath: spoken.infoPath }),
  };
  if (own.keyIsLost) {
    const cause = { code: 'key-lost', facts: { provider: label } } as const;
    return {
      info: { ...info, status: { state: 'locked', reason: cause, since: own.failed?.at ?? 0 } },
      adapter: refuse(own, cause),
      models,
      server,
    };
  }
  const adapter = protocol.createAdapter({
    id,
    label,
    baseURL,
    ...apiKey,
    ...dialect,
    local,
    limits: options.limits,
    fetch: options.fetch,
    listsModels: async () => 'models' in (await listModels(server, options.fetch, listMs)),
    mustLoad: (modelId) => isOutOf(models.find((model) => model.id === modelId)?.memory),
  });
  return { info, adapter, models, server };
}

/** Why a known provider cannot be added at this base URL, in words; undefined when it can. */
export function findPresetRefusal(presetId: string | undefined, baseURL: string): string | undefined {
  const preset = findPreset(presetId);
  if (preset?.status !== 'gone' || new URL(preset.baseURL).origin !== new URL(baseURL).origin) return undefined;
  return `${preset.statusReason ?? `${preset.label} has shut down.`} Enter the base URL of that server.`;
}

/**
 * What the preset knows where the server is the one it speaks of, else what the server lists. What both know has the
 * preset's facts; a server that lists nothing is taken at the preset's word.
 */
function modelsOf(
  own: OwnServer,
  { preset, spoken }: { preset: ProviderPreset | undefined; spoken: ProviderPreset | undefined },
): ModelInfo[] {
  const known = preset ? convertPresetModels(preset).map((model) => ({ ...model, providerId: own.id })) : [];
  if (preset && known.length > 0) {
    if (isAtHome(own, preset)) return known.map((model) => withListing(model, own.listed));
    if (own.listed === undefined) return known;
  }
  const protocol = getProtocol(preset?.protocol);
  return (own.listed ?? []).flatMap((listed) => {
    const same = known.filter((model) => model.id === listed.id);
    // Elsewhere it costs something else.
    return same.length > 0
      ? same.map(({ price: _price, routes: _routes, ...model }) => model)
      : [describeModel(listed, { providerId: own.id, protocol, preset: spoken })];
  });
}

function isAtHome(own: OwnServer, preset: ProviderPreset): boolean {
  return preset.kind === 'hosted' && new URL(preset.baseURL).origin === new URL(own.baseURL).origin;
}

function refuse({ label, baseURL }: OwnServer, cause: ErrorCause): ProviderAdapter {
  const context: ErrorContext = { label, baseURL, local: false, hasKey: false, secrets: [] };
  const error = makeError(context, { kind: 'auth', cause });
  return {
    async *ask() {
      yield { type: 'error', error };
    },
  };
}
