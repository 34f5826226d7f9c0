import type { Message, ThreadSettings } from '../conversation.ts';
import type { ErrorCause } from '../errors.ts';
import type { UsageSource } from '../usage.ts';
import type { FoundAnswer } from './extract.ts';
import type { KFigures, SettingFigures } from './figures.ts';
import type { LabQuestion, SuffixId } from './question.ts';
import type { EndState, ScoringRule } from './score.ts';
import type { VoteWeight } from './votes.ts';

/**
 * How the thinking of one point is varied. `as-is`: not at all. `effort`: the provider's own word. `budget`: tokens that its
 * server holds it to. `cap`: at so many tokens the thought is closed here and the answer asked for. `extend`: so many times
 * the end of the thought is taken away and "Wait" put in its place. `prefix`: the thought of the same question's `as-is`
 * sample, cut after so many tokens and closed, and the answer asked for.
 */
export type ThinkingStep =
  | { way: 'as-is' }
  | { way: 'effort'; effort: string }
  | { way: 'budget'; tokens: number }
  | { way: 'cap'; tokens: number }
  | { way: 'extend'; times: number }
  | { way: 'prefix'; tokens: number };
export const thinkingWays = ['as-is', 'effort', 'budget', 'cap', 'extend', 'prefix'] as const;
export type ThinkingWay = (typeof thinkingWays)[number];

/** The steps of one model: an `as-is` step is added before `prefix` ones, whose thoughts are its. */
export interface LabModel {
  settings: ThreadSettings;
  steps: readonly ThinkingStep[];
}

/** A run stops when one of these is reached; absent: no bound. Within one call a lane. */
export interface Ceiling {
  /** USD. */
  cost?: number;
  /** Prompt, thinking and answer together. */
  tokens?: number;
  /** While it runs; pauses are not counted. */
  minutes?: number;
}

/** What a person plans. */
export interface LabPlan {
  title: string;
  models: readonly LabModel[];
  samplesPerQuestion: number;
  suffix: SuffixId;
  /** Sampling seeds and draws come of it; a sample's own seed is `seedOfSample`. */
  seed: number;
  ceiling: Ceiling;
  rule?: ScoringRule;
}

export const labLimits = {
  models: 6,
  steps: 12,
  samplesPerQuestion: 512,
  questions: 100_000,
  samples: 1_000_000,
  bodyMegabytes: 64,
} as const;

/** One model under one step: a point of the plot. Its samples have its `index`. */
export interface LabSetting {
  index: number;
  /** Place in the plan's models. */
  model: number;
  step: ThinkingStep;
  settings: ThreadSettings;
  providerLabel: string;
  modelLabel: string;
  /** Month or day of the price its costs are reckoned with; absent: no price is known. */
  pricesAsOf?: string;
  /** USD per million tokens, as known when it was planned. */
  price?: { input: number; output: number };
  recording: boolean;
  /** The models that said they answered, most frequent first. */
  answeredModels: readonly string[];
  /** How many samples were held to their budget of those whose thinking could be counted; absent where there is none. */
  budget?: { kept: number; judged: number };
  /** Taken out of the run by its person: no more of its samples are asked. */
  dropped?: true;
}

/**
 * `planned`: made, nothing asked. `piloting`: five samples. `running`. `pausing`: calls under way are waited for.
 * `paused`: see `pause`. `done`: nothing is left to ask. `stopped`: for good, by its person; samples can still be added.
 */
export const runStates = ['planned', 'piloting', 'running', 'pausing', 'paused', 'done', 'stopped'] as const;
export type RunState = (typeof runStates)[number];

/** Why a run is paused. */
export type RunPause =
  | { because: 'person' | 'piloted' | 'server-stopped' }
  | { because: 'ceiling'; of: keyof Ceiling }
  /** A provider's limit; it goes on by itself then (epoch ms). */
  | { because: 'limit'; providerLabel: string; until: number }
  /** A provider or model that cannot be asked; `errorSentence` tells why. */
  | { because: 'provider'; providerLabel: string; error: ErrorCause };

/** What a pilot or the samples so far say about the rest. Each range is from the median to the 90th percentile. */
export interface Forecast {
  /** Calls that it was made of. */
  of: number;
  /** Calls that are left. */
  calls: number;
  thinkingTokens: Range;
  answerTokens: Range;
  /** All that are left to come: prompt, thinking, answer. */
  tokens: Range;
  /** USD; absent where no price is known. */
  cost?: Range;
  pricesAsOf?: string;
  /** At the measured speed and the lanes so far. */
  minutes: Range;
}
export interface Range {
  median: number;
  p90: number;
}

