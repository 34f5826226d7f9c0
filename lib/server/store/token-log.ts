import { type RawBuilder, sql } from 'kysely';
import {
  nameOfStep,
  offsetsBetween,
  type SeriesStep,
  startOfStep,
  stepFor,
  unitMs,
  type ZoneOffset,
} from '../../local-days.ts';
import { AppError } from '../../errors.ts';
import { type PromptTemplateId, promptTemplateIds } from '../../model.ts';
import type { Outcome } from '../../stream-part.ts';
import {
  maxPoints,
  type TokenLog,
  type TokenLogChoice,
  type TokenLogEntry,
  type TokenLogFilter,
  type TokenLogModel,
  type TokenLogPoint,
  type TokenLogStep,
} from '../../token-log.ts';
import { bind, type Db, type Engine } from './engine.ts';
import {
  behindRow,
  countAbout,
  dayMs,
  meantAnyTime,
  readDays,
  readRows,
  refreshDays,
  type Span,
} from './token-log-days.ts';
import { type SummedRow, TokenSums } from './token-sums.ts';

type Fragment = RawBuilder<unknown>;

/** Of so many generations at most, each is looked at: then the middles are exact. */
const exactUpTo = 10_000;

/** What generations come to. */
export function createTokenLog(engine: Engine) {
  return bind(engine, {
    read: readTokenLog,
    list: listTokenLog,
  });
}

/**
 * What the generations of a person come to; days are those of the time zone. The figures of more than `exactUpTo` generations come from the sums of each day, with
 * middles within 1 %; all its queries but those of a file are answered from the index `generations_token_log` alone
 * (token-log-tables.ts): a column they use must be in it.
 * @throws AppError `bad_request` for a time zone that there is none of.
 */
async function readTokenLog(
  engine: Engine,
  ownerId: string,
  filter: TokenLogFilter,
  options: { timeZone: string; exactUpTo?: number },
): Promise<TokenLog> {
  const { timeZone } = options;
  assertTimeZone(timeZone);
  await refreshDays(engine, ownerId);
  return engine.aggregate(async (db) => {
    const choices = await readChoices(db, ownerId);
    const place = { db, ownerId, filter, span: await spanOf(db, ownerId, filter) };
    const isFew =
      filter.conversationId !== undefined || (await countAbout(db, ownerId, place)) <= (options.exactUpTo ?? exactUpTo);
    const sums = await readSums(place, isFew);
    const { oldest, newest } = sums.total.between ?? {};
    const [first, end] = [oldest ?? 0, (newest ?? 0) + 1];
    // as wide as what was asked lies apart: a day of it within a month is shown by the hour
    const step = stepFor(end - first);
    const clock = { step, offsets: offsetsBetween(timeZone, first, end) };
    return {
      ...(oldest !== undefined && { oldest }),
      ...(newest !== undefined && { newest }),
      totals: sums.total.figures(),
      models: modelsOf(sums.byModel, choices),
      step,
      timeZone,
      series: await readSeries(place, clock, sums.byDay),
      points: await readPoints(db, ownerId, filter),
      choices,
    };
  });
}

function assertTimeZone(timeZone: string): void {
  try {
    offsetsBetween(timeZone, 0, 0);
  } catch {
    throw new AppError('bad_request', 'There is no time zone of this name. One looks like Europe/Berlin, or UTC.');
  }
}

/** Rows of the same log, oldest first, at most `limit` behind the one named by `after`. */
async function listTokenLog(
  engine: Engine,
  ownerId: string,
  filter: TokenLogFilter,
  page: { after?: Pick<TokenLogEntry, 'queuedAt' | 'id'>; limit: number },
): Promise<TokenLogEntry[]> {
  const { after } = page;
  const behind = after ? behindRow(after.queuedAt, after.id) : sql``;
  return engine.aggregate(async (db) => {
    const { rows } = await sql<EntryRow>`
      select id, conversation_id, queued_at, provider_id, provider_label, model_key, model_label, model_id, answered_model,
        prompt_template, recording, state, finish_reason, prompt_tokens, cached_prompt_tokens, reasoning_tokens,
        answer_tokens, usage_source, cost, prices_as_of, first_byte_ms, first_token_ms, reasoning_start_ms, reasoning_end_ms,
        answer_start_ms, end_ms, tokens_per_second, format_ok, language_share, repetition_share, rethinks
      from generations where ${meant(ownerId, filter)} ${behind}
      order by queued_at, id limit ${page.limit}`.execute(db);
    return rows.map(entryOfRow);
  });
}

