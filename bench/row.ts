/** One figure of the benchmark, beside its floor measured in the same run. */
export interface BenchRow {
  /** What was done, such as "200 streams at 20/s". */
  case: string;
  /** What was measured, such as "server CPU per 100k tokens". */
  figure: string;
  unit: string;
  value: number;
  /** The same figure of the bare page or pass-through; null when it has none. */
  floor: number | null;
  /** `value / floor`; null without a floor. */
  ratio: number | null;
  /** The goal as it is said, such as "≤ 3× the pass-through". */
  goal: string;
  /** Whether the goal is met; null when the figure has none. */
  met: boolean | null;
}

/** Makes the rows of one case. */
export function rowOf(name: string) {
  return (
    figure: string,
    unit: string,
    value: number,
    floor: number | null,
    limit: { most?: number; least?: number },
  ): BenchRow => {
    const ratio = floor === null || floor === 0 ? null : value / floor;
    const { most, least } = limit;
    const goal = most !== undefined ? `≤ ${most}×` : least !== undefined ? `≥ ${least}×` : '';
    const met = ratio === null || goal === '' ? null : most !== undefined ? ratio <= most : ratio >= (least ?? 0);
    return { case: name, figure, unit, value, floor, ratio, goal, met };
  };
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

/** Prints rows as a table, for a part of the benchmark that is run alone. */
export function printRows(rows: readonly BenchRow[]): void {
  console.table(
    rows.map((row) => ({
      ...row,
      value: row.value.toPrecision(4),
      floor: row.floor?.toPrecision(4),
      ratio: row.ratio?.toPrecision(3),
    })),
  );
}