/** What is spent so far. */
export interface LabSpent {
  promptTokens: number;
  thinkingTokens: number;
  answerTokens: number;
  /** USD, of the `priced` samples. */
  cost: number;
  priced: number;
  minutes: number;
}

/** What fixes a run, beside its plan and what its settings say. */
export interface RunFacts {
  /** SHA-256 of `dataSetText`, hex. */
  dataSetHash: string;
  dataSetName: string;
  questionCount: number;
  appVersion: string;
  /** The version by which its verdicts were made, and the rule. */
  scorerVersion: number;
  rule: ScoringRule;
}

/** A run in a list. */
export interface LabRunSummary {
  id: string;
  title: string;
  state: RunState;
  pause?: RunPause;
  /** Shipped with the app, made on another machine; it cannot be changed. */
  recorded?: true;
  createdAt: number;
  updatedAt: number;
  samples: { planned: number; over: number; running: number };
  modelLabels: readonly string[];
  dataSetName: string;
}

/** A run as its page shows it: everything but single samples. */
export interface LabRun extends LabRunSummary {
  plan: LabPlan;
  facts: RunFacts;
  settings: readonly LabSetting[];
  /** One a setting, in their order. Of the samples that were over at `figuresAt`. */
  figures: readonly SettingFigures[];
  /** Epoch ms. While it runs, figures are at most some seconds old. */
  figuresAt: number;
  spent: LabSpent;
  forecast?: Forecast;
  /** By provider. */
  lanes: readonly LabLane[];
  /** Samples whose verdict was changed by hand. */
  byHand: number;
  /** Of how many samples it is known how sure their tokens were; absent in runs that were kept before that was. */
  withLogprob?: number;
}

/** What a run has at one provider. */
export interface LabLane {
  providerLabel: string;
  /** Calls under way, of all runs. */
  active: number;
  /** The most that may be. */
  most: number;
  /** What the run's next samples there wait for, beside a free place: that a chat is answered, or as long as the provider asked (epoch ms). */
  waits?: { for: 'chat' } | { for: 'provider'; until: number };
}

/** States of a planned sample in the store; the rest are `EndState`s. */
export type SampleState = 'planned' | 'running' | EndState;

/** One sample without its text. */
export interface LabSample {
  runId: string;
  /** Place in the order of the plan, from 0; names it within its run. */
  number: number;
  setting: number;
  /** Place of its question in the data set, from 0. */
  question: number;
  /** Which of the question's samples under this setting, from 0. */
  sample: number;
  state: SampleState;
  /** What its person says instead of the automatic verdict, which `state` keeps; figures follow the hand. */
  byHand?: 'right' | 'wrong';
  /** The generation that answers; absent while it is planned. Of a chain (cap, extend), the last. */
  generationId?: string;
  attempts: number;
  seed: number;
  found?: FoundAnswer;
  verdict?: 'same' | 'different' | 'unsure';
  vote?: string;
  scorerVersion?: number;
  promptTokens?: number;
  /** Of the whole chain. Of a `prefix` sample the thinking that was replayed. */
  thinkingTokens?: number;
  answerTokens?: number;
  source?: UsageSource;
  cost?: number;
  /** From being queued to the end, all its calls. */
  ms?: number;
  finishReason?: string;
  answeredModel?: string;
  formatOk?: boolean;
  languageShare?: number;
  /** Whether the thinking stayed within what was asked for; absent where nothing was. */
  budgetKept?: boolean;
  /** Mean natural logarithm of its tokens' probabilities, where its server told them. */
  meanLogprob?: number;
  /** Of a failed one. */
  error?: ErrorCause;
  /** Epoch ms of its end. */
  at?: number;
}

/** A sample with what it says: its message is read like any other by `GET /api/lab/runs/{id}/samples/{number}`. */
export interface LabSampleText extends LabSample {
  thinking: string;
  answer: string;
}

/** One question's samples under one setting, counted. */
export interface QuestionCell {
  setting: number;
  states: Partial<Record<SampleState, number>>;
  /** Right ones by the verdict that counts, hand before rule. */
  right: number;
  /** The most frequent answers with their votes, right ones marked; at most three. */
  votes: readonly { answer: string; count: number; right: boolean }[];
  thinkingTokens?: number;
}

export interface QuestionRow {
  /** Place in the data set, from 0. */
  index: number;
  question: LabQuestion;
  cells: readonly QuestionCell[];
}

