import type { ModelRoute } from '../../model.ts';
import type { Price } from '../../price.ts';
import type { ListedModel } from '../../provider.ts';
import { cleanName } from '../calls/errors.ts';
import { isRecord } from '../calls/json.ts';

/**
 * How a model list tells prices. `by-provider` (the Hugging Face router): under `providers`, USD per million, each with
 * its status and context. `per-token` (OpenRouter): under `pricing`, USD per token, as strings.
 */
export type PriceStyle = 'by-provider' | 'per-token';

type Facts = Pick<ListedModel, 'contextTokens' | 'outputTokens' | 'price' | 'routes'>;

const maxRoutes = 40;
/** What may stand behind the colon of a model's id. */
const routeId = /^[a-z0-9][a-z0-9._-]{0,39}$/i;

/** What an entry of a model list says about prices, room and routes. `day`: when the list was read, YYYY-MM-DD. */
export function parseListPrices(entry: Record<string, unknown>, style: PriceStyle, day: string): Facts {
  return style === 'per-token' ? parsePerToken(entry, day) : parseByProvider(entry, day);
}

function parsePerToken(entry: Record<string, unknown>, day: string): Facts {
  const pricing = isRecord(entry.pricing) ? entry.pricing : {};
  const [input, output] = [perMillion(pricing.prompt), perMillion(pricing.completion)];
  const cachedInput = perMillion(pricing.input_cache_read);
  const top = isRecord(entry.top_provider) ? entry.top_provider : {};
  const outputTokens = tokens(top.max_completion_tokens);
  return {
    ...(outputTokens !== undefined && { outputTokens }),
    ...(input !== undefined &&
      output !== undefined && {
        price: { input, output, ...(cachedInput !== undefined && { cachedInput }), asOf: day },
      }),
  };
}

function parseByProvider(entry: Record<string, unknown>, day: string): Facts {
  if (!Array.isArray(entry.providers)) return {};
  const routes = entry.providers.slice(0, maxRoutes).flatMap((provider) => parseRoute(provider, day) ?? []);
  if (routes.length === 0) return {};
  const contextTokens = Math.max(0, ...routes.map((route) => route.contextTokens ?? 0));
  const price = priceOver(routes, day);
  return { routes, ...(contextTokens > 0 && { contextTokens }), ...(price && { price }) };
}

/** A provider that serves the model now; one that is said not to is none. */
function parseRoute(value: unknown, day: string): ModelRoute | undefined {
  if (!isRecord(value) || typeof value.provider !== 'string' || !routeId.test(value.provider)) return undefined;
  if (typeof value.status === 'string' && value.status !== 'live') return undefined;
  const pricing = isRecord(value.pricing) ? value.pricing : {};
  const [input, output] = [money(pricing.input), money(pricing.output)];
  const contextTokens = tokens(value.context_length);
  return {
    id: value.provider,
    label: cleanName(value.provider),
    ...(contextTokens !== undefined && { contextTokens }),
    ...(input !== undefined && output !== undefined && { price: { input, output, asOf: day } }),
  };
}

/** The price whichever provider the router chooses: from the least to the most, unless all ask the same. */
function priceOver(routes: readonly ModelRoute[], day: string): Price | undefined {
  const prices = routes.flatMap(({ price }) => price ?? []);
  if (prices.length === 0) return undefined;
  const [inputs, outputs] = [prices.map(({ input }) => input), prices.map(({ output }) => output)];
  const least = { input: Math.min(...inputs), output: Math.min(...outputs), asOf: day };
  const most = { input: Math.max(...inputs), output: Math.max(...outputs) };
  const isOne = prices.length === routes.length && most.input === least.input && most.output === least.output;
  return isOne ? least : { ...least, upTo: most, note: 'by provider; the router chooses' };
}

function perMillion(value: unknown): number | undefined {
  const usd = typeof value === 'string' && value.trim() !== '' ? money(Number(value)) : money(value);
  // A price has few digits; what else the multiplication shows is not of it.
  return usd === undefined ? undefined : Number((usd * 1_000_000).toPrecision(10));
}

function money(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function tokens(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
