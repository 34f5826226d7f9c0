import type { Figure, Mean } from '../../lib/lab/measures.ts';
import type { KFigures, SettingFigures } from '../../lib/lab/figures.ts';
import { figureWords, meaningWords, meanWords, percentWords, rangeWords, sampleWords } from './figure-words.ts';

/** How sure it is that the thinking made the difference. */
export type Honesty = 'caused' | 'forced' | 'after-the-fact' | 'observed';

export const honestyWords: Record<Honesty, string> = {
  caused: 'the model was told how much to think',
  forced: 'the thought was forced to this length',
  'after-the-fact': 'cut after the fact: the model did not know its budget',
  observed: 'observed, not caused',
};

/** One model under one setting, as the plots have it. */
export interface PlotSetting {
  id: string;
  /** Points of one model are joined. */
  model: string;
  color: string;
  /** "budget 64", "effort high", "as it comes". */
  setting: string;
  honesty: Honesty;
  figures: SettingFigures;
}

/** A point with its error bars, ready to be drawn. */
export interface PlotPoint {
  id: string;
  series: string;
  color: string;
  x: number;
  x1: number;
  x2: number;
  y: number;
  y1: number;
  y2: number;
  dashed: boolean;
  /** Only where a line begins: the point itself is another one's. */
  isJoint?: true;
  /** Several lines, for the tip. */
  title: string;
  /** The same in one line, to be read aloud. */
  words: string;
  href: string;
}

function pointOf(
  { id, model, color }: Pick<PlotSetting, 'id' | 'model' | 'color'>,
  about: { series?: string; x: Mean; y: Figure; dashed?: boolean; lines: readonly string[] },
): PlotPoint {
  const { x, y, lines } = about;
  return {
    id,
    series: about.series ?? model,
    color,
    // a logarithmic axis has no 0
    x: Math.max(1, x.value),
    x1: Math.max(1, x.low),
    x2: Math.max(1, x.high),
    y: y.value,
    y1: y.low,
    y2: y.high,
    dashed: about.dashed ?? false,
    title: lines.join('\n'),
    words: lines.join('. '),
    href: `#${id}`,
  };
}

/** Accuracy against thinking tokens, one point a setting. */
export function accuracyPoints(settings: readonly PlotSetting[]): PlotPoint[] {
  return settings.flatMap((each) => {
    const { accuracy, thinking } = each.figures;
    if (!accuracy || !thinking) return [];
    return [
      pointOf(each, {
        x: thinking,
        y: accuracy,
        lines: [
          `${each.model}, ${each.setting}`,
          `${figureWords(accuracy)} right`,
          `${meanWords(thinking)} thinking tokens`,
          `${sampleWords(accuracy)}, ${accuracy.questions} questions`,
          honestyWords[each.honesty],
        ],
      }),
    ];
  });
}

/** The same tokens spent on longer thoughts, or on more samples and a vote; x is all output of the vote. */
export function budgetPoints(settings: readonly PlotSetting[]): PlotPoint[] {
  return settings.flatMap((each) => {
    const { accuracy, output, byK } = each.figures;
    if (!accuracy || !output) return [];
    const single = pointOf(each, {
      series: `${each.model}: one sample`,
      x: output,
      y: accuracy,
      lines: [`${each.model}, ${each.setting}`, `one sample: ${figureWords(accuracy)}`, `${meanWords(output)} tokens`],
    });
    const votes = byK.flatMap(({ k, consensus }) =>
      k === 1 || !consensus
        ? []
        : [
            pointOf(each, {
              series: `${each.model}: vote, ${each.setting}`,
              x: { value: output.value * k, low: output.low * k, high: output.high * k },
              y: consensus,
              dashed: true,
              lines: [
                `${each.model}, ${each.setting}`,
                `vote of ${k}: ${figureWords(consensus)}`,
                `${meanWords({ value: output.value * k, low: output.low * k, high: output.high * k })} tokens in all`,
              ],
            }),
          ],
    );
    const start = votes[0] ? [{ ...single, series: votes[0].series, dashed: true, isJoint: true as const }] : [];
    return [single, ...start, ...votes];
  });
}

const curves = [
  ['passAtK', 'pass@k: one right at least', 'var(--chart-6)'],
  ['consensus', 'cons@k: the vote is right', 'var(--chart-1)'],
  ['passAllK', 'pass^k: all right', 'var(--chart-2)'],
] as const satisfies readonly (readonly [keyof KFigures, string, string])[];

/** pass@k, cons@k and pass^k of one setting, against k. */
export function samplePoints(setting: PlotSetting): PlotPoint[] {
  return curves.flatMap(([of, name, color]) =>
    setting.figures.byK.flatMap((figures) => {
      const figure = figures[of];
      if (!figure) return [];
      const { k } = figures;
      return [
        pointOf(
          { id: setting.id, model: name, color },
          {
            x: { value: k, low: k, high: k },
            y: figure,
            lines: [
              `${name.slice(0, name.indexOf(':'))}, k = ${k}`,
              `${percentWords(figure.value)} (${rangeWords(figure)})`,
              sampleWords(figure),
            ],
          },
        ),
      ];
    }),
  );
}

/** What the intervals of these points mean, said once below the plot. */
export function meaningOf(figures: readonly (Figure | undefined)[]): string {
  const first = figures.find((figure) => figure !== undefined);
  return first ? meaningWords(first) : '';
}
