import type {
  Ceiling,
  Forecast,
  LabLane,
  LabRun,
  LabRunSummary,
  LabSetting,
  Range,
  RunPause,
  ThinkingStep,
} from '../../../lib/lab/run.ts';
import { errorSentence } from '../../../lib/sentences.ts';
import {
  formatCost,
  formatCount,
  formatMoment,
  formatShortCount,
  formatTimeOfDay,
} from '../../../lib/quantity-words.ts';
import type { Honesty } from '../plot-points.ts';

/** "as it comes", "effort high", "budget 1,024". */
export function stepWords(step: ThinkingStep): string {
  switch (step.way) {
    case 'as-is':
      return 'as it comes';
    case 'effort':
      return `effort ${step.effort}`;
    case 'budget':
      return `budget ${formatCount(step.tokens)}`;
    case 'cap':
      return `closed at ${formatCount(step.tokens)}`;
    case 'extend':
      return step.times === 0 ? 'not extended' : `“Wait” × ${step.times}`;
    case 'prefix':
      return `cut at ${formatCount(step.tokens)}`;
  }
}

export const honestyOf: Record<ThinkingStep['way'], Honesty> = {
  'as-is': 'observed',
  effort: 'caused',
  budget: 'caused',
  cap: 'forced',
  extend: 'forced',
  prefix: 'after-the-fact',
};

export function settingWords({ modelLabel, step }: Pick<LabSetting, 'modelLabel' | 'step'>): string {
  return `${modelLabel}, ${stepWords(step)}`;
}

const plain = {
  planned: 'planned',
  piloting: 'trying five',
  running: 'running',
  pausing: 'pausing',
  paused: 'paused',
  done: 'finished',
  stopped: 'stopped',
} as const;

export function stateWords({ state }: Pick<LabRunSummary, 'state'>): string {
  return plain[state];
}

/** Why a run is paused, and what can be done, in a sentence. */
export function pauseWords(pause: RunPause): string {
  switch (pause.because) {
    case 'person':
      return 'Paused. Nothing is lost: it goes on where it was.';
    case 'piloted':
      return 'The first five are back. This is what the rest would cost.';
    case 'server-stopped':
      return 'The server was stopped in between. It goes on where it was.';
    case 'ceiling':
      return `The ceiling of ${pause.of} is reached. Raise it to go on.`;
    case 'limit':
      return `${pause.providerLabel} asks for a pause; it goes on by itself at ${formatMoment(pause.until)}.`;
    case 'provider':
      return `${pause.providerLabel}: ${errorSentence(pause.error)}`;
  }
}

/** Why nothing more is asked of a provider now, in a sentence. */
export function waitWords(providerLabel: string, waits: NonNullable<LabLane['waits']>): string {
  return waits.for === 'chat'
    ? `${providerLabel} answers a chat first.`
    : `${providerLabel} asked us to wait until ${formatTimeOfDay(waits.until)}.`;
}

/** "12,000–18,000". */
export function spanWords({ median, p90 }: Range, words: (n: number) => string = formatShortCount): string {
  return words(median) === words(p90) ? words(median) : `${words(median)}–${words(p90)}`;
}

/** What the rest would cost, in a sentence. */
export function forecastWords(forecast: Forecast): string {
  const minutes = spanWords(forecast.minutes, (n) => (n < 1 ? 'under 1' : formatCount(Math.ceil(n))));
  const cost = forecast.cost
    ? `, ${spanWords(forecast.cost, formatCost)}${forecast.pricesAsOf ? ` (prices of ${forecast.pricesAsOf})` : ''}`
    : ', price unknown';
  return `${formatCount(forecast.calls)} calls are left: about ${spanWords(forecast.tokens)} tokens${cost}, ${minutes} min. Median to 90th percentile, from ${formatCount(forecast.of)} calls.`;
}

/** That money is no bound for models whose price nobody knows; undefined where it is one, or none is set. */
export function unpricedWords(ceiling: Ceiling, unpriced: readonly string[]): string | undefined {
  if (ceiling.cost === undefined || unpriced.length === 0) return undefined;
  const names = [...new Set(unpriced)].join(', ');
  return `No price is known of ${names}: a ceiling in money does not hold there. Set one in tokens or minutes too.`;
}

/** In what two runs differ of all that fixes a run, one sentence each. */
export function differencesOf(a: LabRun, b: LabRun): string[] {
  const models = (run: LabRun) =>
    run.settings
      .map(
        (setting) =>
          `${settingWords(setting)} of ${setting.providerLabel} (${setting.answeredModels.join(', ') || 'no name told'})`,
      )
      .join('; ');
  const sampling = (run: LabRun) => JSON.stringify(run.plan.models.map(({ settings }) => settings.sampling));
  const template = (run: LabRun) =>
    run.plan.models.map(({ settings }) => settings.promptTemplate ?? 'the model’s own').join(', ');
  const facts: readonly (readonly [string, (run: LabRun) => string])[] = [
    ['models', models],
    ['template', template],
    ['system prompt', (run) => run.plan.models.map(({ settings }) => settings.systemPrompt ?? 'none').join(', ')],
    ['sampling', sampling],
    ['samples of a question', (run) => String(run.plan.samplesPerQuestion)],
    ['how the answer is asked for', (run) => run.plan.suffix],
    ['data set', (run) => `${run.facts.dataSetName} (${run.facts.dataSetHash.slice(0, 8)})`],
    ['seed', (run) => String(run.plan.seed)],
    ['scorer', (run) => `version ${run.facts.scorerVersion} ${JSON.stringify(run.facts.rule)}`],
    ['verdicts by hand', (run) => String(run.byHand)],
    ['app', (run) => run.facts.appVersion],
  ];
  return facts.flatMap(([name, of]) => (of(a) === of(b) ? [] : [`${name}: ${of(a)} against ${of(b)}`]));
}