/** Which rows are meant. */
function meant(ownerId: string, filter: TokenLogFilter): Fragment {
  const { from, to } = filter;
  const since = from === undefined ? sql`` : sql`and queued_at >= ${from}`;
  const until = to === undefined ? sql`` : sql`and queued_at < ${to}`;
  return sql`${meantAnyTime(ownerId, filter)} ${since} ${until}`;
}

/** Where the queries of one reading look. */
interface Place {
  db: Db;
  ownerId: string;
  filter: TokenLogFilter;
  span: Span;
}

/** From the beginning and to the end of the log, where the filter does not say. */
async function spanOf(db: Db, ownerId: string, { from, to }: TokenLogFilter): Promise<Span> {
  const days = await db
    .selectFrom('token_log_days')
    .select((e) => [e.fn.min('day').as('first'), e.fn.max('day').as('last')])
    .where('owner_id', '=', ownerId)
    .executeTakeFirstOrThrow();
  const [first, end] = [(days.first ?? 0) * dayMs, ((days.last ?? 0) + 1) * dayMs];
  return { from: Math.max(from ?? first, first), to: Math.min(to ?? end, end) };
}

interface Sums {
  total: TokenSums;
  byModel: Map<string, ModelSums>;
  /** Of days that lie wholly in the span; none when each generation was looked at. */
  byDay: Map<number, DaySums>;
}

interface ModelSums {
  providerId: string;
  modelKey: string;
  sums: TokenSums;
}

type DaySums = Omit<TokenLogStep, 'start'>;

async function readSums({ db, ownerId, filter, span }: Place, exact: boolean): Promise<Sums> {
  const sums: Sums = { total: new TokenSums({ exact }), byModel: new Map(), byDay: new Map() };
  const wholeDays = { from: Math.ceil(span.from / dayMs) * dayMs, to: Math.floor(span.to / dayMs) * dayMs };
  const edges =
    exact || wholeDays.from >= wholeDays.to
      ? [span]
      : [
          { from: span.from, to: wholeDays.from },
          { from: wholeDays.to, to: span.to },
        ];
  for (const edge of edges) {
    await readRows(db, ownerId, { span: edge, filter }, (row) => modelSums(sums, row, exact).add(row));
  }
  if (edges.length > 1) {
    await readDays(db, ownerId, { span: wholeDays, filter }, ({ stored, ...day }) => {
      modelSums(sums, day, exact).addStored(stored);
      const so = sums.byDay.get(day.day);
      sums.byDay.set(day.day, so ? addSteps(so, stored.sums) : stored.sums);
    });
  }
  for (const model of sums.byModel.values()) sums.total.addSums(model.sums);
  return sums;
}

function modelSums(sums: Sums, row: { provider_id: string; model_key: string }, exact: boolean): TokenSums {
  const { provider_id: providerId, model_key: modelKey } = row;
  const key = keyOf({ providerId, modelKey });
  const model = sums.byModel.get(key) ?? { providerId, modelKey, sums: new TokenSums({ exact }) };
  sums.byModel.set(key, model);
  return model.sums;
}

function addSteps(a: DaySums, b: DaySums): DaySums {
  return {
    generations: a.generations + b.generations,
    promptTokens: a.promptTokens + b.promptTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    answerTokens: a.answerTokens + b.answerTokens,
    cost: a.cost + b.cost,
  };
}

/** Most output tokens first. */
function modelsOf(byModel: ReadonlyMap<string, ModelSums>, choices: readonly TokenLogChoice[]): TokenLogModel[] {
  const labels = new Map(choices.map((choice) => [keyOf(choice), choice]));
  const models = [...byModel].map(([key, { providerId, modelKey, sums }]) => ({
    providerId,
    modelKey,
    providerLabel: labels.get(key)?.providerLabel ?? providerId,
    modelLabel: labels.get(key)?.modelLabel ?? modelKey,
    ...sums.figures(),
    thinkingLengths: sums.thinkingLengths,
  }));
  return models.sort((a, b) => outputOf(b) - outputOf(a) || (keyOf(a) < keyOf(b) ? -1 : 1));
}

