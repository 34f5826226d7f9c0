import type { ModelInfo, ModelRoute } from './model.ts';
import type { Price } from './price.ts';

/**
 * A model as it is on one of its routes: that provider's price and room. Where the router chooses, the model's own; of a
 * provider that the list does not name (any more), the price is not known.
 */
export function onRoute(model: ModelInfo, routeId: string | undefined): ModelInfo {
  if (routeId === undefined || !model.routes) return model;
  const route = model.routes.find(({ id }) => id === routeId);
  if (route?.isPolicy) return model;
  const { price: _, ...rest } = model;
  return {
    ...rest,
    ...(route?.price && { price: route.price }),
    ...(route?.contextTokens !== undefined && { limits: { ...model.limits, contextTokens: route.contextTokens } }),
  };
}

/** A price in a few words: USD per million tokens. */
export function priceWords({ input, output, upTo }: Price): string {
  return `$${rangeWords(input, upTo?.input)} in, $${rangeWords(output, upTo?.output)} out`;
}

function rangeWords(from: number, to = from): string {
  return from === to ? String(from) : `${from}–${to}`;
}

/** A route as a choice: its name, and its price where it has one of its own. */
export function routeWords({ label, price }: ModelRoute): string {
  return price ? `${label}: ${priceWords(price)}` : label;
}
