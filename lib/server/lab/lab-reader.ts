import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import { askedText } from '../../lab/question.ts';
import {
  type LabLane,
  type LabRun,
  type LabRunSummary,
  type LabSample,
  type LabSetting,
  type LabSnapshot,
  type Page,
  type QuestionRow,
  type SampleDetail,
  type SampleState,
  seedOfSample,
  type WeighedVotes,
} from '../../lab/run.ts';
import { type ScoringRule, scorerVersion } from '../../lab/score.ts';
import type { VoteWeight } from '../../lab/votes.ts';
import type { StoredRun } from '../store/lab-runs.ts';
import type { SampleSearch, SampleVerdict } from '../store/lab-samples.ts';
import type { Store } from '../store/store.ts';
import { forecastOf } from './forecast.ts';
import { endOfReply, judgeParts } from './judge-sample.ts';
import {
  recordedJudged,
  recordedQuestions,
  recordedSamples,
  type RecordedRun,
  type RecordedRuns,
} from './recorded-runs.ts';
import { measureSettings, RunFigures } from './run-figures.ts';

/** A forecast is made of so many of the newest samples at most. */
const forecastFrom = 500;
/** Questions that a shared run shows. */
const sharedQuestions = 1_000;
/** Samples that are judged anew between two turns of everybody else. */
const rescoredAtOnce = 200;

/** What a run has at a provider now. */
type LookAtLane = (providerId: string, runId: string) => Omit<LabLane, 'providerLabel'>;

export function unknownRun(): AppError {
  return new AppError('not_found', 'There is no such run.');
}

/** Runs as pages show them, and what is said of samples that are over. */
export class LabReader {
  readonly #store: Store;
  readonly #figures: RunFigures;
  readonly #lookAtLane: LookAtLane;
  readonly #recorded: RecordedRuns;

  constructor(parts: {
    store: Store;
    lookAtLane: LookAtLane;
    recorded: RecordedRuns;
  }) {
    this.#recorded = parts.recorded;
    this.#store = parts.store;
    this.#lookAtLane = parts.lookAtLane;
    this.#figures = new RunFigures(parts.store);
  }

  async list(ownerId: string): Promise<LabRunSummary[]> {
    const runs = await this.#store.labRuns.list(ownerId);
    const counts = await this.#store.labSamples.count(runs.map(({ id }) => id));
    const recorded = await this.#recorded.list();
    return [
      ...runs.map((run) => summaryOf(run, counts.get(run.id) ?? {})),
      ...recorded.map(({ run }) => summaryOfRecorded(run)),
    ];
  }