function outputOf(model: TokenLogModel): number {
  return model.reasoningTokens + model.answerTokens;
}

function keyOf({ providerId, modelKey }: { providerId: string; modelKey: string }): string {
  return JSON.stringify([providerId, modelKey]);
}

/** The steps of a person's clock. */
interface Clock {
  step: SeriesStep;
  offsets: readonly ZoneOffset[];
}

/** Days that lie wholly in one step come from their sums, where there are any; what is left is summed by the database. */
async function readSeries(place: Place, clock: Clock, byDay: ReadonlyMap<number, DaySums>): Promise<TokenLogStep[]> {
  const steps = new Map<number, TokenLogStep>();
  const add = (start: number, sums: DaySums) => {
    const so = steps.get(start);
    steps.set(start, { start: nameOfStep(clock.step, start), ...(so ? addSteps(so, sums) : addSteps(sums, nothing)) });
  };
  const left: Span[] = [];
  let at = place.span.from;
  for (const [day, sums] of [...byDay].sort(([a], [b]) => a - b)) {
    const span = { from: day * dayMs, to: (day + 1) * dayMs };
    const start = stepOfSpan(clock, span);
    if (start === undefined) continue;
    add(start, sums);
    if (at < span.from) left.push({ from: at, to: span.from });
    at = span.to;
  }
  if (at < place.span.to) left.push({ from: at, to: place.span.to });
  await sumSteps(place, clock, left, add);
  return [...steps].sort(([a], [b]) => a - b).map(([, step]) => step);
}

const nothing: DaySums = { generations: 0, promptTokens: 0, reasoningTokens: 0, answerTokens: 0, cost: 0 };

/** Where the step begins that a whole span lies in; undefined where it does not lie in one. */
function stepOfSpan({ step, offsets }: Clock, { from, to }: Span): number | undefined {
  if (offsets.some((offset, i) => i > 0 && offset.from > from && offset.from < to)) return undefined;
  const offsetMs = offsets.findLast((offset) => offset.from <= from)?.offsetMs ?? offsets[0]?.offsetMs ?? 0;
  const start = startOfStep(step, from + offsetMs);
  return startOfStep(step, to - 1 + offsetMs) === start ? start : undefined;
}

/** Spans that one statement is given. */
const spansAtOnce = 200;

async function sumSteps(
  { db, ownerId, filter }: Place,
  { step, offsets }: Clock,
  spans: readonly Span[],
  add: (start: number, sums: DaySums) => void,
): Promise<void> {
  const unit = unitMs(step);
  for (let i = 0; i < spans.length; i += spansAtOnce) {
    const some = spans.slice(i, i + spansAtOnce).map(({ from, to }) => `(${from}, ${to})`);
    const { rows } = await sql<Record<keyof DaySums | 'unit', number | null>>`
      with spans (start, stop) as (values ${sql.raw(some.join(', '))})
      select (queued_at + ${sql.raw(offsetColumn(offsets))}) / ${sql.lit(unit)} as unit, count(*) as generations,
        sum(prompt_tokens) as "promptTokens", sum(reasoning_tokens) as "reasoningTokens",
        sum(answer_tokens) as "answerTokens", sum(cost) as cost
      from spans cross join generations
      where ${meantAnyTime(ownerId, filter)} and queued_at >= start and queued_at < stop
      group by unit order by unit`.execute(db);
    for (const row of rows) {
      const { generations, promptTokens, reasoningTokens, answerTokens, cost } = row;
      add(startOfStep(step, (row.unit ?? 0) * unit), {
        generations: generations ?? 0,
        promptTokens: promptTokens ?? 0,
        reasoningTokens: reasoningTokens ?? 0,
        answerTokens: answerTokens ?? 0,
        cost: cost ?? 0,
      });
    }
  }
}

/** What local clocks are ahead of UTC by, in ms, when a row was queued. */
function offsetColumn([first, ...changes]: readonly ZoneOffset[]): string {
  if (changes.length === 0) return String(first?.offsetMs ?? 0);
  const latestFirst = [...changes].reverse();
  const cases = latestFirst.map(({ from, offsetMs }) => `when queued_at >= ${from} then ${offsetMs}`);
  return `case ${cases.join(' ')} else ${first?.offsetMs ?? 0} end`;
}

