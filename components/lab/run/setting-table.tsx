import type { LabRun, RunChange } from '../../../lib/lab/run.ts';
import { endStates } from '../../../lib/lab/score.ts';
import { formatCost, formatCount, formatShare } from '../../../lib/quantity-words.ts';
import { Swatch } from '../../charts/swatch.tsx';
import { Button } from '../../ui/button.tsx';
import { figureWords, meaningWords, meanWords, sampleWords, stateColors, stateWords } from '../figure-words.ts';
import { settingWords } from './run-words.ts';

const cell = 'px-2 py-2 text-right whitespace-nowrap align-top first:pl-0 first:text-left last:pr-0';
const head = ['Point', 'Right', 'Vote of all', 'Thinking', 'Samples', 'Within its budget', 'Cost', ''];

/** The points of a run with their figures; a press shows the questions of one. */
export function SettingTable(props: {
  run: LabRun;
  chosen: number;
  onChoose: (id: string) => void;
  /** Absent where the run cannot be changed. */
  onChange?: (change: RunChange) => Promise<void>;
}) {
  const { run, chosen, onChoose, onChange } = props;
  return (
    <section
      className="relative overflow-x-auto"
      aria-label="Figures by point"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must by keys too
      tabIndex={0}
    >
      <table className="w-full text-sm tabular-nums">
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col" className={`font-normal text-ink-muted ${cell}`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {run.settings.map((setting, at) => {
            const figures = run.figures[at];
            const vote = figures?.byK.at(-1);
            return (
              <tr
                key={setting.index}
                className="border-t border-line data-dropped:opacity-55"
                data-dropped={setting.dropped}
              >
                <th scope="row" className={`font-medium ${cell}`}>
                  <button
                    type="button"
                    aria-current={setting.index === chosen ? 'true' : undefined}
                    className="text-left text-accent underline-offset-2 hover:underline pointer-coarse:min-h-10"
                    onClick={() => onChoose(String(setting.index))}
                  >
                    {settingWords(setting)}
                  </button>
                  {setting.recording && <span className="font-normal text-ink-muted"> (a recording)</span>}
                </th>
                <td className={cell} title={figures?.accuracy && meaningWords(figures.accuracy)}>
                  {figureWords(figures?.accuracy)}
                </td>
                <td className={cell} title={vote?.consensus && meaningWords(vote.consensus)}>
                  {vote && vote.k > 1 ? `${figureWords(vote.consensus)} of ${vote.k}` : '–'}
                </td>
                <td className={cell}>{meanWords(figures?.thinking)}</td>
                <td className={cell}>
                  {figures?.accuracy ? sampleWords(figures.accuracy) : '–'}
                  <span className="flex flex-wrap justify-end gap-x-2 text-xs text-ink-muted">
                    {endStates
                      .filter((state) => (figures?.states[state] ?? 0) > 0)
                      .map((state) => (
                        <span key={state} className="inline-flex items-center gap-1" title={stateWords[state]}>
                          <Swatch color={stateColors[state]} /> {formatCount(figures?.states[state] ?? 0)}
                          <span className="sr-only">{stateWords[state]}</span>
                        </span>
                      ))}
                  </span>
                </td>
                <td className={cell}>{setting.budget ? <Budget {...setting.budget} /> : '–'}</td>
                <td className={cell}>{figures && figures.priced > 0 ? formatCost(figures.cost) : '–'}</td>
                <td className={cell}>
                  {onChange && !run.recorded && !setting.dropped && run.settings.length > 1 && (
                    <Button tone="quiet" onClick={() => void onChange({ do: 'drop-setting', setting: setting.index })}>
                      Ask no more
                    </Button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** Servers ignore fields they do not know: what was kept is said. */
function Budget({ kept, judged }: { kept: number; judged: number }) {
  if (judged === 0) return '–';
  return (
    <span className={kept < judged ? 'text-warn' : undefined}>
      {formatShare(kept, judged)}
      {kept < judged / 2 && <span className="block text-xs">its server does not hold it to the budget</span>}
    </span>
  );
}
