import type { SettingFigures } from '../../../lib/lab/figures.ts';
import type { LabRun, LabSetting, RunChange } from '../../../lib/lab/run.ts';
import { endStates } from '../../../lib/lab/score.ts';
import { formatCost, formatCount, formatShare } from '../../../lib/quantity-words.ts';
import type { UsageSource } from '../../../lib/usage.ts';
import { Swatch } from '../../charts/swatch.tsx';
import { Button } from '../../ui/button.tsx';
import { ScrollTable } from '../../ui/scroll-table.tsx';
import { figureWords, meaningWords, meanWords, sampleWords, stateColors, stateWords } from '../figure-words.ts';
import { sourceWord } from '../../words/usage-source.ts';
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
    <ScrollTable label="Figures by point" head={head} className="overflow-x-auto" headClassName={`font-normal ${cell}`}>
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
            <td className={cell}>
              {meanWords(figures?.thinking)}
              {figures?.thinking && <Sources sources={figures.sources} />}
            </td>
            <td className={cell}>
              {figures?.accuracy ? sampleWords(figures.accuracy) : '–'}
              <span className="flex justify-end gap-x-2 text-xs whitespace-nowrap text-ink-muted">
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
            <td className={cell}>{setting.budget ? <Budget {...setting} /> : '–'}</td>
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
    </ScrollTable>
  );
}

/** Fewer samples than this within their budget are worth a look. */
const mostlyKept = 0.95;

/** Servers ignore fields they do not know: what was kept is said, and who did not keep it. */
function Budget({ budget, step, providerLabel }: Pick<LabSetting, 'budget' | 'step' | 'providerLabel'>) {
  if (!budget || budget.judged === 0) return '–';
  const { kept, judged } = budget;
  return (
    <span className={kept < judged * mostlyKept ? 'text-warn' : undefined}>
      {formatShare(kept, judged)}
      {kept < judged / 2 && (
        <span className="block max-w-48 text-xs whitespace-normal">
          {step.way === 'cap' ? 'it thinks on behind the end we set' : `${providerLabel} does not hold it to this`}
        </span>
      )}
    </span>
  );
}

/** Where the counts come from, the most frequent first, unless all were told by their server. */
function Sources({ sources }: Pick<SettingFigures, 'sources'>) {
  const told = Object.entries(sources) as [UsageSource, number][]; // its own
  if (told.every(([source]) => source === 'reported')) return null;
  const words = told.sort(([, a], [, b]) => b - a).map(([source]) => sourceWord(source));
  return <span className="block text-xs text-ink-muted">{words.join(', ')}</span>;
}
