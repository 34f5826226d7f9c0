import { type Kysely, sql } from 'kysely';
import type { Generation } from '../../conversation.ts';
import type { GenerationError } from '../../errors.ts';
import type { Health } from '../../health.ts';
import type { PromptTemplateId, Sampling } from '../../model.ts';
import type { RawPiece } from '../../raw-text.ts';
import type { Notice } from '../../notice.ts';
import type { Finish, PhaseTimes, Segment } from '../../stream-part.ts';
import type { Timeline } from '../../timeline.ts';
import { thinkingMsOf } from '../../token-rate.ts';
import type { Usage } from '../../usage.ts';
import { type JoinedAnswer, joinedAnswers } from './checkpoints.ts';
import { inThread } from './in-thread.ts';
import { bind, type Db, type Engine } from './engine.ts';
import { renderRaw } from './raw-column.ts';
import type { GenerationRow } from './schema.ts';
import { cleanText, renderJson } from './stored-text.ts';

/** What is known of a generation when it is queued. */
export interface NewGeneration
  extends Pick<
    Generation,
    'providerId' | 'modelKey' | 'modelId' | 'providerLabel' | 'modelLabel' | 'recording' | 'sampling' | 'queuedAt'
  > {
  /** The server process that will run it. */
  instanceId: string;
  /** It is a sample of the lab. */
  isSample?: boolean;
  /** The answer that it goes on with. */
  continues?: string;
  /** Undefined: not known, of one that was asked elsewhere. */
  promptTemplate?: PromptTemplateId;
}

/** What is known of a generation when it has ended. Its state, cost and answering model are in `finish`. */
export interface GenerationResult {
  /** The message, as it was seen. */
  parts: readonly Segment[];
  /** All the model wrote, exactly; undefined when nobody listened. */
  raw?: readonly RawPiece[];
  finish: Finish;
  times: PhaseTimes;
  notices: readonly Notice[];
  usage?: Usage;
  /** What the provider said about tokens, as it said it. */
  usageRaw?: unknown;
  error?: GenerationError;
  /** What was sent; never holds a key. */
  request?: { url: string; body: string };
  health?: Health;
  timeline?: Timeline;
}

/** A row of the token log with its place. */
interface GenerationDetail extends Generation {
  conversationId: string;
  threadId: string;
  request?: { url: string; body: string };
  /** How its tokens came; absent while it runs, when nothing came, and where the end of the server or an older version cut it off. */
  timeline?: Timeline;
}

interface RunningGeneration {
  id: string;
  threadId: string;
  /** The server process that runs it. */
  instanceId: string;
}

const finish = inThread('generations.finish', finishGeneration);

/** The calls of models. */
export function createGenerations(engine: Engine) {
  return bind(engine, {
    finish,
    find: findGeneration,
    timelines: findTimelines,
    listRunning,
  });
}

/** Writes the answer and its row of the token log. False when somebody else has done it, or it was deleted. */
async function finishGeneration(engine: Engine, id: string, result: GenerationResult): Promise<boolean> {
  return engine.write((db) => completeGeneration(db, id, result));
}

/** Writes the message and the row, unless somebody else has: then it answers false and nothing changes. */
export async function completeGeneration(db: Db, id: string, result: GenerationResult): Promise<boolean> {
  const parts = renderJson(result.parts);
  const updated = await db
    .updateTable('generations')
    .set({
      ...columnsOfResult(result),
      raw_text: renderRaw(JSON.parse(parts) as Segment[], { raw: result.raw }),
    })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .executeTakeFirst();
  if (updated.numUpdatedRows === 0n) return false;
  await db.updateTable('messages').set({ parts, search_stale: staleUnlessLab }).where('id', '=', id).execute();
  await db.deleteFrom('checkpoints').where('generation_id', '=', id).execute();
  return true;
}

/** What the lab asks is in no search. */
const staleUnlessLab = sql<number>`case when exists (select 1 from conversations
  where conversations.id = messages.conversation_id and conversations.lab_run_id is not null) then 0 else 1 end`;

async function findGeneration(engine: Engine, ownerId: string, id: string): Promise<GenerationDetail | undefined> {
  return engine.lookUp(async (db) => {
    const row = await db
      .selectFrom('generations')
      .selectAll()
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      .executeTakeFirst();
    if (!row) return undefined;
    const soFar = row.state === 'running' ? (await joinedAnswers(db, [id])).get(id) : undefined;
    return {
      ...generationOfRow(row, soFar),
      conversationId: row.conversation_id,
      threadId: row.thread_id,
      ...(row.request_url !== null && { request: { url: row.request_url, body: row.request_body ?? '' } }),
      ...(row.timeline !== null && { timeline: JSON.parse(row.timeline) as Timeline }),
    };
  });
}

