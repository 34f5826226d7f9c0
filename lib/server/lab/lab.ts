import { createHash } from 'node:crypto';
import { AppError } from '../../errors.ts';
import { dataSetText } from '../../lab/question.ts';
import {
  type LabModel,
  type LabPlan,
  labLimits,
  type LabRun,
  type NewLabRun,
  type RunChange,
  type RunState,
} from '../../lab/run.ts';
import { scorerVersion } from '../../lab/score.ts';
import type { ModelSource } from '../generation/ask.ts';
import type { ModelHabits } from '../generation/model-habits.ts';
import type { Runs } from '../generation/run.ts';
import type { LeftoverSearch } from '../store/instances.ts';
import type { StoredRun } from '../store/lab-runs.ts';
import type { Store } from '../store/store.ts';
import { SampleAsker } from './ask-sample.ts';
import { Driver } from './driver.ts';
import { planSettings } from './plan-settings.ts';
import { RecordedRuns } from './recorded-runs.ts';
import { Lanes } from './lanes.ts';
import { LabReader, unchangeable, unknownRun } from './lab-reader.ts';

/** So many samples say what the rest will take. */
const pilotSize = 5;

/** The lab: runs that ask many samples of many questions, whether anybody looks or not. */
export class Lab {
  readonly reader: LabReader;
  readonly #store: Store;
  readonly #runs: Runs;
  readonly #models: ModelSource;
  readonly #asker: SampleAsker;
  readonly #lanes: Lanes;
  readonly #instanceId: string;
  readonly #version: string;
  readonly #drivers = new Map<string, Driver>();
  /** Providers that answer chats of other processes, as they were at the last look. */
  #chattingElsewhere: ReadonlySet<string> = new Set();
  /** Runs that were being taken as the store broke off, with their owners: they may be ours. */
  readonly #unsure = new Map<string, string>();
  #isClosing = false;

