import type {
  ContinuationStyle,
  ModelInfo,
  ModelParameters,
  ModelRoute,
  ParameterName,
  VocabularyId,
} from '../../model.ts';
import type { Price } from '../../price.ts';
import type { ListedModel } from '../../provider.ts';
import type { PriceStyle } from './list-prices.ts';
import type { Dialect, Protocol } from '../protocols/protocol.ts';
import presets from './presets.json' with { type: 'json' };

/** A model as presets.json says it; what it does not say is filled in by `convertPresetModel`. */
interface PresetModel {
  key: string;
  id: string;
  label: string;
  reasoning: ModelInfo['reasoning'];
  history?: ModelInfo['history'];
  promptTemplate?: ModelInfo['promptTemplate'];
  advice: ModelInfo['advice'];
  limits: ModelInfo['limits'];
  parameters?: ModelParameters;
  price?: Price;
  requestExtras?: Record<string, unknown>;
  note?: string;
  systemRole?: ModelInfo['systemRole'];
  takesImages?: true;
}

/** A provider as presets.json says it. */
export interface ProviderPreset {
  id: string;
  label: string;
  kind: 'hosted' | 'local';
  baseURL: string;
  /** The environment variable of its key. */
  envKey?: string;
  /** Path of its model list under the base URL. */
  listModels: string;
  /** Anybody may read the list, so it says nothing about a key. */
  publicList?: boolean;
  status: 'active' | 'gone';
  statusReason?: string;
  /** When this row was true. */
  asOf: string;
  /** How it is spoken to, by the id of a protocol; the OpenAI protocol when absent. */
  protocol?: string;
  dialect?: Dialect;
  /** Other servers use this port too: it is this one only if `detect` fits. */
  sharedPort?: boolean;
  /** What gives it away: in its model list, or (a regular expression) in the words with which it refuses to give one. */
  detect?: { ownedBy?: string; idEndsWith?: string; byShape?: true; says?: string };
  /** Path, at the origin, of what tells whether it has put its model away. */
  propsPath?: string;
  /** Path, at the origin, of what tells that it is this one and which model it has, where its list does not. */
  infoPath?: string;
  /** What it makes of parameters, whatever its model. */
  parameters?: ModelParameters;
  /** Its words for how hard to think by the OpenAI protocol, for models that are known to, where it has another one too. */
  openaiEfforts?: string[];
  /** How it takes the beginning of an answer; absent where it does not, or nobody knows. */
  continuation?: ContinuationStyle;
  /** How its model list tells prices; absent where it tells none. */
  listPrices?: PriceStyle;
  /** Rules by which it chooses who answers, for all its models. */
  routes?: ModelRoute[];
  models: PresetModel[];
}

/** What is known about models whose name fits; the first that fits counts. */
interface ModelPattern {
  /** A regular expression over the id, case ignored. */
  match: string;
  reasoning: ModelInfo['reasoning'];
  promptTemplate?: ModelInfo['promptTemplate'];
  history?: ModelInfo['history'];
  advice: ModelInfo['advice'];
}

/** What models, or the servers that have them, make of parameters; all that fit count together. */
interface ParameterPattern extends ModelParameters {
  /** A regular expression over the id, case ignored. */
  match: string;
}

/** Which vocabulary models of a name have; null where the name would mislead. The first that fits counts. */
interface VocabularyPattern {
  /** A regular expression over the id, case ignored. */
  match: string;
  vocabulary: VocabularyId | null;
}

// JSON has no literal types; the shape is held by the preset tests.
const data = presets as unknown as {
  providers: ProviderPreset[];
  patterns: ModelPattern[];
  parameterPatterns: ParameterPattern[];
  vocabularyPatterns: VocabularyPattern[];
};

/** All known providers, in the order of the picker. */
export const providerPresets: readonly ProviderPreset[] = data.providers;