async function readPoints(db: Db, ownerId: string, filter: TokenLogFilter): Promise<TokenLogPoint[]> {
  const { rows } = await sql<{
    id: string;
    conversation_id: string;
    provider_id: string;
    model_key: string;
    queued_at: number;
    reasoning_tokens: number | null;
    answer_tokens: number | null;
    thinking_ms: number | null;
    state: Outcome;
  }>`
    select id, conversation_id, provider_id, model_key, queued_at, reasoning_tokens, answer_tokens, thinking_ms, state
    from generations where ${meant(ownerId, filter)}
    order by queued_at desc, id desc limit ${sql.lit(maxPoints)}`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    conversationId: row.conversation_id,
    providerId: row.provider_id,
    modelKey: row.model_key,
    queuedAt: row.queued_at,
    reasoningTokens: row.reasoning_tokens ?? 0,
    answerTokens: row.answer_tokens ?? 0,
    ...(row.thinking_ms !== null && { thinkingMs: row.thinking_ms }),
    outcome: row.state,
  }));
}

/** Every model of the log, under the name it had last. */
async function readChoices(db: Db, ownerId: string): Promise<TokenLogChoice[]> {
  const templates = promptTemplateIds.map(
    (id) => `max(case when prompt_template = '${id}' then 1 else 0 end) as "${id}"`,
  );
  const { rows } = await sql<
    { provider_id: string; model_key: string; last: string } & Record<PromptTemplateId, number>
  >`
    select provider_id, model_key, max(last_id) as last, ${sql.raw(templates.join(', '))}
    from token_log_days where owner_id = ${ownerId}
    group by provider_id, model_key order by provider_id, model_key`.execute(db);
  const ids = rows.map((row) => row.last);
  const labels = new Map<string, { provider_label: string; model_label: string }>();
  for (let i = 0; i < ids.length; i += idsAtOnce) {
    const named = await db
      .selectFrom('generations')
      .select(['id', 'provider_label', 'model_label'])
      .where('id', 'in', ids.slice(i, i + idsAtOnce))
      .execute();
    for (const row of named) labels.set(row.id, row);
  }
  return rows.map((row) => ({
    providerId: row.provider_id,
    modelKey: row.model_key,
    providerLabel: labels.get(row.last)?.provider_label ?? row.provider_id,
    modelLabel: labels.get(row.last)?.model_label ?? row.model_key,
    templates: promptTemplateIds.filter((id) => row[id] === 1),
  }));
}

/** Values that one statement is given. */
const idsAtOnce = 500;

interface EntryRow extends SummedRow {
  conversation_id: string;
  provider_label: string;
  model_label: string;
  model_id: string;
  answered_model: string | null;
  prices_as_of: string | null;
  first_byte_ms: number | null;
  reasoning_start_ms: number | null;
  reasoning_end_ms: number | null;
  end_ms: number | null;
  repetition_share: number | null;
  rethinks: number | null;
}

function entryOfRow(row: EntryRow): TokenLogEntry {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    queuedAt: row.queued_at,
    providerId: row.provider_id,
    providerLabel: row.provider_label,
    modelKey: row.model_key,
    modelLabel: row.model_label,
    modelId: row.model_id,
    answeredModel: row.answered_model,
    template: row.prompt_template,
    recording: (row.recording & 1) === 1,
    state: row.state,
    finishReason: row.finish_reason,
    promptTokens: row.prompt_tokens,
    cachedPromptTokens: row.cached_prompt_tokens,
    reasoningTokens: row.reasoning_tokens,
    answerTokens: row.answer_tokens,
    source: row.usage_source,
    cost: row.cost,
    pricesAsOf: row.prices_as_of,
    firstByteMs: row.first_byte_ms,
    firstTokenMs: row.first_token_ms,
    reasoningStartMs: row.reasoning_start_ms,
    reasoningEndMs: row.reasoning_end_ms,
    answerStartMs: row.answer_start_ms,
    endMs: row.end_ms,
    tokensPerSecond: row.tokens_per_second,
    formatOk: row.format_ok === null ? null : row.format_ok === 1,
    languageShare: row.language_share,
    repetitionShare: row.repetition_share,
    rethinks: row.rethinks,
  };
}
