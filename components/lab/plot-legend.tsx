import { Swatch } from '../charts/swatch.tsx';
import type { PlotSetting } from './plot-points.ts';

/** The models of a plot by their colours, and what joins their points. */
export function PlotLegend({ settings }: { settings: readonly PlotSetting[] }) {
  const models = new Map(settings.map(({ model, color }) => [color, model]));
  const isObserved = settings.every(({ honesty }) => honesty === 'observed');
  return (
    <span className="flex flex-wrap gap-x-3.5 gap-y-0.5">
      {[...models].map(([color, model]) => (
        <span key={color} className="inline-flex items-center gap-1.5">
          <Swatch color={color} /> {model}
        </span>
      ))}
      <span>
        {isObserved
          ? 'Lengths as they came: observed, not caused.'
          : 'Points of a model are joined in order of their thinking; nothing is fitted.'}
      </span>
    </span>
  );
}