const patterns = data.patterns.map((pattern) => ({ ...pattern, expression: new RegExp(pattern.match, 'i') }));
const parameterPatterns = data.parameterPatterns.map(({ match, ...parameters }) => ({
  expression: new RegExp(match, 'i'),
  parameters,
}));
const vocabularyPatterns = data.vocabularyPatterns.map(({ match, vocabulary }) => ({
  expression: new RegExp(match, 'i'),
  vocabulary,
}));
export function findPreset(id: string | undefined): ProviderPreset | undefined {
  return providerPresets.find((preset) => preset.id === id);
}

/** A preset's models, complete. */
export function convertPresetModels(preset: ProviderPreset): ModelInfo[] {
  return preset.models.map((model) => ({
    history: 'strip',
    promptTemplate: 'chat',
    requestExtras: {},
    recording: false,
    ...(preset.routes && { routes: preset.routes }),
    ...(preset.continuation && { continuation: preset.continuation }),
    ...vocabularyOf(model.id),
    ...model,
    ...parametersAt(preset, model.parameters),
    providerId: preset.id,
  }));
}

function parametersAt(preset: ProviderPreset, own: ModelParameters | undefined): Pick<ModelInfo, 'parameters'> {
  const parameters = togetherOf([own, preset.parameters]);
  return parameters ? { parameters } : {};
}