/** How the tokens of these answers came, where that is known. */
async function findTimelines(engine: Engine, ownerId: string, ids: readonly string[]): Promise<Map<string, Timeline>> {
  if (ids.length === 0) return new Map();
  const rows = await engine.read((db) =>
    db
      .selectFrom('generations')
      .select(['id', 'timeline'])
      .where('owner_id', '=', ownerId)
      .where('id', 'in', ids)
      .where('timeline', 'is not', null)
      .execute(),
  );
  return new Map(rows.map(({ id, timeline }) => [id, JSON.parse(timeline ?? 'null') as Timeline]));
}

/** In the order they were asked. */
async function listRunning(engine: Engine, ownerId: string, conversationId: string): Promise<RunningGeneration[]> {
  const rows = await engine.lookUpOnce((db) =>
    db
      .selectFrom('generations')
      .innerJoin('messages', 'messages.id', 'generations.id')
      .select(['generations.id', 'generations.thread_id', 'generations.instance_id'])
      .where('generations.conversation_id', '=', conversationId)
      .where('generations.owner_id', '=', ownerId)
      .where('generations.state', '=', 'running')
      .orderBy('messages.seq')
      .execute(),
  );
  return rows.map((row) => ({ id: row.id, threadId: row.thread_id, instanceId: row.instance_id }));
}

export function rowOfNewGeneration(
  generation: NewGeneration,
  place: { id: string; ownerId: string; conversationId: string; threadId: string },
): GenerationRow & { continues: string | null } {
  return {
    id: place.id,
    owner_id: place.ownerId,
    conversation_id: place.conversationId,
    thread_id: place.threadId,
    instance_id: generation.instanceId,
    provider_id: generation.providerId,
    model_key: generation.modelKey,
    model_id: generation.modelId,
    provider_label: cleanText(generation.providerLabel),
    model_label: cleanText(generation.modelLabel),
    recording: (generation.recording ? 1 : 0) + (generation.isSample ? 2 : 0),
    sampling: renderJson(generation.sampling),
    queued_at: generation.queuedAt,
    state: 'running',
    notices: '[]',
    ...nothingYet,
    continues: generation.continues ?? null,
    prompt_template: generation.promptTemplate ?? null,
  };
}

const nothingYet = {
  answered_model: null,
  first_byte_ms: null,
  reasoning_start_ms: null,
  reasoning_end_ms: null,
  answer_start_ms: null,
  end_ms: null,
  prompt_tokens: null,
  cached_prompt_tokens: null,
  reasoning_tokens: null,
  answer_tokens: null,
  usage_source: null,
  usage_details: null,
  usage_raw: null,
  cost: null,
  finish_reason: null,
  raw_finish_reason: null,
  complete: null,
  error: null,
  request_url: null,
  request_body: null,
  raw_text: null,
  health: null,
  format_ok: null,
  language_share: null,
  repetition_share: null,
  rethinks: null,
  copied_from: null,
  timeline: null,
  prices_as_of: null,
  prompt_template: null,
  first_token_ms: null,
  thinking_ms: null,
  tokens_per_second: null,
} as const;

export function columnsOfResult(result: GenerationResult): Partial<GenerationRow> {
  const { finish, times, usage, error, request } = result;
  return {
    state: finish.outcome,
    finish_reason: finish.reason,
    raw_finish_reason: textOrNull(finish.rawReason),
    complete: finish.complete ? 1 : 0,
    answered_model: textOrNull(finish.answeredModel),
    cost: finish.cost ?? null,
    prices_as_of: textOrNull(finish.pricesAsOf),
    first_byte_ms: times.firstByte ?? null,
    reasoning_start_ms: times.reasoningStart ?? null,
    reasoning_end_ms: times.reasoningEnd ?? null,
    answer_start_ms: times.answerStart ?? null,
    end_ms: times.end ?? null,
    prompt_tokens: countOrNull(usage?.promptTokens),
    cached_prompt_tokens: countOrNull(usage?.cachedPromptTokens),
    reasoning_tokens: countOrNull(usage?.reasoningTokens),
    answer_tokens: countOrNull(usage?.answerTokens),
    usage_source: usage?.source ?? null,
    usage_details: usageDetailsOf(usage),
    usage_raw: result.usageRaw === undefined ? null : renderJson(result.usageRaw),
    notices: renderJson(result.notices),
    error: error ? renderJson(error) : null,
    request_url: textOrNull(request?.url),
    request_body: textOrNull(request?.body),
    ...(result.timeline && { timeline: renderJson(result.timeline) }),
    ...columnsOfHealth(result.health),
    ...figuresOfTimes(times, usage),
  };
}

/** What of a usage has no column of its own. */
export function usageDetailsOf(usage: Usage | undefined): string | null {
  const { otherTokens, serverTimes } = usage ?? {};
  if (otherTokens === undefined && !serverTimes) return null;
  return renderJson({ ...(otherTokens !== undefined && { otherTokens }), ...(serverTimes && { serverTimes }) });
}

/** A rate over less than this is noise, in ms. */
const shortestSpan = 200;