  constructor(parts: {
    store: Store;
    runs: Runs;
    models: ModelSource;
    habits: ModelHabits;
    instanceId: string;
    version: string;
    /** Whether a provider is on the machine of whoever asks it. */
    isOwnMachine: (providerId: string) => boolean;
    /** Where the runs lie that come with the app. */
    recordedFolder: string;
  }) {
    const { store, runs, models, instanceId } = parts;
    this.#store = store;
    this.#runs = runs;
    this.#models = models;
    this.#instanceId = instanceId;
    this.#version = parts.version;
    this.#asker = new SampleAsker(parts);
    this.#lanes = new Lanes({
      isChatting: (providerId) =>
        this.#chattingElsewhere.has(providerId) || runs.ids(providerId).some((id) => !this.#isAsking(id)),
      isOwnMachine: parts.isOwnMachine,
      onFree: () => this.poke(),
    });
    this.reader = new LabReader({
      store,
      lookAtLane: (providerId, runId) => {
        const waits = this.#drivers.get(runId)?.hasWaiting(providerId) ? this.#lanes.waitAt(providerId) : undefined;
        return { ...this.#lanes.look(providerId), ...(waits && { waits }) };
      },
      recorded: new RecordedRuns(parts.recordedFolder),
    });
  }

  /**
   * Plans a run. The same id again answers the same run.
   * @throws AppError `bad_request` for a model that cannot be asked in the way that is planned; `not_found` for one that is not there.
   */
  async create(ownerId: string, { id, plan, dataSetName, questions }: NewLabRun): Promise<LabRun> {
    const known = await this.#store.labRuns.find(ownerId, id);
    if (known) return this.reader.read(ownerId, id);
    const settings = await planSettings(this.#planner(ownerId), plan.models, { firstIndex: 0, firstModel: 0 });
    await this.#store.labRuns.create(ownerId, {
      id,
      title: plan.title,
      plan,
      settings,
      questions,
      facts: {
        dataSetHash: createHash('sha256').update(dataSetText(questions)).digest('hex'),
        dataSetName,
        questionCount: questions.length,
        appVersion: this.#version,
        scorerVersion,
        rule: plan.rule ?? {},
      },
      at: Date.now(),
    });
    return this.reader.read(ownerId, id);
  }

  /** @throws AppError `conflict` where its state does not allow that. */
  async change(ownerId: string, id: string, change: RunChange): Promise<LabRun> {
    const run = await this.#get(ownerId, id);
    switch (change.do) {
      case 'pilot':
        await this.#pilot(run);
        break;
      case 'start':
        await this.#start(run, 'running');
        break;
      case 'pause':
        await this.#store.labRuns.change(ownerId, id, {
          state: 'pausing',
          pause: { because: 'person' },
          at: Date.now(),
          from: ['piloting', 'running'],
        });
        break;
      case 'stop':
        await this.#stop(run);
        break;
      case 'add-samples':
        await this.#addSamples(run, change.count);
        break;
      case 'add-model':
        await this.#addModel(run, change.model);
        break;
      case 'drop-setting':
        await this.#dropSetting(run, change.setting);
        break;
      case 'rename':
        await this.#store.labRuns.change(ownerId, id, { title: change.title, at: Date.now() });
        break;
      case 'ceiling':
        await this.#store.labRuns.change(ownerId, id, {
          plan: { ...run.plan, ceiling: change.ceiling },
          at: Date.now(),
        });
        break;
    }
    await this.#drivers.get(id)?.sync();
    return this.reader.read(ownerId, id);
  }

  async delete(ownerId: string, id: string): Promise<void> {
    await this.#get(ownerId, id);
    const driver = this.#drivers.get(id);
    if (driver) {
      await this.#store.labRuns.change(ownerId, id, { state: 'stopped', instanceId: null, at: Date.now() });
      await driver.sync();
    }
    await this.#store.labRuns.delete(ownerId, id, Date.now());
    this.reader.forget(id);
  }

  /** A place may have become free somewhere. */
  poke(): void {
    for (const driver of this.#drivers.values()) driver.poke();
  }

  /** Takes runs that no living process has, those whose wait is over, and does what other processes say of ours. */
  async tend(search: LeftoverSearch): Promise<void> {
    if (this.#isClosing) return;
    for (const [id, ownerId] of this.#unsure) {
      if (!this.#drivers.has(id)) await this.#drive({ id, ownerId });
      this.#unsure.delete(id);
    }
    for (const run of await this.#store.labRuns.listLeft(search)) {
      const { pause } = run;
      if (run.state === 'paused' && (pause?.because !== 'limit' || pause.until > Date.now())) continue;
      if (this.#drivers.has(run.id)) continue;
      await this.#hold(run, run.state === 'paused' ? 'running' : run.state);
    }
    if (this.#drivers.size > 0) await this.#lookElsewhere();
    for (const driver of this.#drivers.values()) {
      await driver.keepTime();
      await driver.sync();
    }
  }

  /** Resolves when this process asks no more samples of a run. */
  async idle(runId: string): Promise<void> {
    await this.#drivers.get(runId)?.over;
  }

  close(): void {
    this.#isClosing = true;
    for (const driver of this.#drivers.values()) driver.close();
  }

  async #lookElsewhere(): Promise<void> {
    this.#chattingElsewhere = new Set(await this.#store.running.listChattingElsewhere(this.#instanceId));
  }

  #isAsking(generationId: string): boolean {
    return [...this.#drivers.values()].some((driver) => driver.isAsking(generationId));
  }

  #planner(ownerId: string) {
    return { ownerId, models: this.#models, asker: this.#asker };
  }

  async #get(ownerId: string, id: string): Promise<StoredRun> {
    const run = await this.#store.labRuns.find(ownerId, id);
    if (run) return run;
    throw (await this.reader.recorded(id)) === undefined ? unknownRun() : unchangeable();
  }

  async #pilot(run: StoredRun): Promise<void> {
    const { planned } = run;
    const size = Math.min(pilotSize, planned);
    // spread over the first samples of all questions and settings
    const first = Math.min(planned, Math.max(size, run.facts.questionCount * run.settings.length));
    const numbers = Array.from({ length: size }, (_, i) => Math.floor((i * first) / size));
    await this.#store.labSamples.markPilot(run.id, numbers);
    await this.#start(run, 'piloting');
  }

  async #start(run: StoredRun, state: RunState): Promise<void> {
    if (run.state === 'running' || (run.state === 'piloting' && state === 'piloting')) return;
    if (this.#isClosing) throw new AppError('unavailable', 'The server is stopping. Try again in a moment.');
    if (run.state === 'piloting' || run.state === 'pausing') {
      // it is asked already: it simply goes on
      await this.#store.labRuns.change(run.ownerId, run.id, { state, pause: null, at: Date.now(), from: [run.state] });
      return;
    }
    await this.#hold(run, state);
  }

  async #hold(run: StoredRun, state: RunState): Promise<void> {
    await this.#lookElsewhere();
    const by = { instanceId: this.#instanceId, state, at: Date.now() };
    try {
      if (await this.#store.labRuns.hold(run, by)) await this.#drive(run);
    } catch (error) {
      this.#unsure.set(run.id, run.ownerId);
      throw error;
    }
  }

  /** Asks the samples of a run that is ours. */
  async #drive(run: Pick<StoredRun, 'id' | 'ownerId'>): Promise<void> {
    const [held, sums] = await Promise.all([
      this.#store.labRuns.find(run.ownerId, run.id),
      this.#store.labSamples.sum(run.id),
    ]);
    if (held?.instanceId !== this.#instanceId || this.#isClosing) return;
    const parts = {
      store: this.#store,
      runs: this.#runs,
      models: this.#models,
      asker: this.#asker,
      lanes: this.#lanes,
    };
    const driver = new Driver(parts, held, sums);
    this.#drivers.get(run.id)?.close();
    this.#drivers.set(run.id, driver);
    void driver.over.then(() => {
      if (this.#drivers.get(run.id) === driver) this.#drivers.delete(run.id);
      if (!this.#isClosing) void this.reader.read(run.ownerId, run.id).catch(() => undefined); // its next reader finds them
    });
    driver.poke();
  }

  async #stop(run: StoredRun): Promise<void> {
    await this.#store.labRuns.change(run.ownerId, run.id, {
      state: 'stopped',
      pause: null,
      at: Date.now(),
      from: ['planned', 'piloting', 'running', 'pausing', 'paused'],
    });
  }

  async #addSamples(run: StoredRun, count: number): Promise<void> {
    const from = run.plan.samplesPerQuestion;
    const plan = { ...run.plan, samplesPerQuestion: from + count };
    const settings = run.settings.filter(({ dropped }) => !dropped);
    assertSize(plan.samplesPerQuestion, run.planned + count * settings.length * run.facts.questionCount);
    await this.#store.labRuns.addSamples(run.ownerId, run.id, {
      plan,
      settings: run.settings,
      new: settings.map(({ index }) => index),
      from,
      at: Date.now(),
    });
    await this.#goOn(run);
  }

  async #addModel(run: StoredRun, model: LabModel): Promise<void> {
    const { plan } = run;
    if (plan.models.length >= labLimits.models) {
      throw new AppError('bad_request', `A run has at most ${labLimits.models} models.`);
    }
    const made = await planSettings(this.#planner(run.ownerId), [model], {
      firstIndex: run.settings.length,
      firstModel: plan.models.length,
    });
    assertSize(plan.samplesPerQuestion, run.planned + plan.samplesPerQuestion * made.length * run.facts.questionCount);
    const grown: LabPlan = { ...plan, models: [...plan.models, model] };
    await this.#store.labRuns.addSamples(run.ownerId, run.id, {
      plan: grown,
      settings: [...run.settings, ...made],
      new: made.map(({ index }) => index),
      from: 0,
      at: Date.now(),
    });
    await this.#goOn(run);
  }

  /** What was added to a run that had come to its end is asked; a paused or planned one waits for its person. */
  async #goOn({ ownerId, id, state }: StoredRun): Promise<void> {
    if (state === 'done') await this.#start(await this.#get(ownerId, id), 'running');
  }

  async #dropSetting(run: StoredRun, index: number): Promise<void> {
    const settings = run.settings.map((setting) =>
      setting.index === index ? { ...setting, dropped: true as const } : setting,
    );
    await this.#store.labRuns.change(run.ownerId, run.id, { settings, isNews: true, at: Date.now() });
    await this.#store.labSamples.drop(run.id, index, Date.now());
  }
}

function assertSize(perQuestion: number, samples: number): void {
  if (perQuestion > labLimits.samplesPerQuestion) {
    throw new AppError(
      'bad_request',
      `A question has at most ${labLimits.samplesPerQuestion} samples under one setting.`,
    );
  }
  if (samples > labLimits.samples) throw new AppError('bad_request', 'That would be more than 1,000,000 samples.');
}
