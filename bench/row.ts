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
