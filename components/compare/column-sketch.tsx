import type { ThreadSettings } from '../../lib/conversation.ts';
import type { ModelInfo, ProviderModels } from '../../lib/model.ts';
import { takenSampling } from '../../lib/parameters.ts';
import { onRoute, priceWords } from '../../lib/route.ts';

const thinksWords: Record<ModelInfo['reasoning']['transport'], string> = {
  field: 'Apart from its answer',
  inline: 'In the text, between tags',
  hidden: 'Out of sight: only counted',
  none: 'Not at all',
};

const promptWords = {
  chat: 'Chat',
  'r1-zero': 'R1-Zero’s, as a message',
  'r1-zero-raw': 'R1-Zero’s, raw',
  raw: 'Written by hand, raw',
} as const;

/** What a column with no question yet is about to ask, and how. */
export function ColumnSketch(props: {
  settings: ThreadSettings;
  found: { group: ProviderModels; model: ModelInfo } | undefined;
}) {
  const { settings, found } = props;
  if (!found) return <p className="compare-sketch-note">Choose a model for this column.</p>;
  const { group, model } = found;
  const sampling = takenSampling(model, settings.sampling);
  const { price } = onRoute(model, sampling.route);
  const temperature = model.parameters?.ignored?.includes('temperature')
    ? undefined
    : (sampling.temperature ?? model.advice.temperature);
  const rows: [string, string | undefined][] = [
    ['From', group.provider.label],
    [
      'Thinks',
      sampling.effort === 'off' || sampling.effort === 'none' ? 'Not at all' : thinksWords[model.reasoning.transport],
    ],
    ['Prompt', promptWords[settings.promptTemplate ?? model.promptTemplate]],
    ['Temperature', temperature === undefined ? undefined : String(temperature)],
    ['Effort', sampling.effort],
    ['Price', price && `${priceWords(price)} per million tokens`],
    ['System prompt', settings.systemPrompt?.trim() || undefined],
  ];
  return (
    <div className="compare-sketch">
      {model.note && <p className="compare-sketch-note">{model.note}</p>}
      <dl>
        {rows.map(
          ([name, value]) =>
            value !== undefined && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </div>
  );
}
