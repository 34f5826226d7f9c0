import { sql } from 'kysely';
import type { Generation, Message, ThreadSettings } from '../../conversation.ts';
import type { ErrorCause } from '../../errors.ts';
import type { JudgedSample } from '../../lab/figures.ts';
import { countedState, type LabSample, type QuestionCell, type SampleState } from '../../lab/run.ts';
import type { EndState } from '../../lab/score.ts';
import type { Segment } from '../../stream-part.ts';
import { listMessages } from './conversations.ts';
import { bind, type Db, type Engine } from './engine.ts';
import { countOrNull, finishOfRow, type NewGeneration, rowOfNewGeneration } from './generations.ts';
import type { LabSampleRow } from './schema.ts';
import { cleanText, renderJson } from './stored-text.ts';

/** A sample as it waits to be asked. */
export type WaitingSample = Pick<LabSample, 'number' | 'setting' | 'question' | 'sample' | 'attempts'>;

/** Where a sample's question and answer are kept: a conversation of its run, made with its first answer. */
export interface SamplePlace {
  conversationId: string;
  threadId: string;
  questionId: string;
  answerId: string;
}

/** What a finished sample comes to. */
export interface SampleResult
  extends Pick<
    LabSample,
    | 'found'
    | 'verdict'
    | 'vote'
    | 'scorerVersion'
    | 'promptTokens'
    | 'thinkingTokens'
    | 'answerTokens'
    | 'source'
    | 'cost'
    | 'ms'
    | 'finishReason'
    | 'answeredModel'
    | 'formatOk'
    | 'languageShare'
    | 'budgetKept'
    | 'meanLogprob'
    | 'error'
  > {
  state: EndState;
  at: number;
}

/** What a verdict is made of anew. */
export type SampleVerdict = Pick<SampleResult, 'state' | 'found' | 'verdict' | 'vote' | 'scorerVersion'>;

/** Samples of the lab, one row a planned one. Their runs are looked up by owner first; these take the run's id. */
export function createLabSamples(engine: Engine) {
  return bind(engine, {
    listNext,
    markPilot,
    begin: beginSample,
    finish: finishSample,
    replan: replanSample,
    fail: failSample,
    drop: dropPlanned,
    count: countSamples,
    sum: sumSamples,
    sumSettings,
    listOver,
    listJudged,
    list: listSamples,
    find: findSample,
    readMessage,
    readEnds,
    setByHand,
    rescore,
    listCells,
  });
}

/**
 * The next samples to ask. One that replays a thought waits for the sample whose thought it is.
 * @param search.sources by setting that replays, the setting whose thoughts it takes
 */
async function listNext(
  engine: Engine,
  runId: string,
  search: { limit: number; at: number; pilotOnly: boolean; sources: ReadonlyMap<number, number> },
): Promise<{ samples: WaitingSample[] /** Epoch ms at which another may be asked again. */; nextAt?: number }> {
  return engine.read(async (db) => {
    let query = db
      .selectFrom('lab_samples')
      .select(['number', 'setting', 'question', 'sample', 'attempts', 'not_before'])
      .where('run_id', '=', runId)
      .where('state', '=', 'planned')
      .$if(search.pilotOnly, (q) => q.where('pilot', '=', 1));
    if (search.sources.size > 0) {
      const sourceOf = sql.join(
        [
          sql`case lab_samples.setting`,
          ...[...search.sources].map(([of, source]) => sql`when ${sql.lit(of)} then ${sql.lit(source)}`),
          sql`end`,
        ],
        sql` `,
      );
      query = query.where(
        sql<boolean>`not exists (select 1 from lab_samples source where source.run_id = ${runId}
          and source.question = lab_samples.question and source.sample = lab_samples.sample
          and source.setting = ${sourceOf} and source.state in ('planned', 'running'))`,
      );
    }
    const due = await query.where('not_before', '<=', search.at).orderBy('number').limit(search.limit).execute();
    const { next } = await db
      .selectFrom('lab_samples')
      .select((of) => of.fn.min<number | null>('not_before').as('next'))
      .where('run_id', '=', runId)
      .where('state', '=', 'planned')
      .where('not_before', '>', search.at)
      .executeTakeFirstOrThrow();
    return {
      samples: due.map(({ number, setting, question, sample, attempts }) => ({
        number,
        setting,
        question,
        sample,
        attempts,
      })),
      ...(next !== null && { nextAt: next }),
    };
  });
}

