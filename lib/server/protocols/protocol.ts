import type { ModelInfo, ProviderAdapter } from '../../model.ts';
import type { ListedModel } from '../../provider.ts';
import type { ServerOptions } from '../calls/model-call.ts';
import type { StreamSizes } from '../calls/stream-facts.ts';
import type { FetchLike } from '../calls/upstream-fetch.ts';

/** How a server differs from others of its protocol, as its preset says it. Each protocol reads its own words in it. */
export type Dialect = Readonly<Record<string, unknown>>;

/** A server whose models are asked. */
export interface AskedServer extends ServerOptions {
  id: string;
  /** Where the bytes come from, with whatever guards them. */
  fetch: FetchLike;
  sizes?: StreamSizes;
  dialect?: Dialect;
}

/** A server that is asked what models it has. */
export interface ListedServer {
  baseURL: string;
  /** Path of the list under the base URL, where the protocol does not say it. */
  listPath: string;
  apiKey?: string;
  dialect?: Dialect;
}

/** What can be done over a protocol at all; a model may be able to do less. */
export interface Abilities {
  /** A server can be told to fetch a model. */
  pull: boolean;
  /** The beginning of an answer can be handed back. */
  continuation: boolean;
  /** Thinking can be held to a number of tokens. */
  budget: boolean;
  /** How likely each token was can be asked for. */
  logprobs: boolean;
}

/** A way to speak with servers: all that the rest of the app needs to know of it. */
export interface Protocol {
  /** The word for it in presets.json. */
  id: string;
  abilities: Abilities;
  /** What tells a server who asks. */
  headers(server: Pick<ListedServer, 'apiKey' | 'dialect'>): Record<string, string>;
  listURL(server: ListedServer): string;
  /**
   * Reads a list of models; undefined when it is none. Models that cannot chat, and ids that are no names, are left out.
   * @param factsOf what else an entry of the list tells, such as its price.
   */
  parseModels(
    value: unknown,
    factsOf?: (entry: Record<string, unknown>) => Partial<ListedModel>,
  ): ListedModel[] | undefined;
  /** Reads what a server without a list says of itself; undefined when it is something else. */
  parseServerInfo?(value: unknown): ListedModel[] | undefined;
  /**
   * What else a server says about the models it has listed, at a place of its own: where, and the models with what it says
   * there. Undefined where there is nothing to ask.
   */
  more?(
    listed: readonly ListedModel[],
    server: ListedServer,
  ): { url: string; merge(value: unknown): ListedModel[] } | undefined;
  /** A listed model as it can be asked over this protocol. @param known what its name tells. */
  describe?(listed: ListedModel, known: ModelInfo): ModelInfo;
  createAdapter(server: AskedServer): ProviderAdapter;
}