/** What sums are made of, of times and tokens; thinking that nobody saw was over before the time that is measured. */
function figuresOfTimes(times: PhaseTimes, usage: Usage | undefined): Partial<GenerationRow> {
  const { reasoningStart, answerStart, end } = times;
  const firstToken = Math.min(reasoningStart ?? Number.POSITIVE_INFINITY, answerStart ?? Number.POSITIVE_INFINITY);
  const thinkingMs = thinkingMsOf(times, usage);
  const tokens = (usage?.answerTokens ?? 0) + (reasoningStart === undefined ? 0 : (usage?.reasoningTokens ?? 0));
  const span = (end ?? Number.NaN) - firstToken;
  return {
    first_token_ms: Number.isFinite(firstToken) ? firstToken : null,
    thinking_ms: thinkingMs ?? null,
    tokens_per_second: tokens > 0 && span >= shortestSpan ? (tokens * 1000) / span : null,
  };
}

/** All of it as JSON, and what sums are made of. */
export function columnsOfHealth(health: Health | undefined): Partial<GenerationRow> {
  if (!health) return {};
  return {
    health: renderJson(health),
    format_ok: health.format ? Number(health.format.ok) : null,
    language_share: health.language?.share ?? null,
    repetition_share: health.repetition?.share ?? null,
    rethinks: health.rethinks?.count ?? null,
  };
}

function textOrNull(text: string | undefined): string | null {
  return text === undefined ? null : cleanText(text);
}

/** A count that a bigint column takes: an answer must not be lost because a provider counts in halves. */
export function countOrNull(count: number | undefined): number | null {
  if (count === undefined || Number.isNaN(count)) return null;
  return Math.min(Math.max(Math.round(count), 0), Number.MAX_SAFE_INTEGER);
}

export async function addTimelineColumns(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('generations').addColumn('prices_as_of', 'text').execute();
  await db.schema.alterTable('generations').addColumn('timeline', 'text').execute();
}

export async function addUsageDetails(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('generations').addColumn('usage_details', 'text').execute();
}

/** A row as the rest of the app speaks of it; a running one has what its checkpoints say, if they are given. */
export function generationOfRow(row: GenerationRow & { continues?: string | null }, soFar?: JoinedAnswer): Generation {
  const usage = soFar?.state.usage ?? usageOfRow(row);
  const error = soFar?.state.error ?? (row.error === null ? undefined : (JSON.parse(row.error) as GenerationError));
  const finish = finishOfRow(row);
  return {
    id: row.id,
    state: row.state,
    providerId: row.provider_id,
    modelKey: row.model_key,
    modelId: row.model_id,
    providerLabel: row.provider_label,
    modelLabel: row.model_label,
    recording: (row.recording & 1) === 1,
    sampling: JSON.parse(row.sampling) as Sampling,
    queuedAt: row.queued_at,
    times: soFar?.state.times ?? timesOfRow(row),
    notices: soFar ? [...soFar.state.notices] : (JSON.parse(row.notices) as Notice[]),
    ...(soFar && { phase: soFar.state.phase }),
    ...(usage && { usage }),
    ...(error && { error }),
    ...(finish && { finish }),
    ...(row.health !== null && { health: JSON.parse(row.health) as Health }),
    ...(row.continues && { continues: row.continues }),
    ...(row.copied_from !== null && { copiedFrom: row.copied_from }),
  };
}

function timesOfRow(row: GenerationRow): PhaseTimes {
  return {
    ...(row.first_byte_ms !== null && { firstByte: row.first_byte_ms }),
    ...(row.reasoning_start_ms !== null && { reasoningStart: row.reasoning_start_ms }),
    ...(row.reasoning_end_ms !== null && { reasoningEnd: row.reasoning_end_ms }),
    ...(row.answer_start_ms !== null && { answerStart: row.answer_start_ms }),
    ...(row.end_ms !== null && { end: row.end_ms }),
  };
}

export function usageOfRow(row: GenerationRow): Usage | undefined {
  if (row.usage_source === null) return undefined;
  return {
    ...(row.prompt_tokens !== null && { promptTokens: row.prompt_tokens }),
    ...(row.cached_prompt_tokens !== null && { cachedPromptTokens: row.cached_prompt_tokens }),
    reasoningTokens: row.reasoning_tokens ?? 0,
    answerTokens: row.answer_tokens ?? 0,
    source: row.usage_source,
    ...(row.usage_details !== null && (JSON.parse(row.usage_details) as Pick<Usage, 'otherTokens' | 'serverTimes'>)),
  };
}

export function finishOfRow(row: GenerationRow): Finish | undefined {
  if (row.state === 'running') return undefined;
  return {
    outcome: row.state,
    reason: row.finish_reason ?? 'unknown',
    ...(row.raw_finish_reason !== null && { rawReason: row.raw_finish_reason }),
    complete: row.complete === 1,
    ...(row.answered_model !== null && { answeredModel: row.answered_model }),
    ...(row.cost !== null && { cost: row.cost }),
    ...(row.prices_as_of !== null && { pricesAsOf: row.prices_as_of }),
  };
}
