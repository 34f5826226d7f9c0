import type { LabRun } from '../../../lib/lab/run.ts';
import type { PlotSetting } from '../plot-points.ts';
import { honestyOf, stepWords } from './run-words.ts';

/** So many models have a colour of their own. */
const colors = 7;

/** The points of a run as its plots have them; what was dropped is not drawn. */
export function plotSettings(run: LabRun): PlotSetting[] {
  return run.settings.flatMap((setting, at) => {
    const figures = run.figures[at];
    if (!figures || setting.dropped) return [];
    return [
      {
        id: String(setting.index),
        model: setting.modelLabel,
        color: setting.model < colors ? `var(--chart-${setting.model + 1})` : 'var(--chart-other)',
        setting: stepWords(setting.step),
        honesty: honestyOf[setting.step.way],
        figures,
      },
    ];
  });
}
