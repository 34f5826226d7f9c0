import type { Forecast, LabSample, LabSetting, Range } from '../../lab/run.ts';

/**
 * What the calls that are left will take, from those that are over.
 * @param input.lanes calls that are under way at once
 * @returns undefined where nothing is over that could tell
 */
export function forecastOf(input: {
  over: readonly LabSample[];
  left: number;
  settings: readonly LabSetting[];
  lanes: number;
}): Forecast | undefined {
  const { over, left, settings, lanes } = input;
  if (over.length === 0) return undefined;
  const rangeOf = (of: (sample: LabSample) => number | undefined): Range | undefined =>
    spread(over.flatMap((sample) => of(sample) ?? []));
  const none = { median: 0, p90: 0 };
  const tokens = rangeOf(
    (sample) => (sample.promptTokens ?? 0) + (sample.thinkingTokens ?? 0) + (sample.answerTokens ?? 0),
  );
  const cost = rangeOf(({ cost }) => cost);
  const ms = rangeOf((sample) => sample.ms) ?? none;
  const priced = settings.find(({ pricesAsOf }) => pricesAsOf);
  const times = (range: Range, factor: number): Range => ({ median: range.median * factor, p90: range.p90 * factor });
  return {
    of: over.length,
    calls: left,
    thinkingTokens: rangeOf(({ thinkingTokens }) => thinkingTokens) ?? none,
    answerTokens: rangeOf(({ answerTokens }) => answerTokens) ?? none,
    tokens: times(tokens ?? none, left),
    ...(cost && { cost: times(cost, left) }),
    ...(cost && priced?.pricesAsOf !== undefined && { pricesAsOf: priced.pricesAsOf }),
    minutes: times(ms, left / Math.max(1, lanes) / 60_000),
  };
}

/** The middle and the upper end, interpolated as `percentile_cont` does. */
function spread(values: readonly number[]): Range | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const [low = 0, high = low] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return low + (high - low) * (place - Math.floor(place));
  };
  return { median: at(0.5), p90: at(0.9) };
}
