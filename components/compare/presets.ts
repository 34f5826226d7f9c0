import type { ThreadSettings } from '../../lib/conversation.ts';
import type { ModelInfo, ModelRef, ProviderModels } from '../../lib/model.ts';
import { findWithheld } from '../../lib/parameters.ts';
import { scaleWords } from '../../lib/zero/scale.ts';
import { defaultModel, findModel, onlyRecordings } from '../conversation/model-choice.ts';

/** A comparison to begin with. */
export interface Preset {
  id: 'r1-and-zero' | 'thinking' | 'temperatures' | 'inside';
  label: string;
  /** What there is to see in it. */
  note: string;
  /** Undefined where no model here can do it; `note` then says why, and what would help. */
  columns?: ThreadSettings[];
}

const temperatures = [0.2, 0.6, 1];

/** The presets, for the models that are here. `current`: the model of the first column, tried first. */
export function listPresets(providers: readonly ProviderModels[], current: ModelRef | undefined): Preset[] {
  const models = readyModels(providers).filter(({ knows }) => knows === undefined);
  const found = findModel(providers, current)?.model;
  const first = found?.knows === undefined ? found : undefined;
  const inOrder = first ? [first, ...models.filter((model) => model !== first)] : models;
  const recorded = onlyRecordings(providers);
  const presets = [r1AndZero(models), thinkingOnAndOff(inOrder, recorded), threeTemperatures(inOrder, recorded)];
  return [...presets, ...insidePair(providers)];
}

/**
 * The columns a new comparison begins with: R1 and R1-Zero where both can be asked or there are only recordings, else the
 * usual model and another.
 */
export function defaultColumns(providers: readonly ProviderModels[], remembered?: ModelRef): ThreadSettings[] {
  const models = readyModels(providers).filter(({ knows }) => knows === undefined);
  const { columns } = r1AndZero(models);
  const live = models.filter((model) => !model.recording);
  const seed = columns?.map(({ model }) => findModel(providers, model)?.model);
  if (columns && !remembered && (live.length === 0 || seed?.every((model) => model && !model.recording)))
    return columns;
  const usual = remembered ?? defaultModel(providers);
  if (!usual) return [columnOf({ providerId: '', modelKey: '' }), columnOf({ providerId: '', modelKey: '' })];
  return withPartner([columnOf(usual)], providers);
}

/** One column with a second beside it: another model that thinks, or the same one under R1-Zero's prompt. */
export function withPartner(
  columns: readonly ThreadSettings[],
  providers: readonly ProviderModels[],
): ThreadSettings[] {
  const [only] = columns;
  if (!only || columns.length > 1) return [...columns];
  const own = findModel(providers, only.model)?.model;
  const others = readyModels(providers).filter(
    (model) => model.key !== own?.key || model.providerId !== own.providerId,
  );
  const alike = others.filter((model) => model.recording === (own?.recording ?? false) && model.knows === own?.knows);
  const partner = alike.find((model) => model.reasoning.transport !== 'none') ?? alike[0];
  if (partner) return [only, columnOf(refOf(partner))];
  return [only, { ...only, promptTemplate: only.promptTemplate === 'r1-zero' ? 'chat' : 'r1-zero' }];
}

/** A column that asks a model as its makers advise. */
export function columnOf(model: ModelRef): ThreadSettings {
  return { model, sampling: {} };
}

function r1AndZero(models: readonly ModelInfo[]): Preset {
  const preset = { id: 'r1-and-zero', label: 'R1 and R1-Zero' } as const;
  const zeros = models.filter((model) => /r1[-_ ]?zero/i.test(model.id));
  const ones = models.filter((model) => /(^|[^a-z])r1(?![-_ ]?zero)(?![-_ ]?distill)/i.test(model.id));
  const zero = zeros.find((model) => !model.recording) ?? zeros[0];
  // Beside a live one a recording would be no comparison, nor the other way about.
  const alike = ones.filter((model) => model.recording === zero?.recording);
  const one = alike.find((model) => model.providerId === zero?.providerId) ?? alike[0];
  if (!zero || !one) return { ...preset, note: 'There is no R1-Zero here to ask: it takes a provider that has it.' };
  return {
    ...preset,
    note: 'What reinforcement learning alone produced, beside what fine-tuning added.',
    columns: [columnOf(refOf(one)), columnOf(refOf(zero))],
  };
}

/** Two of the models inside, where they are. */
function insidePair(providers: readonly ProviderModels[]): Preset[] {
  const inside = readyModels(providers).filter(({ knows }) => knows === 'puzzles');
  const pair = ['tiny-zero', 'tiny-r1'].flatMap((id) => inside.find((model) => model.id === id) ?? []);
  if (pair.length < 2) return [];
  const note = `Ours, live in this app: rewards alone, beside examples and a reward for one language. Puzzles only; ${scaleWords}`;
  return [{ id: 'inside', label: 'tiny-zero and tiny-r1', note, columns: pair.map((model) => columnOf(refOf(model))) }];
}

function thinkingOnAndOff(models: readonly ModelInfo[], recorded: boolean): Preset {
  const preset = { id: 'thinking', label: 'Thinking on and off' } as const;
  for (const model of models) {
    const columns = bothWays(model, models);
    if (columns) return { ...preset, note: 'The same model, with its thinking and without.', columns };
  }
  const note = recorded
    ? 'A recording thinks as it was recorded: it takes a provider with a model that can do both.'
    : 'No model here is known to have a switch for its thinking: it takes a provider with one that has.';
  return { ...preset, note };
}

/** A model with its thinking and without, where it is offered as two or has a word for it. */
function bothWays(model: ModelInfo, models: readonly ModelInfo[]): ThreadSettings[] | undefined {
  const thinks = (m: ModelInfo) => m.reasoning.transport !== 'none';
  const twin = models.find(
    (other) => other.providerId === model.providerId && other.id === model.id && thinks(other) !== thinks(model),
  );
  if (twin) return (thinks(model) ? [model, twin] : [twin, model]).map((m) => columnOf(refOf(m)));
  const efforts = model.parameters?.efforts ?? [];
  const off = efforts.find((word) => word === 'off' || word === 'none');
  if (off === undefined || findWithheld(model, 'effort', off)) return undefined;
  const on = efforts.find((word) => word === 'on') ?? efforts.findLast((word) => word !== off);
  if (on === undefined) return undefined;
  return [on, off].map((effort) => ({ model: refOf(model), sampling: { effort } }));
}

function threeTemperatures(models: readonly ModelInfo[], recorded: boolean): Preset {
  const preset = { id: 'temperatures', label: 'Same model, three temperatures' } as const;
  const model = models.find((m) => !m.recording && !findWithheld(m, 'temperature'));
  if (!model) {
    const note = recorded
      ? 'A recording says the same at every temperature: it takes a provider whose models can be asked anew.'
      : 'No model here heeds a temperature: it takes a provider with one that does.';
    return { ...preset, note };
  }
  return {
    ...preset,
    note: `${temperatures.join(', ')}: how much it varies.`,
    columns: temperatures.map((temperature) => ({ model: refOf(model), sampling: { temperature } })),
  };
}

function readyModels(providers: readonly ProviderModels[]): ModelInfo[] {
  return providers.filter(({ provider }) => provider.status.state === 'ready').flatMap(({ models }) => models);
}

function refOf({ providerId, key }: ModelInfo): ModelRef {
  return { providerId, modelKey: key };
}
