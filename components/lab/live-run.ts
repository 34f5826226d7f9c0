import { createId } from '../../lib/ids.ts';
import { insidePuzzles } from '../../lib/lab/puzzle.ts';
import { labLimits, type LabRun, type NewLabRun } from '../../lib/lab/run.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { requestJson } from '../client/request-json.ts';

/** Tokens at which the thoughts of the live run are closed. */
const caps = [16, 32, 64, 128, 256, 512];
/** Two cores that do nothing else ask some 40 of these samples a second: 24 × 3 at twelve points take them about 25 s. */
const size = { questions: 24, samples: 3 };
/** Those that learnt to think, by the names they come with. */
const favourites = ['tiny-zero', 'tiny-r1'];

/** The run that one press makes of the models inside: puzzles, their thoughts closed at six lengths; undefined without them. */
export function planLiveRun(providers: readonly ProviderModels[]): NewLabRun | undefined {
  const inside = providers.flatMap(({ models }) => models).filter(({ knows }) => knows === 'puzzles');
  const chosen = favourites.flatMap((name) => inside.find(({ key }) => key === name) ?? []).slice(0, labLimits.models);
  if (chosen.length === 0) return undefined;
  return {
    id: createId(),
    dataSetName: 'Number puzzles',
    questions: insidePuzzles(size.questions, 1),
    plan: {
      title: `Live: ${chosen.map(({ label }) => label).join(' and ')}`,
      models: chosen.map(({ providerId, key }) => ({
        settings: { model: { providerId, modelKey: key }, sampling: {} },
        steps: caps.map((tokens) => ({ way: 'cap', tokens })),
      })),
      samplesPerQuestion: size.samples,
      suffix: 'none',
      seed: 1,
      ceiling: {},
    },
  };
}

/** Plans a run and has it asked. @returns its id */
export async function startRun(run: NewLabRun): Promise<string> {
  const { id } = await requestJson<LabRun>('POST', '/api/lab/runs', run);
  await requestJson<LabRun>('PATCH', `/api/lab/runs/${encodeURIComponent(id)}`, { do: 'start' });
  return id;
}
