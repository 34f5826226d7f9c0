import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { LabQuestion } from '../../lab/question.ts';
import {
  countedState,
  type LabRun,
  type LabSample,
  type Page,
  type QuestionCell,
  type QuestionRow,
} from '../../lab/run.ts';
import type { JudgedRow, SampleSearch } from '../store/lab-samples.ts';

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** A sample as a file of a run has it. */
interface RecordedSample extends LabSample {
  thinking: string;
  answer: string;
}

/** A run that comes with the app. */
export interface RecordedRun {
  run: LabRun & { recorded: true };
  questions: LabQuestion[];
  samples: RecordedSample[];
}

/** Runs that were made elsewhere and can be looked at without a model or a key. Read once, when somebody looks. */
export class RecordedRuns {
  readonly #folder: string;
  #read: Promise<RecordedRun[]> | undefined;

  /** @param folder where exported runs lie, one a file, packed (`.jsonl.gz`) or as they are (`.jsonl`) */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async list(): Promise<RecordedRun[]> {
    this.#read ??= readRuns(this.#folder);
    return this.#read;
  }

  async find(id: string): Promise<RecordedRun | undefined> {
    return (await this.list()).find(({ run }) => run.id === id);
  }
}

async function readRuns(folder: string): Promise<RecordedRun[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => /\.jsonl(?:\.gz)?$/.test(name)).sort();
  const runs = await Promise.all(
    files.map(async (name) => {
      const file = path.join(folder, name);
      try {
        const bytes = await readFile(file);
        return [parseRun((name.endsWith('.gz') ? await unzip(bytes) : bytes).toString('utf8'))];
      } catch (error) {
        console.error(`lab: ${file} is no exported run`, error);
        return [];
      }
    }),
  );
  return runs.flat();
}

/** What a line of a packed run leaves out: its head says it, or it means nothing where the run was not made. */
const unpacked = ['kind', 'runId', 'counted', 'model', 'step', 'sampling', 'rewards', 'generationId', 'at'] as const;

/** An exported run as it comes with the app: each question once, and nothing twice; some 50 bytes a sample. */
export function packRun(exported: string): Promise<Buffer> {
  const [head = '', ...lines] = exported.trimEnd().split('\n');
  const seen = new Set<unknown>();
  const packed = lines.map((line) => {
    const { asked, ...sample } = JSON.parse(line) as Record<string, unknown>; // our own export
    for (const field of unpacked) delete sample[field];
    const isNew = !seen.has(sample.question);
    seen.add(sample.question);
    return JSON.stringify(isNew ? { ...sample, asked } : sample);
  });
  return zip([head, ...packed, ''].join('\n'), { level: 9 });
}

function parseRun(text: string): RecordedRun {
  const [head, ...lines] = text.trimEnd().split('\n');
  const { kind: _, ...run } = JSON.parse(head ?? '') as LabRun & { kind: unknown }; // our own export
  const questions: LabQuestion[] = [];
  const samples = lines.map((line): RecordedSample => {
    const { asked, ...sample } = JSON.parse(line) as RecordedSample & Record<string, unknown> & { asked?: LabQuestion };
    if (asked) questions[sample.question] ??= asked;
    for (const field of unpacked) delete sample[field];
    return { ...sample, runId: run.id };
  });
  return { run: { ...run, recorded: true, lanes: [] }, questions, samples };
}

/** A page of its samples, without their texts. */
export function recordedSamples({ samples }: RecordedRun, search: SampleSearch): Page<LabSample> {
  const { setting, question, state, offset, limit } = search;
  const meant = samples.filter(
    (sample) =>
      (setting === undefined || sample.setting === setting) &&
      (question === undefined || sample.question === question) &&
      (state === undefined || sample.state === state),
  );
  const items = meant.slice(offset, offset + limit).map(({ thinking: _, answer: __, ...sample }) => sample);
  const next = offset + items.length;
  return { items, total: meant.length, ...(next < meant.length && items.length > 0 && { next }) };
}

/** A point's samples as figures are made of them. */
export function recordedJudged({ samples }: RecordedRun, setting: number): JudgedRow[] {
  return samples
    .filter((sample) => sample.setting === setting)
    .sort((a, b) => a.number - b.number)
    .map(({ question, vote, thinkingTokens, answerTokens, source, formatOk, cost, meanLogprob, ...sample }) => {
      const state = countedState(sample);
      return {
        question,
        ...(state && { state }),
        ...(vote !== undefined && { vote }),
        ...(thinkingTokens !== undefined && { thinkingTokens }),
        ...(answerTokens !== undefined && { answerTokens }),
        ...(source && { source }),
        ...(formatOk !== undefined && { formatOk }),
        ...(cost !== undefined && { cost }),
        ...(meanLogprob !== undefined && { meanLogprob }),
      };
    });
}

/** A page of its questions, with what each point made of them. */
export function recordedQuestions(
  { questions, samples }: RecordedRun,
  { offset, limit }: { offset: number; limit: number },
): Page<QuestionRow> {
  const page = questions.slice(offset, offset + limit);
  const byQuestion = Map.groupBy(samples, ({ question }) => question);
  const items = page.map((question, i) => ({
    index: offset + i,
    question,
    cells: [...Map.groupBy(byQuestion.get(offset + i) ?? [], ({ setting }) => setting)]
      .map(([setting, its]) => cellOf(setting, its))
      .sort((a, b) => a.setting - b.setting),
  }));
  const next = offset + items.length;
  return { items, total: questions.length, ...(next < questions.length && items.length > 0 && { next }) };
}

function cellOf(setting: number, samples: readonly RecordedSample[]): QuestionCell {
  const states: QuestionCell['states'] = {};
  const votes = new Map<string, { answer: string; count: number; right: boolean }>();
  const tokens = samples.flatMap(({ thinkingTokens }) => thinkingTokens ?? []);
  let right = 0;
  for (const sample of samples) {
    states[sample.state] = (states[sample.state] ?? 0) + 1;
    const isRight = countedState(sample) === 'right';
    if (isRight) right++;
    if (sample.vote === undefined) continue;
    const vote = votes.get(sample.vote) ?? { answer: sample.vote, count: 0, right: isRight };
    votes.set(sample.vote, { ...vote, count: vote.count + 1 });
  }
  return {
    setting,
    states,
    right,
    votes: [...votes.values()].sort((a, b) => b.count - a.count).slice(0, 3),
    ...(tokens.length > 0 && { thinkingTokens: tokens.reduce((sum, count) => sum + count, 0) / tokens.length }),
  };
}
