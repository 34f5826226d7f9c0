import { AppError } from '../../errors.ts';
import { type LabModel, type LabSetting, settingsOfPlan } from '../../lab/run.ts';
import { findWithheld } from '../../parameters.ts';
import type { ModelSource } from '../generation/ask.ts';
import { getModel } from '../generation/target.ts';
import { findUnforceable, type SampleAsker } from './ask-sample.ts';

/** The points of some models, each looked at: what would silently not be varied is refused. */
export async function planSettings(
  { ownerId, models: source, asker }: { ownerId: string; models: ModelSource; asker: SampleAsker },
  planned: readonly LabModel[],
  { firstIndex, firstModel }: { firstIndex: number; firstModel: number },
): Promise<LabSetting[]> {
  const refs = planned.map(({ settings }) => settings.model);
  const models = await source.forAsking(ownerId, refs);
  const settings: LabSetting[] = [];
  for (const { model, step } of settingsOfPlan(planned)) {
    const { settings: thread } = planned[model] as LabModel; // its own index
    const { model: info, provider } = getModel(models, thread.model);
    const label = info.label;
    if (step.way === 'effort' && findWithheld(info, 'effort', step.effort)) {
      throw new AppError('bad_request', `${label} knows no effort "${step.effort}": it would think as it always does.`);
    }
    if (step.way === 'budget' && findWithheld(info, 'thinkingBudget')) {
      throw new AppError(
        'bad_request',
        `${label} takes no budget of thinking from its server: it would think as it always does.`,
      );
    }
    const forced = await asker.targetOf(models, { settings: thread, step });
    const problem = findUnforceable(forced.model, thread, step);
    if (problem) throw problem;
    const { price } = info;
    settings.push({
      index: firstIndex + settings.length,
      model: firstModel + model,
      step,
      settings: thread,
      providerLabel: provider.label,
      modelLabel: label,
      ...(price && !price.upTo && { pricesAsOf: price.asOf, price: { input: price.input, output: price.output } }),
      recording: info.recording,
      answeredModels: [],
    });
  }
  return settings;
}