/** Marks some planned samples as the pilot's. */
async function markPilot(engine: Engine, runId: string, numbers: readonly number[]): Promise<void> {
  if (numbers.length === 0) return;
  await engine.write((db) =>
    db
      .updateTable('lab_samples')
      .set({ pilot: 1 })
      .where('run_id', '=', runId)
      .where('number', 'in', [...numbers])
      .execute(),
  );
}

/**
 * Stores that a sample is asked: its question where it is not there yet, an empty answer, a running generation. False when
 * it is not planned (any more), or its run is gone.
 */
async function beginSample(
  engine: Engine,
  ownerId: string,
  runId: string,
  ask: {
    number: number;
    place: SamplePlace;
    title: string;
    settings: ThreadSettings;
    text: string;
    generation: NewGeneration;
    at: number;
  },
): Promise<boolean> {
  const { number, place, title, settings, text, generation, at } = ask;
  const { conversationId, threadId, questionId, answerId } = place;
  return engine.write(async (db) => {
    const updated = await db
      .updateTable('lab_samples')
      .set((eb) => ({ state: 'running', generation_id: answerId, attempts: eb('attempts', '+', 1) }))
      .where('run_id', '=', runId)
      .where('number', '=', number)
      .where('state', '=', 'planned')
      .executeTakeFirst();
    if (updated.numUpdatedRows === 0n) return false;
    const conversation = { conversation_id: conversationId, thread_id: threadId, created_at: at };
    await db
      .insertInto('conversations')
      .values({
        id: conversationId,
        owner_id: ownerId,
        title: cleanText(title),
        created_at: at,
        updated_at: at,
        next_seq: 1,
        title_source: 'question',
        lab_run_id: runId,
        search_stale: 0,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    const [{ next_seq: seq }] = (await db
      .updateTable('conversations')
      .set((eb) => ({ next_seq: eb('next_seq', '+', 1), updated_at: at }))
      .where('id', '=', conversationId)
      .returning('next_seq')
      .execute()) as [{ next_seq: number }]; // it was made above
    await db
      .insertInto('threads')
      .values({ id: threadId, conversation_id: conversationId, position: 0, settings: renderJson(settings) })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    await db
      .insertInto('messages')
      .values({
        ...conversation,
        id: questionId,
        parent_id: null,
        role: 'user',
        parts: renderJson([{ kind: 'answer', text }] satisfies Segment[]),
        seq: 0,
        search_stale: 0,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    await db
      .insertInto('messages')
      .values({
        ...conversation,
        id: answerId,
        parent_id: questionId,
        role: 'assistant',
        parts: '[]',
        seq: seq - 1,
        search_stale: 0,
      })
      .execute();
    await db
      .insertInto('generations')
      .values(rowOfNewGeneration(generation, { id: answerId, ownerId, conversationId, threadId }))
      .execute();
    return true;
  });
}

/** False when it is not the one that is asked (its run was taken over, or is gone). */
async function finishSample(
  engine: Engine,
  runId: string,
  number: number,
  { generationId, ...result }: SampleResult & { generationId: string | undefined },
): Promise<boolean> {
  return engine.write(async (db) => {
    const updated = await db
      .updateTable('lab_samples')
      .set({
        ...columnsOfVerdict(result),
        ...(generationId !== undefined && { generation_id: generationId }),
        prompt_tokens: countOrNull(result.promptTokens),
        thinking_tokens: countOrNull(result.thinkingTokens),
        answer_tokens: countOrNull(result.answerTokens),
        source: result.source ?? null,
        cost: result.cost ?? null,
        ms: result.ms ?? null,
        finish_reason: result.finishReason ?? null,
        answered_model: result.answeredModel === undefined ? null : cleanText(result.answeredModel),
        format_ok: result.formatOk === undefined ? null : Number(result.formatOk),
        language_share: result.languageShare ?? null,
        budget_kept: result.budgetKept === undefined ? null : Number(result.budgetKept),
        mean_logprob: result.meanLogprob ?? null,
        error: result.error ? renderJson(result.error) : null,
        ended_at: result.at,
      })
      .where('run_id', '=', runId)
      .where('number', '=', number)
      .where('state', '=', 'running')
      .executeTakeFirst();
    if (updated.numUpdatedRows === 0n) return false;
    await news(db, runId, result.at);
    return true;
  });
}

function columnsOfVerdict({ state, found, verdict, vote, scorerVersion }: SampleVerdict): Partial<LabSampleRow> {
  return {
    state,
    found: found ? cleanText(found.text.slice(0, longestFound)) : null,
    rule: found?.rule ?? null,
    in_thinking: found ? Number(found.inThinking) : null,
    verdict: verdict ?? null,
    vote: vote === undefined ? null : cleanText(vote.slice(0, longestFound)),
    scorer: scorerVersion ?? null,
  };
}

/** What a model may put in its box; more is a text, no answer. In UTF-16 units. */
const longestFound = 4_096;

async function news(db: Db, runId: string, at: number): Promise<void> {
  await db
    .updateTable('lab_runs')
    .set((eb) => ({ version: eb('version', '+', 1), updated_at: at }))
    .where('id', '=', runId)
    .execute();
}

/** Plans a sample again that came to nothing. `isOurs`: it was not the provider's fault, so that does not count. */
async function replanSample(
  engine: Engine,
  runId: string,
  number: number,
  { notBefore, isOurs }: { notBefore: number; isOurs: boolean },
): Promise<void> {
  await engine.write((db) =>
    db
      .updateTable('lab_samples')
      .set((eb) => ({
        state: 'planned',
        generation_id: null,
        not_before: notBefore,
        ...(isOurs && { attempts: eb('attempts', '-', 1) }),
      }))
      .where('run_id', '=', runId)
      .where('number', '=', number)
      .where('state', '=', 'running')
      .execute(),
  );
}

/** Ends a sample that could not be asked. */
async function failSample(
  engine: Engine,
  runId: string,
  number: number,
  { error, at }: { error: ErrorCause; at: number },
): Promise<void> {
  await engine.write(async (db) => {
    await db
      .updateTable('lab_samples')
      .set({ state: 'failed', error: renderJson(error), ended_at: at })
      .where('run_id', '=', runId)
      .where('number', '=', number)
      .where('state', 'in', ['planned', 'running'])
      .execute();
    await news(db, runId, at);
  });
}

/** Ends what is planned of some settings, or all: nobody asks it. */
async function dropPlanned(engine: Engine, runId: string, setting: number | undefined, at: number): Promise<void> {
  await engine.write(async (db) => {
    await db
      .updateTable('lab_samples')
      .set({ state: 'stopped', ended_at: at })
      .where('run_id', '=', runId)
      .where('state', '=', 'planned')
      .$if(setting !== undefined, (query) => query.where('setting', '=', setting ?? 0))
      .execute();
    await news(db, runId, at);
  });
}

/** How many samples of each run are in each state. */
async function countSamples(
  engine: Engine,
  runIds: readonly string[],
): Promise<Map<string, Partial<Record<SampleState, number>>>> {
  if (runIds.length === 0) return new Map();
  const rows = await engine.aggregate((db) =>
    db
      .selectFrom('lab_samples')
      .select(['run_id', 'state'])
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('run_id', 'in', [...runIds])
      .groupBy(['run_id', 'state'])
      .execute(),
  );
  const counts = new Map<string, Partial<Record<SampleState, number>>>();
  for (const { run_id, state, count } of rows) {
    counts.set(run_id, { ...counts.get(run_id), [state]: Number(count) });
  }
  return counts;
}

/** What a run has spent. */
export interface SampleSums {
  promptTokens: number;
  thinkingTokens: number;
  answerTokens: number;
  cost: number;
  priced: number;
  byHand: number;
  /** Of how many samples it is known how sure their tokens were. */
  withLogprob: number;
}

async function sumSamples(engine: Engine, runId: string): Promise<SampleSums> {
  const row = await engine.aggregate((db) =>
    db
      .selectFrom('lab_samples')
      .select((of) => [
        of.fn.sum<number | null>('prompt_tokens').as('prompt'),
        of.fn.sum<number | null>('thinking_tokens').as('thinking'),
        of.fn.sum<number | null>('answer_tokens').as('answer'),
        of.fn.sum<number | null>('cost').as('cost'),
        of.fn.count<number>('cost').as('priced'),
        of.fn.count<number>('by_hand').as('hand'),
        of.fn.count<number>('mean_logprob').as('sure'),
      ])
      .where('run_id', '=', runId)
      .executeTakeFirstOrThrow(),
  );
  return {
    promptTokens: Number(row.prompt ?? 0),
    thinkingTokens: Number(row.thinking ?? 0),
    answerTokens: Number(row.answer ?? 0),
    cost: Number(row.cost ?? 0),
    priced: Number(row.priced),
    byHand: Number(row.hand),
    withLogprob: Number(row.sure),
  };
}

/** By setting: who said they answered, and how many kept to their budget. */
async function sumSettings(
  engine: Engine,
  runId: string,
): Promise<Map<number, { answeredModels: string[]; kept: number; judged: number }>> {
  const rows = await engine.aggregate((db) =>
    db
      .selectFrom('lab_samples')
      .select(['setting', 'answered_model'])
      .select((of) => [
        of.fn.countAll<number>().as('count'),
        of.fn.sum<number | null>('budget_kept').as('kept'),
        of.fn.count<number>('budget_kept').as('judged'),
      ])
      .where('run_id', '=', runId)
      .where('state', 'not in', ['planned', 'running'])
      .groupBy(['setting', 'answered_model'])
      .execute(),
  );
  const settings = new Map<number, { answeredModels: string[]; kept: number; judged: number }>();
  for (const row of rows.toSorted((a, b) => Number(b.count) - Number(a.count))) {
    const sums = settings.get(row.setting) ?? { answeredModels: [], kept: 0, judged: 0 };
    settings.set(row.setting, sums);
    if (row.answered_model !== null) sums.answeredModels.push(row.answered_model);
    sums.kept += Number(row.kept ?? 0);
    sums.judged += Number(row.judged);
  }
  return settings;
}

/** Samples that are over and say something of what a call takes, the newest first. */
async function listOver(engine: Engine, runId: string, limit: number): Promise<LabSample[]> {
  const rows = await engine.aggregate((db) =>
    db
      .selectFrom('lab_samples')
      .selectAll()
      .where('run_id', '=', runId)
      .where('state', 'not in', ['planned', 'running', 'failed', 'stopped'])
      .orderBy('number', 'desc')
      .limit(limit)
      .execute(),
  );
  return rows.map(sampleOfRow);
}

/** A sample as figures are made of it, with its place. */
export interface JudgedRow extends Omit<JudgedSample, 'questionId'> {
  question: number;
}

/** All of a setting's, in the order of the plan. */
async function listJudged(engine: Engine, runId: string, setting: number): Promise<JudgedRow[]> {
  const judged: JudgedRow[] = [];
  for (let behind = -1; ; ) {
    const rows = await engine.aggregate((db) =>
      db
        .selectFrom('lab_samples')
        .select(['number', 'question', 'state', 'by_hand', 'vote', 'thinking_tokens', 'answer_tokens', 'source'])
        .select(['format_ok', 'cost', 'mean_logprob'])
        .where('run_id', '=', runId)
        .where('setting', '=', setting)
        .where('number', '>', behind)
        .orderBy('number')
        .limit(judgedAtOnce)
        .execute(),
    );
    for (const row of rows) {
      const state = countedState({ state: row.state, ...(row.by_hand && { byHand: row.by_hand }) });
      judged.push({
        question: row.question,
        ...(state && { state }),
        ...(row.vote !== null && { vote: row.vote }),
        ...(row.thinking_tokens !== null && { thinkingTokens: row.thinking_tokens }),
        ...(row.answer_tokens !== null && { answerTokens: row.answer_tokens }),
        ...(row.source !== null && { source: row.source }),
        ...(row.format_ok !== null && { formatOk: row.format_ok === 1 }),
        ...(row.cost !== null && { cost: row.cost }),
        ...(row.mean_logprob !== null && { meanLogprob: row.mean_logprob }),
      });
    }
    const last = rows.at(-1);
    if (!last || rows.length < judgedAtOnce) return judged;
    behind = last.number;
  }
}

const judgedAtOnce = 5_000;

export interface SampleSearch {
  setting?: number;
  question?: number;
  state?: SampleState;
  offset: number;
  limit: number;
}

async function listSamples(
  engine: Engine,
  runId: string,
  { setting, question, state, offset, limit }: SampleSearch,
): Promise<{ samples: LabSample[]; total: number }> {
  return engine.aggregate(async (db) => {
    const query = db
      .selectFrom('lab_samples')
      .where('run_id', '=', runId)
      .$if(setting !== undefined, (q) => q.where('setting', '=', setting ?? 0))
      .$if(question !== undefined, (q) => q.where('question', '=', question ?? 0))
      .$if(state !== undefined, (q) => q.where('state', '=', state ?? 'planned'));
    const { total } = await query.select((of) => of.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
    const rows = await query.selectAll().orderBy('number').offset(offset).limit(limit).execute();
    return { samples: rows.map(sampleOfRow), total: Number(total) };
  });
}

/** By what a sample is named within its run: its number, or its question, point and turn. */
type SampleName = Pick<LabSample, 'number'> | Pick<LabSample, 'question' | 'setting' | 'sample'>;

async function findSample(engine: Engine, runId: string, name: SampleName): Promise<LabSample | undefined> {
  const row = await engine.read((db) => {
    const ofRun = db.selectFrom('lab_samples').selectAll().where('run_id', '=', runId);
    const named =
      'number' in name
        ? ofRun.where('number', '=', name.number)
        : ofRun
            .where('question', '=', name.question)
            .where('setting', '=', name.setting)
            .where('sample', '=', name.sample);
    return named.executeTakeFirst();
  });
  return row && sampleOfRow(row);
}

/** A sample's answer as any other message, with the conversation it is kept in. */
async function readMessage(
  engine: Engine,
  ownerId: string,
  generationId: string,
): Promise<{ message: Message; conversationId: string } | undefined> {
  return engine.read(async (db) => {
    const row = await db
      .selectFrom('generations')
      .select('conversation_id')
      .where('id', '=', generationId)
      .where('owner_id', '=', ownerId)
      .executeTakeFirst();
    if (!row) return undefined;
    const message = (await listMessages(db, row.conversation_id)).find(({ id }) => id === generationId);
    return message && { message, conversationId: row.conversation_id };
  });
}

/** What a verdict is made of. */
export interface SampleEnd extends Pick<Generation, 'finish' | 'error' | 'continues'> {
  parts: Segment[];
}

/** The answers of some generations, and how they ended. */
async function readEnds(engine: Engine, generationIds: readonly string[]): Promise<Map<string, SampleEnd>> {
  if (generationIds.length === 0) return new Map();
  const rows = await engine.aggregate((db) =>
    db
      .selectFrom('generations')
      .innerJoin('messages', 'messages.id', 'generations.id')
      .selectAll('generations')
      .select('messages.parts')
      .where('generations.id', 'in', [...generationIds])
      .execute(),
  );
  return new Map(
    rows.map(({ parts, ...row }) => {
      const finish = finishOfRow(row);
      const error = row.error === null ? undefined : (JSON.parse(row.error) as Generation['error']);
      const { continues } = row;
      const end = { ...(finish && { finish }), ...(error && { error }), ...(continues !== null && { continues }) };
      return [row.id, { parts: JSON.parse(parts) as Segment[], ...end }];
    }),
  );
}

/** False when there is no such sample, or it is not over. */
async function setByHand(
  engine: Engine,
  runId: string,
  number: number,
  { byHand, at }: { byHand: 'right' | 'wrong' | null; at: number },
): Promise<boolean> {
  return engine.write(async (db) => {
    const updated = await db
      .updateTable('lab_samples')
      .set({ by_hand: byHand })
      .where('run_id', '=', runId)
      .where('number', '=', number)
      .where('state', 'not in', ['planned', 'running', 'failed', 'stopped'])
      .executeTakeFirst();
    if (updated.numUpdatedRows === 0n) return false;
    await news(db, runId, at);
    return true;
  });
}

/** Writes new verdicts; those of samples that are not over are left out. */
async function rescore(
  engine: Engine,
  runId: string,
  verdicts: readonly ({ number: number } & SampleVerdict)[],
  at: number,
): Promise<void> {
  await engine.write(async (db) => {
    for (const { number, ...verdict } of verdicts) {
      await db
        .updateTable('lab_samples')
        .set(columnsOfVerdict(verdict))
        .where('run_id', '=', runId)
        .where('number', '=', number)
        .where('state', 'not in', ['planned', 'running'])
        .execute();
    }
    await news(db, runId, at);
  });
}

/** The cells of some questions: `[question, cell]`, by question and setting. */
async function listCells(
  engine: Engine,
  runId: string,
  { offset, limit }: { offset: number; limit: number },
): Promise<(QuestionCell & { question: number })[]> {
  const rows = await engine.aggregate((db) =>
    db
      .selectFrom('lab_samples')
      .select(['question', 'setting', 'state', 'by_hand', 'vote'])
      .select((of) => [of.fn.countAll<number>().as('count'), of.fn.sum<number | null>('thinking_tokens').as('tokens')])
      .select((of) => of.fn.count<number>('thinking_tokens').as('counted'))
      .where('run_id', '=', runId)
      .where('question', '>=', offset)
      .where('question', '<', offset + limit)
      .groupBy(['question', 'setting', 'state', 'by_hand', 'vote'])
      .execute(),
  );
  const groups = Map.groupBy(rows, ({ question, setting }) => `${question} ${setting}`);
  return [...groups.values()]
    .map((group) => {
      const [{ question, setting }] = group as [(typeof group)[number]]; // no group is empty
      const states: Partial<Record<SampleState, number>> = {};
      const votes = new Map<string, { answer: string; count: number; right: boolean }>();
      let [right, tokens, counted] = [0, 0, 0];
      for (const row of group) {
        const count = Number(row.count);
        states[row.state] = (states[row.state] ?? 0) + count;
        const isRight = countedState({ state: row.state, ...(row.by_hand && { byHand: row.by_hand }) }) === 'right';
        if (isRight) right += count;
        tokens += Number(row.tokens ?? 0);
        counted += Number(row.counted);
        if (row.vote === null) continue;
        const vote = votes.get(row.vote) ?? { answer: row.vote, count: 0, right: isRight };
        votes.set(row.vote, { ...vote, count: vote.count + count });
      }
      return {
        question,
        setting,
        states,
        right,
        votes: [...votes.values()].sort((a, b) => b.count - a.count).slice(0, 3),
        ...(counted > 0 && { thinkingTokens: tokens / counted }),
      };
    })
    .sort((a, b) => a.question - b.question || a.setting - b.setting);
}

/** Without its seed, which comes of the plan. */
function sampleOfRow(row: LabSampleRow): LabSample {
  return {
    runId: row.run_id,
    number: row.number,
    setting: row.setting,
    question: row.question,
    sample: row.sample,
    state: row.state,
    attempts: row.attempts,
    seed: 0,
    ...(row.by_hand !== null && { byHand: row.by_hand }),
    ...(row.generation_id !== null && { generationId: row.generation_id }),
    ...(row.found !== null &&
      row.rule !== null && { found: { text: row.found, rule: row.rule, inThinking: row.in_thinking === 1 } }),
    ...(row.verdict !== null && { verdict: row.verdict }),
    ...(row.vote !== null && { vote: row.vote }),
    ...(row.scorer !== null && { scorerVersion: row.scorer }),
    ...(row.prompt_tokens !== null && { promptTokens: row.prompt_tokens }),
    ...(row.thinking_tokens !== null && { thinkingTokens: row.thinking_tokens }),
    ...(row.answer_tokens !== null && { answerTokens: row.answer_tokens }),
    ...(row.source !== null && { source: row.source }),
    ...(row.cost !== null && { cost: row.cost }),
    ...(row.ms !== null && { ms: row.ms }),
    ...(row.finish_reason !== null && { finishReason: row.finish_reason }),
    ...(row.answered_model !== null && { answeredModel: row.answered_model }),
    ...(row.format_ok !== null && { formatOk: row.format_ok === 1 }),
    ...(row.language_share !== null && { languageShare: row.language_share }),
    ...(row.budget_kept !== null && { budgetKept: row.budget_kept === 1 }),
    ...(row.mean_logprob !== null && { meanLogprob: row.mean_logprob }),
    ...(row.error !== null && { error: JSON.parse(row.error) as ErrorCause }),
    ...(row.ended_at !== null && { at: row.ended_at }),
  };
}