  /** @throws AppError `not_found` */
  async read(ownerId: string, id: string): Promise<LabRun> {
    const recorded = await this.#recorded.find(id);
    if (recorded) return recorded.run;
    const run = await this.#get(ownerId, id);
    const { labSamples } = this.#store;
    const [counts, sums, bySetting, over, { figures, at }] = await Promise.all([
      labSamples.count([id]),
      labSamples.sum(id),
      labSamples.sumSettings(id),
      labSamples.listOver(id, forecastFrom),
      this.#figures.of(run, { isActive: isActive(run) }),
    ]);
    const summary = summaryOf(run, counts.get(id) ?? {});
    const lanes = lanesOf(run, this.#lookAtLane);
    const { planned, over: ended } = summary.samples;
    const forecast = forecastOf({
      over,
      left: planned - ended,
      settings: run.settings,
      lanes: lanes.reduce((sum, { most }) => sum + most, 0),
    });
    const { byHand, withLogprob, ...spent } = sums;
    return {
      ...summary,
      plan: run.plan,
      facts: run.facts,
      settings: run.settings.map((setting) => {
        const found = bySetting.get(setting.index);
        return {
          ...setting,
          answeredModels: found?.answeredModels ?? [],
          ...(found && found.judged > 0 && { budget: { kept: found.kept, judged: found.judged } }),
        };
      }),
      figures,
      figuresAt: at,
      spent: { ...spent, minutes: run.activeMs / 60_000 },
      ...(forecast && { forecast }),
      lanes,
      byHand,
      withLogprob,
    };
  }

  /** The figures of k samples with votes that weigh differently, one list a point, in the order of its settings. */
  async votes(ownerId: string, id: string, weight: VoteWeight): Promise<WeighedVotes> {
    const recorded = await this.#recorded.find(id);
    if (recorded) {
      const { settings, plan } = recorded.run;
      const judgedOf = async (setting: number) => recordedJudged(recorded, setting);
      const figures = await measureSettings(settings, { seed: plan.seed, weight, judgedOf });
      return { weight, byK: figures.map(({ byK }) => byK) };
    }
    const run = await this.#get(ownerId, id);
    const { figures } = await this.#figures.of(run, { isActive: isActive(run), weight });
    return { weight, byK: figures.map(({ byK }) => byK) };
  }

  async questions(
    ownerId: string,
    id: string,
    { offset, limit }: { offset: number; limit: number },
  ): Promise<Page<QuestionRow>> {
    const recorded = await this.#recorded.find(id);
    if (recorded) return recordedQuestions(recorded, { offset, limit });
    const run = await this.#get(ownerId, id);
    const [questions, cells] = await Promise.all([
      this.#store.labRuns.readQuestions(id, { offset, limit }),
      this.#store.labSamples.listCells(id, { offset, limit }),
    ]);
    const byQuestion = Map.groupBy(cells, ({ question }) => question);
    const items = questions.map((question, i) => ({
      index: offset + i,
      question,
      cells: (byQuestion.get(offset + i) ?? []).map(({ question: _, ...cell }) => cell),
    }));
    const total = run.facts.questionCount;
    return { items, total, ...(offset + items.length < total && items.length > 0 && { next: offset + items.length }) };
  }

  async samples(ownerId: string, id: string, search: SampleSearch): Promise<Page<LabSample>> {
    const recorded = await this.#recorded.find(id);
    if (recorded) return recordedSamples(recorded, search);
    const run = await this.#get(ownerId, id);
    const { samples, total } = await this.#store.labSamples.list(id, search);
    const next = search.offset + samples.length;
    return {
      items: samples.map((sample) => withSeed(run, sample)),
      total,
      ...(next < total && samples.length > 0 && { next }),
    };
  }

  async sample(ownerId: string, id: string, number: number): Promise<SampleDetail> {
    const recorded = await this.#recorded.find(id);
    if (recorded) return detailOf(recorded, number);
    const run = await this.#get(ownerId, id);
    const sample = await this.#store.labSamples.find(id, { number });
    const setting = sample && run.settings.find(({ index }) => index === sample.setting);
    const [question] = sample ? await this.#store.labRuns.readQuestions(id, { offset: sample.question, limit: 1 }) : [];
    if (!sample || !setting || !question) throw new AppError('not_found', 'There is no such sample.');
    const read =
      sample.generationId === undefined
        ? undefined
        : await this.#store.labSamples.readMessage(ownerId, sample.generationId);
    return {
      sample: withSeed(run, sample),
      question,
      asked: askedText(question, run.plan.suffix),
      setting,
      ...(read && { message: read.message, conversationId: read.conversationId }),
    };
  }

  /** @throws AppError `not_found`, `conflict` for a sample that is not over. */
  async setByHand(ownerId: string, id: string, number: number, byHand: 'right' | 'wrong' | null): Promise<LabSample> {
    const run = await this.#get(ownerId, id);
    const isSet = await this.#store.labSamples.setByHand(id, number, { byHand, at: Date.now() });
    const sample = await this.#store.labSamples.find(id, { number });
    if (!sample) throw new AppError('not_found', 'There is no such sample.');
    if (!isSet) throw new AppError('conflict', 'Only a sample that was answered can be marked.');
    return withSeed(run, sample);
  }

  /** Judges all that is over anew, by this rule and the scorer of today; asks nothing. */
  async rescore(ownerId: string, id: string, rule: ScoringRule): Promise<LabRun> {
    const run = await this.#get(ownerId, id);
    const facts = { ...run.facts, rule, scorerVersion };
    for (let position = 0; position < run.facts.questionCount; position += rescoredAtOnce) {
      await this.#rescoreQuestions(run, rule, { offset: position, limit: rescoredAtOnce });
    }
    await this.#store.labRuns.change(ownerId, id, { facts, isNews: true, at: Date.now() });
    return this.read(ownerId, id);
  }

  async #rescoreQuestions(run: StoredRun, rule: ScoringRule, page: { offset: number; limit: number }): Promise<void> {
    const questions = await this.#store.labRuns.readQuestions(run.id, page);
    for (const [i, question] of questions.entries()) {
      for (let offset = 0; ; offset += rescoredAtOnce) {
        const search = { question: page.offset + i, offset, limit: rescoredAtOnce };
        const { samples } = await this.#store.labSamples.list(run.id, search);
        const verdicts = await this.#verdictsOf(samples, question, rule);
        if (verdicts.length > 0) await this.#store.labSamples.rescore(run.id, verdicts, Date.now());
        if (samples.length < rescoredAtOnce) break;
      }
    }
  }

