/** The room around a chart for its axes, in px. */
export const margins = { marginLeft: 44, marginRight: 12, marginTop: 12, marginBottom: 34 } as const;

/** How a chart's tip looks. */
export const tip = { fill: 'var(--surface)', stroke: 'var(--line)', textPadding: 9, lineHeight: 1.35 } as const;

/** Powers of ten alone are named on a logarithmic axis. */
export function powersIn(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  return Array.from({ length: Math.floor(Math.log10(high) + 1e-9) - first + 1 }, (_, i) => 10 ** (first + i));
}