/** What k samples come to where their votes do not weigh the same: one list a setting, in their order. */
export interface WeighedVotes {
  weight: VoteWeight;
  byK: readonly (readonly KFigures[])[];
}

/** A page of a list; `next` is the offset of the next page, absent on the last. */
export interface Page<T> {
  items: readonly T[];
  total: number;
  next?: number;
}

/** A run that was shared, as its link shows it: its page, and the first thousand questions. */
export interface LabSnapshot {
  version: 1;
  sharedAt: number;
  run: LabRun;
  questions: readonly QuestionRow[];
}

export interface LabShare {
  id: string;
  url: string;
  createdAt: number;
}

/** A sample's own seed, so that repeats differ and a run can be repeated: 31 bits of the plan's seed and its place. */
export function seedOfSample(planSeed: number, { question, sample }: Pick<LabSample, 'question' | 'sample'>): number {
  let hash = 2_166_136_261 ^ planSeed; // FNV-1a over the three numbers
  for (const part of [question, sample]) {
    for (let shift = 0; shift < 32; shift += 8) {
      hash ^= (part >>> shift) & 255;
      hash = Math.imul(hash, 16_777_619);
    }
  }
  return (hash >>> 1) & 0x7f_ff_ff_ff;
}

/** The points of a plan in the order of its models and steps. */
export function settingsOfPlan(models: readonly LabModel[]): { model: number; step: ThinkingStep }[] {
  return models.flatMap(({ steps }, model) => {
    const needsWhole = steps.some(({ way }) => way === 'prefix') && !steps.some(({ way }) => way === 'as-is');
    const all: readonly ThinkingStep[] = needsWhole || steps.length === 0 ? [{ way: 'as-is' }, ...steps] : steps;
    return all.map((step) => ({ model, step }));
  });
}

/** The state by which a sample counts: its person's verdict before the rule's, of one that has an answer. */
export function countedState({ state, byHand }: Pick<LabSample, 'state' | 'byHand'>): EndState | undefined {
  if (state === 'planned' || state === 'running') return undefined;
  if (byHand === undefined || state === 'failed' || state === 'stopped') return state;
  return byHand;
}

/*
 * The API. Bodies are checked by run-schema.ts.
 *   GET    /api/lab/runs                                → { runs: LabRunSummary[] }, recorded ones last
 *   POST   /api/lab/runs            NewLabRun           → LabRun (201). The same id again answers the same run
 *   GET    /api/lab/runs/{id}                           → LabRun
 *   PATCH  /api/lab/runs/{id}       RunChange           → LabRun
 *   DELETE /api/lab/runs/{id}                           → 204
 *   GET    /api/lab/runs/{id}/questions?offset=&limit=  → Page<QuestionRow> (limit ≤ 200)
 *   GET    /api/lab/runs/{id}/votes?weight=              → WeighedVotes
 *   GET    /api/lab/runs/{id}/samples?setting=&question=&state=&offset=&limit= → Page<LabSample> (limit ≤ 1000)
 *   GET    /api/lab/runs/{id}/samples/{number}          → SampleDetail
 *   PATCH  /api/lab/runs/{id}/samples/{number} { byHand: 'right' | 'wrong' | null } → LabSample
 *   POST   /api/lab/runs/{id}/rescore { rule }          → LabRun
 *   GET    /api/lab/runs/{id}/export?format=jsonl|csv   → a file: JSONL one line a sample behind the run's own, CSV of figures
 *   POST   /api/lab/runs/{id}/shares                    → LabShare (201)
 *   GET    /api/lab/shares/{id}                         → LabSnapshot, without a cookie too
 *   DELETE /api/lab/shares/{id}                         → 204
 */

export interface NewLabRun {
  id: string;
  plan: LabPlan;
  dataSetName: string;
  questions: readonly LabQuestion[];
}

export type RunChange =
  | { do: 'pilot' | 'start' | 'pause' | 'stop' }
  | { do: 'add-samples'; count: number }
  | { do: 'add-model'; model: LabModel }
  | { do: 'drop-setting'; setting: number }
  | { do: 'rename'; title: string }
  | { do: 'ceiling'; ceiling: Ceiling };

export interface SampleDetail {
  sample: LabSample;
  question: LabQuestion;
  /** What was asked, suffix and choices included. */
  asked: string;
  setting: LabSetting;
  /** The answer as any other message, its generation in it; absent while it is planned, and of a recorded run. */
  message?: Message;
  /** Of a recorded run: its texts. */
  text?: { thinking: string; answer: string };
  /** The hidden conversation that holds it, for `/c/{id}`. */
  conversationId?: string;
}
