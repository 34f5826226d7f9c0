import type { ModelInfo } from '../../../model.ts';
import { ownHardware } from '../../../price.ts';
import type { ListedModel } from '../../../provider.ts';
import { maxListed, parseModelId } from '../../calls/listed-models.ts';
import { cleanName } from '../../calls/errors.ts';
import { countOf, isRecord } from '../../calls/json.ts';
import type { OllamaFacts } from './request.ts';

/** A model as `/api/tags` lists it. */
export interface OllamaListed extends ListedModel {
  /** Undefined for an Ollama from before it told. */
  capabilities?: readonly string[];
  parameterSize?: string;
  quantization?: string;
  /** It runs on ollama.com. */
  remote: boolean;
}

const samplingDials = { topK: 'top_k', minP: 'min_p', repeatPenalty: 'repeat_penalty' };

/** Families that take a level instead of on and off, where `/api/show` does not say so yet. */
const levelFamilies = new Set(['gptoss', 'gpt-oss']);

/** Reads `/api/tags`; undefined when it is no such list. Models that cannot chat are left out. */
export function parseOllamaTags(value: unknown): OllamaListed[] | undefined {
  if (!isRecord(value) || (value.models !== null && !Array.isArray(value.models))) return undefined;
  const byId = new Map<string, OllamaListed>();
  for (const entry of (value.models ?? []).slice(0, maxListed).filter(isRecord)) {
    const id = parseModelId(entry.model ?? entry.name);
    const details = isRecord(entry.details) ? entry.details : {};
    const capabilities = wordsOf(entry.capabilities);
    const onlyEmbeds = capabilities?.includes('embedding') && !capabilities.includes('completion');
    if (id === undefined || onlyEmbeds) continue;
    const contextTokens = countOf(details.context_length);
    byId.set(id, {
      id,
      ...(capabilities && { capabilities }),
      ...named('parameterSize', details.parameter_size),
      ...named('quantization', details.quantization_level),
      ...named('family', details.family),
      ...(contextTokens !== undefined && { contextTokens }),
      remote: typeof entry.remote_host === 'string' && entry.remote_host !== '',
    });
  }
  return [...byId.values()];
}

/** An `expires_at` beyond this is for good, in ms from now. */
const forGoodMs = 10 * 365 * 86_400_000;

/** Listed models with what `/api/ps` says: which are loaded, and until when. As they were when it says nothing. */
export function withMemory(models: readonly OllamaListed[], value: unknown, now: number): OllamaListed[] {
  if (!isRecord(value) || !Array.isArray(value.models)) return [...models];
  const running = value.models.filter(isRecord);
  return models.map((listed) => {
    if (listed.remote) return listed;
    const entry = running.find((e) => nameOf(e) === listed.id);
    if (entry) {
      const until = typeof entry.expires_at === 'string' ? Date.parse(entry.expires_at) : Number.NaN;
      const ends = until > 0 && until - now < forGoodMs;
      return { ...listed, memory: { state: 'loaded' as const, ...(ends && { until }) } };
    }
    // It may run under the name of another model that is made of the same file.
    const mayBe = running.some((e) => isRecord(e.details) && describesSame(e.details, listed));
    return mayBe ? listed : { ...listed, memory: { state: 'unloaded' as const } };
  });
}

function describesSame(
  details: Record<string, unknown>,
  { family, parameterSize, quantization }: OllamaListed,
): boolean {
  return (
    family !== undefined &&
    details.family === family &&
    details.parameter_size === parameterSize &&
    details.quantization_level === quantization
  );
}

function nameOf(entry: Record<string, unknown>): string {
  return String(entry.model ?? entry.name);
}

/** The names under which `/api/ps` lists other models of the same kind as the one `/api/show` is about. */
export function findTwins(ps: unknown, show: unknown): string[] {
  const details = isRecord(show) && isRecord(show.details) ? show.details : undefined;
  if (!details || !isRecord(ps) || !Array.isArray(ps.models)) return [];
  const same = (e: Record<string, unknown>) =>
    isRecord(e.details) &&
    ['family', 'parameter_size', 'quantization_level'].every(
      (key) => (e.details as typeof details)[key] === details[key],
    );
  return ps.models.filter(isRecord).filter(same).map(nameOf).slice(0, 3);
}

