import type { TokenLog } from '../../lib/token-log.ts';
import { colorsOf, modelKeyOf, swatchOf } from './model-colors.ts';
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
    <section className="compute-models" aria-label="By model" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            {head.map((name, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two columns have one name, and they never move
              <th scope="col" key={i}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {log.models.map((model) => (
            <tr key={modelKeyOf(model)}>
              <th scope="row">
                <div className="compute-name">
                  <span className="compute-swatch" style={swatchOf(colors.get(modelKeyOf(model))?.color)} />
                  <button type="button" onClick={() => onChoose(model.providerId, model.modelKey)}>
                    {model.modelLabel}
                  </button>
                  <span className="compute-provider">
                    {model.recordings === model.generations ? 'Recordings' : model.providerLabel}
                  </span>
                </div>
              </th>
              {cellsOf(model).map((cell, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <td key={i}>{cell}</td>
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
