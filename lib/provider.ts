import type { GenerationError } from './errors.ts';
import type {
  HistoryPolicy,
  ModelInfo,
  ModelMemory,
  ModelParameters,
  ModelRoute,
  PromptTemplateId,
  ProviderStatus,
  ReasoningFormat,
} from './model.ts';
import type { Price } from './price.ts';

/** One entry of a server's own model list. */
export interface ListedModel {
  id: string;
  ownedBy?: string;
  contextTokens?: number;
  /** Those are the window its server gives it, not what the model could have. */
  contextFrom?: 'server';
  /** What its weights say of it: the family of its architecture, and how many tokens its vocabulary has. */
  family?: string;
  vocabularySize?: number;
  outputTokens?: number;
  price?: Price;
  routes?: ModelRoute[];
  takesImages?: true;
  /** The local preset whose entries have this shape, by its id. */
  looksLike?: string;
  /** Its size and how it is quantised, in a few words. */
  note?: string;
  /** A gateway's own words about what is behind an alias: the model's name there, and the preset of the server. */
  upstream?: string;
  behind?: string;
  /** It is said to think. */
  thinks?: true;
  /** How its thinking can be controlled, as its template tells. */
  control?: { takesBudget: boolean; efforts: string[] };
  /** As it is at the moment. */
  memory?: ModelMemory;
}

/** Where a provider comes from: the environment, a person, a look at this machine's ports, this app itself, or our recordings. */
export type ProviderSource = 'environment' | 'own' | 'local' | 'inside' | 'recordings';

/** What there is to say about a provider's key without saying the key. */
export type ProviderKey =
  | { state: 'none' }
  /** Set by whoever runs the server; never shown, not even its end. */
  | { state: 'environment'; variable: string }
  | { state: 'missing'; variable?: string }
  /** A person's own; `end` is its last four characters. */
  | { state: 'own'; end: string }
  /** It was sealed under another secret and cannot be opened: it must be entered again. */
  | { state: 'unreadable'; end: string };

/** What asking a provider for its model list showed. */
export interface ProviderCheck {
  /** Epoch ms. */
  at: number;
  /** How long the list took, in ms; undefined when no answer came. */
  latencyMs?: number;
  reachable: boolean;
  /** `untested`: its list is for everybody, so only a question shows whether the key is good. */
  key: 'valid' | 'wrong' | 'missing' | 'untested' | 'not-needed';
  /** Ids the list gave; undefined when it gave none. */
  found?: number;
  error?: GenerationError;
}

/** A provider as Settings shows it. */
export interface ProviderDetail {
  id: string;
  label: string;
  source: ProviderSource;
  presetId?: string;
  /** Undefined where it is nobody's business. */
  baseURL?: string;
  key: ProviderKey;
  status: ProviderStatus;
  check?: ProviderCheck;
  models: ModelInfo[];
  /** Ids that its list gave and that are not offered, for adding one by hand. */
  otherModels: string[];
}

/** A known provider that a person may add. */
export interface PresetChoice {
  id: string;
  label: string;
  kind: 'hosted' | 'local';
  baseURL: string;
  /** The variable of the environment that would do the same for everybody. */
  variable?: string;
  needsKey: boolean;
  /** The service has shut down: why, and it needs a base URL of another server. */
  gone?: string;
}

/** What came of asking a model for a token. */
export type ProviderTest =
  | { ok: true; model: string; firstTokenMs: number; words: string }
  | { ok: false; model?: string; error: GenerationError; words: string };

/** What came of having a model loaded or put away. */
export type MemoryChange = { ok: true } | { ok: false; error: GenerationError; words: string };

/** What a person says about a model, instead of what we assume. A group that is given replaces the whole group. */
export interface ModelOverride {
  label?: string;
  reasoning?: ReasoningFormat;
  history?: HistoryPolicy;
  promptTemplate?: PromptTemplateId;
  advice?: ModelInfo['advice'];
  limits?: ModelInfo['limits'];
  parameters?: ModelParameters;
  /** Null: its price is not known. */
  price?: Price | null;
  requestExtras?: Record<string, unknown>;
  /** Whether a question may bring pictures. */
  takesImages?: boolean;
  /** The preset of the server behind a gateway; null: nobody knows. */
  behind?: string | null;
  /** The model was added by hand: its key is its id, and no list has to name it. */
  added?: true;
}

/** An override with the model it is about. */
export interface ModelOverrideEntry {
  providerId: string;
  modelKey: string;
  override: ModelOverride;
}

/** A model as its person wants it. */
export function applyOverride(model: ModelInfo, override: ModelOverride): ModelInfo {
  const { price, takesImages, behind, added: _added, ...given } = override;
  const changed: ModelInfo = { ...model, ...given };
  if (price === null) delete changed.price;
  else if (price) changed.price = price;
  if (takesImages === false) delete changed.takesImages;
  else if (takesImages) changed.takesImages = true;
  if (behind === null) delete changed.behind;
  else if (behind !== undefined) changed.behind = behind;
  return changed;
}