/** The file that a model is made of, by its `modelfile`. */
export function blobOf(show: unknown): string | undefined {
  const text = isRecord(show) && typeof show.modelfile === 'string' ? show.modelfile : '';
  return /^FROM\s+\S*(sha256[-:][0-9a-f]{64})\s*$/m.exec(text)?.[1];
}

/** What a listed model is: how it reasons by what Ollama says of it, all else by what is known about its name. */
export function describeOllamaModel(listed: OllamaListed, { price, ...known }: ModelInfo): ModelInfo {
  const { capabilities, family, remote } = listed;
  const thinks = capabilities?.includes('thinking');
  const levels = family !== undefined && levelFamilies.has(family);
  const plain = capabilities && known.reasoning.isAssumed;
  const reasoning = plain ? ({ transport: 'none', startsInReasoning: 'auto' } as const) : known.reasoning;
  const facts = [listed.parameterSize, listed.quantization, remote ? 'runs on ollama.com' : undefined];
  const note = facts.filter((fact) => fact !== undefined).join(' · ');
  return {
    ...known,
    reasoning: thinks ? { ...reasoning, transport: 'field' } : reasoning,
    parameters: {
      ...(thinks && { efforts: levels ? ['low', 'medium', 'high'] : ['off', 'on'] }),
      // One that runs on ollama.com has its window and its place in memory from there.
      dials: remote ? samplingDials : { ...samplingDials, numCtx: 'num_ctx', keepAlive: 'keep_alive' },
      ...known.parameters,
    },
    ...(!remote && { price: price ?? ownHardware }),
    // What comes of families with levels cannot be split as raw text; what runs elsewhere has no template here.
    ...(!levels && !remote && { continuation: 'rendered' }),
    ...(capabilities?.includes('vision') && { takesImages: true }),
    requestExtras: levels ? { think: 'medium' } : {},
    ...(note && { note }),
  };
}

/** Reads `/api/show`: what the model can do and how long its window may be. */
export function parseOllamaShow(value: unknown): OllamaFacts {
  if (!isRecord(value)) return {};
  const info = isRecord(value.model_info) ? value.model_info : {};
  const contextTokens = countOf(Object.entries(info).find(([key]) => key.endsWith('.context_length'))?.[1]);
  const parameters = typeof value.parameters === 'string' ? value.parameters : '';
  const defaultWindow = countOf(Number(/^num_ctx\s+(\d{1,9})\s*$/m.exec(parameters)?.[1]));
  const capabilities = wordsOf(value.capabilities);
  const thinking = isRecord(value.thinking) ? value.thinking : {};
  const values = Array.isArray(thinking.values) ? thinking.values.filter(isThinkValue).slice(0, 20) : undefined;
  return {
    ...(contextTokens !== undefined && { contextTokens }),
    ...(defaultWindow !== undefined && { defaultWindow }),
    ...(capabilities && { thinks: capabilities.includes('thinking') }),
    ...(values && values.length > 0 && { thinkValues: values }),
    ...(typeof value.remote_host === 'string' && value.remote_host !== '' && { remote: true }),
  };
}

/** Reads `/api/ps`: whether this model is loaded now, and with which window. Undefined when it is no such list. */
export function findLoaded(value: unknown, model: string): OllamaFacts['loaded'] {
  if (!isRecord(value) || (value.models !== null && !Array.isArray(value.models))) return undefined;
  const names = new Set([model, `${model}:latest`]);
  const entry = (value.models ?? []).filter(isRecord).find((e) => names.has(String(e.model ?? e.name)));
  if (!entry) return false;
  const window = countOf(entry.context_length);
  return window === undefined ? {} : { window };
}

function isThinkValue(value: unknown): value is boolean | string {
  return typeof value === 'boolean' || (typeof value === 'string' && /^[a-z]{1,20}$/.test(value));
}

function wordsOf(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : undefined;
}

function named<K extends string>(key: K, value: unknown): { [k in K]?: string } {
  const name = typeof value === 'string' ? cleanName(value).slice(0, 30) : '';
  return name === '' || name === 'unknown' ? {} : ({ [key]: name } as { [k in K]?: string }); // a computed key is a string to the compiler
}
