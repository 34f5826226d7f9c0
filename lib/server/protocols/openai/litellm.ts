import type { ListedModel } from '../../../provider.ts';
import { countOf, isRecord } from '../../calls/json.ts';
import { cleanName } from '../../calls/errors.ts';

/** Servers by the way LiteLLM speaks to them; those it passes everything on to. */
const serversByPrefix: Record<string, string> = { hosted_vllm: 'vllm', llamafile: 'llamacpp', lm_studio: 'lmstudio' };

/** Whether a list is a LiteLLM's, which tells more about its models elsewhere. */
export function isLiteLLM(models: readonly ListedModel[]): boolean {
  return models.length > 0 && models.every(({ looksLike }) => looksLike === 'litellm');
}

/**
 * Listed models with what LiteLLM's `/model/info` says of them: what is behind an alias, whether it thinks, its limits and
 * prices. Those that cannot chat are left out. As they were when it says nothing.
 * @param day of its prices, as an ISO date.
 */
export function withModelInfo(models: readonly ListedModel[], value: unknown, day: string): ListedModel[] {
  const entries = isRecord(value) && Array.isArray(value.data) ? value.data.filter(isRecord) : [];
  const byName = new Map(entries.toReversed().map((entry) => [entry.model_name, entry]));
  return models.flatMap((listed) => {
    const entry = byName.get(listed.id);
    const info = isRecord(entry?.model_info) ? entry.model_info : {};
    if (typeof info.mode === 'string' && !/^(chat|responses)$/i.test(info.mode)) return [];
    const contextTokens = countOf(info.max_input_tokens) ?? listed.contextTokens;
    const outputTokens = countOf(info.max_output_tokens) ?? listed.outputTokens;
    const price = priceOf(info, day);
    return [
      {
        ...listed,
        ...upstreamOf(entry?.litellm_params),
        ...(contextTokens !== undefined && { contextTokens }),
        ...(outputTokens !== undefined && { outputTokens }),
        ...(info.supports_reasoning === true && { thinks: true as const }),
        ...(info.supports_vision === true && { takesImages: true as const }),
        ...(price && { price }),
      },
    ];
  });
}

function upstreamOf(parameters: unknown): Pick<ListedModel, 'upstream' | 'behind'> {
  const model = isRecord(parameters) && typeof parameters.model === 'string' ? cleanName(parameters.model) : '';
  const [, prefix, name] = /^([a-z_]+)\/(.+)$/i.exec(model) ?? [];
  if (prefix === undefined || name === undefined || name.includes('*')) return {};
  const behind = serversByPrefix[prefix.toLowerCase()];
  return { upstream: name, ...(behind !== undefined && { behind }) };
}

/** Dollars a million; a price of nothing is one that nobody told. */
function priceOf(info: Record<string, unknown>, asOf: string): ListedModel['price'] {
  const dollars = (value: unknown) => (typeof value === 'number' && value > 0 && value < 1 ? value * 1e6 : undefined);
  const [input, output] = [dollars(info.input_cost_per_token), dollars(info.output_cost_per_token)];
  if (input === undefined || output === undefined) return undefined;
  const cachedInput = dollars(info.cache_read_input_token_cost);
  const round = (price: number) => Number(price.toPrecision(12));
  return {
    input: round(input),
    output: round(output),
    ...(cachedInput !== undefined && { cachedInput: round(cachedInput) }),
    asOf,
  };
}