  async #verdictsOf(
    samples: readonly LabSample[],
    question: Parameters<typeof judgeParts>[2],
    rule: ScoringRule,
  ): Promise<({ number: number } & SampleVerdict)[]> {
    const over = samples.filter(({ state }) => judgedAnew.has(state));
    const ids = over.flatMap(({ generationId }) => generationId ?? []);
    const ends = await this.#store.labSamples.readEnds(ids);
    const verdicts: ({ number: number } & SampleVerdict)[] = [];
    for (const [i, { number, generationId }] of over.entries()) {
      const read = ends.get(generationId ?? '');
      if (!read) continue; // its text was deleted: the verdict stands
      verdicts.push({ number, ...judgeParts(read.parts, endOfReply(read), question, rule) });
      if (i % 20 === 19) await turn();
    }
    return verdicts;
  }

  /** Freezes a run as it is now, under an id that nobody guesses. */
  async share(ownerId: string, id: string): Promise<{ id: string; createdAt: number }> {
    const at = Date.now();
    const run = await this.read(ownerId, id);
    const { items } = await this.questions(ownerId, id, { offset: 0, limit: sharedQuestions });
    const snapshot: LabSnapshot = { version: 1, sharedAt: at, run: withoutPrivate(run), questions: items };
    const shareId = randomBytes(16).toString('base64url');
    await this.#store.labShares.create(ownerId, { id: shareId, runId: id, snapshot, at });
    return { id: shareId, createdAt: at };
  }

  forget(id: string): void {
    this.#figures.forget(id);
  }

  async #get(ownerId: string, id: string): Promise<StoredRun> {
    const run = await this.#store.labRuns.find(ownerId, id);
    if (run) return run;
    throw (await this.#recorded.find(id)) ? unchangeable() : unknownRun();
  }

  /** A run that comes with the app. */
  async recorded(id: string): Promise<RecordedRun | undefined> {
    return this.#recorded.find(id);
  }
}

function isActive({ state }: StoredRun): boolean {
  return state === 'running' || state === 'piloting' || state === 'pausing';
}

export function unchangeable(): AppError {
  return new AppError('conflict', 'This run was recorded elsewhere and cannot be changed. Plan one of your own.');
}

function summaryOfRecorded(run: LabRun): LabRunSummary {
  const { id, title, state, createdAt, updatedAt, samples, modelLabels, dataSetName } = run;
  return { id, title, state, recorded: true, createdAt, updatedAt, samples, modelLabels, dataSetName };
}

function detailOf({ run, questions, samples }: RecordedRun, number: number): SampleDetail {
  const found = samples.find((sample) => sample.number === number);
  const setting = found && run.settings.find(({ index }) => index === found.setting);
  const question = found && questions[found.question];
  if (!found || !setting || !question) throw new AppError('not_found', 'There is no such sample.');
  const { thinking, answer, ...sample } = found;
  return { sample, question, asked: askedText(question, run.plan.suffix), setting, text: { thinking, answer } };
}

/** Verdicts of these may be others tomorrow; what failed or was stopped has none. */
const judgedAnew: ReadonlySet<SampleState> = new Set<SampleState>([
  'right',
  'wrong',
  'no-answer',
  'cut-thinking',
  'cut-answering',
  'filtered',
]);

/** A system prompt may tell of its person: a link shows that there was one, not its words. */
function withoutPrivate(run: LabRun): LabRun {
  const hide = <S extends { settings: LabSetting['settings'] }>(one: S): S => {
    const { systemPrompt, ...settings } = one.settings;
    return { ...one, settings: systemPrompt === undefined ? settings : { ...settings, systemPrompt: '…' } };
  };
  return {
    ...run,
    settings: run.settings.map(hide),
    plan: { ...run.plan, models: run.plan.models.map(hide) },
    lanes: [],
  };
}

function withSeed(run: StoredRun, sample: LabSample): LabSample {
  const own = run.settings.find(({ index }) => index === sample.setting)?.settings.sampling.seed;
  return { ...sample, seed: own ?? seedOfSample(run.plan.seed, sample) };
}

function summaryOf(run: StoredRun, counts: Partial<Record<SampleState, number>>): LabRunSummary {
  const { planned = 0, running = 0 } = counts;
  return {
    id: run.id,
    title: run.title,
    state: run.state,
    ...(run.pause && { pause: run.pause }),
    createdAt: run.createdAt,
    updatedAt: run.updatedAt,
    samples: { planned: run.planned, over: run.planned - planned - running, running },
    modelLabels: [...new Set(run.settings.map(({ modelLabel }) => modelLabel))],
    dataSetName: run.facts.dataSetName,
  };
}

function lanesOf({ id: runId, settings }: StoredRun, look: LookAtLane): LabLane[] {
  const providers = new Map(
    settings.map(({ settings: { model }, providerLabel }) => [model.providerId, providerLabel]),
  );
  return [...providers].map(([id, providerLabel]) => ({ providerLabel, ...look(id, runId) }));
}
