import { Fragment } from 'react';
import type { ThreadSettings } from '../../lib/conversation.ts';
import type { ModelInfo, ProviderModels } from '../../lib/model.ts';
import { takenSampling } from '../../lib/parameters.ts';
import { onRoute, priceWords } from '../../lib/model-route.ts';
import { scaleWords } from '../../lib/zero/scale.ts';

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
  if (!found) return <Note>Choose a model for this column.</Note>;
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
    <div className="flex flex-col gap-3.5">
      {model.note && <Note>{model.note}</Note>}
      {model.knows === 'puzzles' && <p className="text-sm text-pretty text-ink-muted">Puzzles only; {scaleWords}</p>}
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-5 gap-y-1.5 text-sm">
        {rows.map(
          ([name, value]) =>
            value !== undefined && (
              <Fragment key={name}>
                <dt className="text-ink-muted">{name}</dt>
                <dd className="wrap-anywhere">{value}</dd>
              </Fragment>
            ),
        )}
      </dl>
    </div>
  );
}

function Note({ children }: { children: string }) {
  return <p className="font-serif text-lg leading-normal text-pretty">{children}</p>;
}
