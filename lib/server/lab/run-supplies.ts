import { AppError } from '../../errors.ts';
import type { LabQuestion } from '../../lab/question.ts';
import type { ModelSource } from '../generation/ask.ts';
import type { StoredRun } from '../store/lab-runs.ts';
import type { Store } from '../store/store.ts';

/** Models are looked up anew after this. */
const modelsForMs = 5_000;
/** Questions that are kept at hand, and how many are read at once: those that follow are asked next. */
const questionsKept = { most: 2_000, atOnce: 32 };

/** What every sample of a run needs: its question, and the models as they are now. */
export class RunSupplies {
  readonly #store: Store;
  readonly #source: ModelSource;
  readonly #runId: string;
  readonly #questions = new Map<number, LabQuestion>();
  #models: { at: number; found: ReturnType<ModelSource['forAsking']> } | undefined;

  constructor(parts: { store: Store; models: ModelSource }, run: Pick<StoredRun, 'id'>) {
    this.#store = parts.store;
    this.#source = parts.models;
    this.#runId = run.id;
  }

  /** @throws AppError `not_found` */
  async question(position: number): Promise<LabQuestion> {
    const known = this.#questions.get(position);
    if (known) return known;
    const { most, atOnce } = questionsKept;
    const read = await this.#store.labRuns.readQuestions(this.#runId, { offset: position, limit: atOnce });
    if (this.#questions.size > most) this.#questions.clear();
    for (const [i, question] of read.entries()) this.#questions.set(position + i, question);
    const [question] = read;
    if (!question) throw new AppError('not_found', 'This question is not in the data set.');
    return question;
  }

  models({ ownerId, plan }: Pick<StoredRun, 'ownerId' | 'plan'>): ReturnType<ModelSource['forAsking']> {
    const now = performance.now();
    if (this.#models && now - this.#models.at < modelsForMs) return this.#models.found;
    const refs = plan.models.map(({ settings }) => settings.model);
    const found = this.#source.forAsking(ownerId, refs);
    this.#models = { at: now, found };
    found.catch(() => {
      this.#models = undefined;
    });
    return found;
  }
}
