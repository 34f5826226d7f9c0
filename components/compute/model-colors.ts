import type { TokenLog } from '../../lib/token-log.ts';

/** So many models get a colour of their own; the others share a grey. */
const colored = 7;

/** The colour of the models without one of their own. */
export const otherColor = 'var(--chart-other)';

export function modelKeyOf({ providerId, modelKey }: { providerId: string; modelKey: string }): string {
  return `${providerId} ${modelKey}`;
}

export interface ModelColor {
  key: string;
  label: string;
  color: string;
}

/** The models of a log with their colours, those that wrote most first; two of one name say their provider. */
export function colorsOf(log: TokenLog): ModelColor[] {
  const names = log.models.map((model) => model.modelLabel);
  return log.models.map((model, i) => {
    const isTwice = names.filter((name) => name === model.modelLabel).length > 1;
    return {
      key: modelKeyOf(model),
      label: isTwice ? `${model.modelLabel} (${model.providerLabel})` : model.modelLabel,
      color: i < colored ? `var(--chart-${i + 1})` : otherColor,
    };
  });
}
