import type { TokenLog } from '../../lib/token-log.ts';
import { Swatch } from '../charts/swatch.tsx';
import { colorsOf, modelKeyOf, otherColor } from './model-colors.ts';
import {
  formatCost,
  formatCount,
  formatDuration,
  formatRate,
  formatShare,
  formatShortCount,
} from '../../lib/quantity-words.ts';
import { middleWords } from './words.ts';

const head = [
  'Generations',
  'Thinking',
  'Answer',
  'Prompt',
  'Thought',
  '90th',
  'First token',
  '90th',
  'Tokens/s',
  'Cost',
  'Ran out',
  'Well-formed',
  'Language',
];

const cell = 'px-1.75 py-2 text-right whitespace-nowrap last:pr-5';
/** The names stay in view while the figures are scrolled. */
const firstCell = 'sticky left-0 bg-surface py-2 pr-1.75 pl-3.5 text-left font-medium lg:pl-5';

/** The same figures for each model; a press on its name shows it alone. */
export function ModelTable({
  log,
  onChoose,
}: {
  log: TokenLog;
  onChoose: (providerId: string, modelKey: string) => void;
}) {
  const colors = new Map(colorsOf(log).map((color) => [color.key, color]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must by keys too
    <section className="-mx-3.5 overflow-x-auto rounded-b-lg lg:-mx-5" aria-label="By model" tabIndex={0}>
      <table className="min-w-full text-sm tabular-nums">
        <thead>
          <tr>
            <th scope="col" className={`${firstCell} text-ink-muted`}>
              Model
            </th>
            {head.map((name, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two columns have one name, and they never move
              <th scope="col" key={i} className={`${cell} font-normal text-ink-muted`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {log.models.map((model) => (
            <tr key={modelKeyOf(model)} className="border-line border-t">
              <th scope="row" className={`${firstCell} min-w-36 lg:min-w-48`}>
                <div className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-2">
                  <Swatch color={colors.get(modelKeyOf(model))?.color ?? otherColor} />
                  <button
                    type="button"
                    className="text-left underline-offset-2 hover:text-accent hover:underline"
                    onClick={() => onChoose(model.providerId, model.modelKey)}
                  >
                    {model.modelLabel}
                  </button>
                  <span className="col-start-2 text-xs font-normal text-ink-muted">
                    {model.recordings === model.generations ? 'Recordings' : model.providerLabel}
                  </span>
                </div>
              </th>
              {cellsOf(model).map((words, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <td key={i} className={cell}>
                  {words}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function cellsOf(model: TokenLog['models'][number]): string[] {
  const { thinking, firstToken, tokensPerSecond } = model;
  const known = (n: number | undefined, words: (n: number) => string) => (n === undefined ? '–' : words(n));
  return [
    formatCount(model.generations),
    formatShortCount(model.reasoningTokens),
    formatShortCount(model.answerTokens),
    formatShortCount(model.promptTokens),
    middleWords(thinking, formatCount)(thinking.median),
    middleWords(thinking, formatCount)(thinking.p90),
    middleWords(firstToken, formatDuration)(firstToken.median),
    middleWords(firstToken, formatDuration)(firstToken.p90),
    middleWords(tokensPerSecond, formatRate)(tokensPerSecond.median),
    model.priced === 0 ? '–' : formatCost(model.cost),
    formatShare(model.ranOut, model.outcomes.complete),
    formatShare(model.formatOk, model.formatJudged),
    known(model.languageShare, formatShare),
  ];
}