/** A known model with what its server's list says now: price, room, who serves it. */
export function withListing(model: ModelInfo, listed: readonly ListedModel[] | undefined): ModelInfo {
  const fresh = listed?.find(({ id }) => id === model.id);
  if (!fresh) return model;
  const { contextTokens, outputTokens, price, routes, takesImages } = fresh;
  const limits = {
    ...model.limits,
    ...(contextTokens !== undefined && { contextTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
  };
  const room = Math.min(
    Math.floor((limits.contextTokens ?? Number.POSITIVE_INFINITY) / 2),
    limits.outputTokens ?? Number.POSITIVE_INFINITY,
  );
  const { maxTokens } = model.advice;
  return {
    ...model,
    limits,
    ...(maxTokens !== undefined && { advice: { ...model.advice, maxTokens: Math.min(maxTokens, room) } }),
    ...(price && { price }),
    ...(takesImages && { takesImages }),
    ...(routes && { routes: [...(model.routes ?? []), ...routes] }),
  };
}

/** What a model on somebody's own server is, as far as its name tells; unknown ones may think between tags. */
export function describeListedModel(listed: ListedModel, providerId: string, price?: Price): ModelInfo {
  // What is behind an alias tells more than the alias.
  const name = listed.upstream ?? listed.id;
  const known = patterns.find((pattern) => pattern.expression.test(name));
  const { contextTokens, contextFrom, outputTokens, note } = listed;
  const parameters = parametersOf(name);
  const assumed = { transport: 'inline', startsInReasoning: 'auto' } as const;
  const advice = { ...(known?.advice ?? { systemPrompt: 'ok' as const }) };
  if (advice.maxTokens !== undefined && contextTokens !== undefined) {
    advice.maxTokens = Math.min(advice.maxTokens, Math.floor(contextTokens / 2));
  }
  return {
    key: listed.id,
    id: listed.id,
    providerId,
    label: labelOf(listed.id),
    reasoning: known?.reasoning ?? (listed.thinks ? assumed : { ...assumed, isAssumed: true }),
    history: known?.history ?? 'strip',
    promptTemplate: known?.promptTemplate ?? 'chat',
    advice,
    limits: {
      ...(contextTokens !== undefined && { contextTokens }),
      ...(contextFrom && { contextFrom }),
      ...(outputTokens !== undefined && { outputTokens }),
    },
    ...(parameters && { parameters }),
    ...((price ?? listed.price) && { price: price ?? listed.price }),
    ...(listed.takesImages && { takesImages: true }),
    ...vocabularyOf(name),
    ...(note && { note }),
    ...(listed.behind !== undefined && { behind: listed.behind }),
    ...(listed.memory && { memory: listed.memory }),
    requestExtras: {},
    recording: false,
  };
}

/** A model of which only a person knows: what its name tells. */
export function describeByName(id: string, providerId: string): ModelInfo {
  return withSureVocabulary(describeListedModel({ id }, providerId), { id });
}

/** What a listed model is over a protocol, at a server that is (or may be) one of the known ones. */
export function describeModel(
  listed: ListedModel,
  server: { providerId: string; protocol: Protocol; preset?: ProviderPreset | undefined; price?: Price | undefined },
): ModelInfo {
  const { protocol, preset } = server;
  const known = withSureVocabulary(describeListedModel(listed, server.providerId, server.price), listed);
  const model = protocol.describe?.(listed, known) ?? known;
  const behind = presetBehind(model);
  // A protocol that describes its models has said how each takes a beginning.
  const { continuation, ...spoken } = spokenAs(model, behind ?? preset);
  const rest = withControl(spoken, { listed, efforts: protocol.describe ? undefined : preset?.openaiEfforts });
  const taken = protocol.describe && !behind ? model.continuation : continuation;
  return withinAbilities({ ...rest, ...(taken && { continuation: taken }) }, protocol);
}

/** A model with the dials for its thinking that its template has, as far as that is told. */
function withControl<M extends Omit<ModelInfo, 'continuation'>>(
  model: M,
  { listed, efforts }: { listed: ListedModel; efforts: string[] | undefined },
): M {
  const { control } = listed;
  const { thinkingBudget, ...parameters } = model.parameters ?? {};
  const isKnown = !model.reasoning.isAssumed && model.reasoning.transport !== 'none';
  const words = control ? control.efforts : isKnown ? efforts : undefined;
  const budget = control?.takesBudget === false ? undefined : thinkingBudget;
  const dials = {
    ...parameters,
    ...(words && words.length > 0 && { efforts: words }),
    ...(budget && { thinkingBudget: budget }),
  };
  return Object.keys(dials).length > 0 ? { ...model, parameters: dials } : model;
}

/** A model that a person says has another server behind the gateway that offers it. */
export function withServerBehind(model: ModelInfo): ModelInfo {
  const { continuation: _, ...rest } = model;
  return spokenAs(rest, presetBehind(model));
}

function presetBehind({ behind }: ModelInfo): ProviderPreset | undefined {
  return behind === undefined ? undefined : providerPresets.find(({ id, kind }) => id === behind && kind === 'local');
}

/** A model with what the server that has it makes of a beginning and of parameters. */
function spokenAs(model: ModelInfo, preset: ProviderPreset | undefined): ModelInfo {
  if (!preset) return model;
  return {
    ...(preset.continuation && { continuation: preset.continuation }),
    ...model,
    ...parametersAt(preset, model.parameters),
  };
}

/** A model without the dials that nothing can be said with over its protocol. */
export function withinAbilities(model: ModelInfo, { abilities }: Protocol): ModelInfo {
  const { continuation, parameters, ...rest } = model;
  const { thinkingBudget, ...others } = parameters ?? {};
  return {
    ...rest,
    ...(continuation && abilities.continuation && { continuation }),
    ...(parameters && { parameters: abilities.budget ? parameters : others }),
  };
}

/** The vocabulary of a model, as far as its name tells. */
function vocabularyOf(id: string): { vocabulary?: VocabularyId } {
  const vocabulary = vocabularyPatterns.find(({ expression }) => expression.test(id))?.vocabulary;
  return vocabulary ? { vocabulary } : {};
}

/** Who publishes models under names of which they are sure. */
const makers = /^(deepseek-ai|qwen)\//i;
/** What weights say that have these vocabularies: families of Ollama, sizes of llama.cpp. */
const weightsOf: Record<VocabularyId, { families: readonly string[]; sizes: readonly number[] }> = {
  'deepseek-v3': { families: ['deepseek2', 'deepseek3'], sizes: [129_280] },
  qwen3: { families: ['qwen2', 'qwen2moe', 'qwen3', 'qwen3moe'], sizes: [151_936, 152_064] },
};

/**
 * A model with the vocabulary of its name only where its weights say the same, or the name is its maker's: many servers call
 * a model what whoever runs them likes.
 */
export function withSureVocabulary({ vocabulary, ...model }: ModelInfo, listed: ListedModel): ModelInfo {
  if (!vocabulary) return model;
  const { families, sizes } = weightsOf[vocabulary];
  const { family, vocabularySize } = listed;
  const isDenied =
    (family !== undefined && !families.includes(family)) ||
    (vocabularySize !== undefined && !sizes.includes(vocabularySize));
  const isSaid = (family ?? vocabularySize) !== undefined || makers.test(listed.upstream ?? listed.id);
  return !isDenied && (isSaid || !namesFreely(listed)) ? { ...model, vocabulary } : model;
}

/** Whether an entry is of a server whose models are called what whoever runs it likes. */
function namesFreely({ ownedBy, looksLike }: ListedModel): boolean {
  return looksLike !== undefined || (ownedBy !== undefined && freelyNaming.has(ownedBy));
}

const freelyNaming = new Set(['llamacpp', 'library', 'vllm', 'sglang', 'lmstudio-community', 'openai']);

/** What is known about a model's parameters by its name; what a server refuses, no dial makes up for. */
function parametersOf(id: string): ModelParameters | undefined {
  return togetherOf(
    parameterPatterns.filter(({ expression }) => expression.test(id)).map(({ parameters }) => parameters),
  );
}

/** What several sources say of a model's parameters; undefined where none says anything. */
function togetherOf(sources: readonly (ModelParameters | undefined)[]): ModelParameters | undefined {
  const fitting = sources.filter((source) => source !== undefined);
  if (fitting.length === 0) return undefined;
  const together = (key: 'ignored' | 'refused'): ParameterName[] => [...new Set(fitting.flatMap((p) => p[key] ?? []))];
  const [ignored, refused] = [together('ignored'), together('refused')];
  const efforts = refused.includes('effort') ? undefined : fitting.findLast((p) => p.efforts)?.efforts;
  const { efforts: _, ...rest }: ModelParameters = Object.assign({}, ...fitting);
  return {
    ...rest,
    ...(ignored.length > 0 && { ignored }),
    ...(refused.length > 0 && { refused }),
    ...(efforts && { efforts }),
  };
}

/** The name without the folder and the file ending that local servers put in their ids. */
function labelOf(id: string): string {
  const short = id.replace(/@main$/, '').replace(/\.gguf$/i, '');
  return short.split(/[\\/]/).findLast((piece) => piece !== '') ?? id;
}

/** The local preset a model list belongs to, among those that may be at this base URL. */
export function detectPreset(baseURL: string, models: readonly ListedModel[]): ProviderPreset | undefined {
  const here = providerPresets.filter((preset) => preset.kind === 'local' && isSameAddress(preset.baseURL, baseURL));
  return (
    here.find((preset) => fits(preset, models)) ??
    here.find((preset) => !preset.sharedPort) ??
    providerPresets.find((preset) => preset.kind === 'local' && fits(preset, models))
  );
}

function fits({ id, detect }: ProviderPreset, models: readonly ListedModel[]): boolean {
  if (!detect || models.length === 0) return false;
  const { ownedBy, idEndsWith, byShape } = detect;
  if (byShape && models.every((model) => model.looksLike === id)) return true;
  if (ownedBy !== undefined) return models.some((model) => model.ownedBy === ownedBy);
  return idEndsWith !== undefined && models.every((model) => model.id.endsWith(idEndsWith));
}

/** The local preset whose words a refused list has, among those that may be at this base URL, else of any. */
export function recognizePreset(baseURL: string, { detail }: { detail?: string }): ProviderPreset | undefined {
  if (detail === undefined) return undefined;
  const saying = providerPresets.filter(({ detect }) => detect?.says && new RegExp(detect.says, 'i').test(detail));
  return saying.find((preset) => isSameAddress(preset.baseURL, baseURL)) ?? saying[0];
}

/** The local presets at an address that say who they are somewhere else than in their list. */
export function findSelfDescribed(baseURL: string): ProviderPreset | undefined {
  return providerPresets.find((preset) => preset.infoPath && isSameAddress(preset.baseURL, baseURL));
}

function isSameAddress(a: string, b: string): boolean {
  const local = (url: string) => url.replace(/\/\/(localhost|\[::1\])([:/])/, '//127.0.0.1$2');
  return local(a) === local(b);
}
