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
import type { UsageSource } from '../../usage.ts';
import {
  maxPoints,
  type Spread,
  thinkingEdges,
  type TokenLog,
  type TokenLogChoice,
  type TokenLogEntry,
  type TokenLogFigures,
  type TokenLogFilter,
  type TokenLogModel,
  type TokenLogPoint,
  type TokenLogStep,
} from '../../token-log.ts';
import type { Db, Engine } from './engine.ts';

type Fragment = RawBuilder<unknown>;

/**
 * The figures of a person's token log. All its queries but the one for entries are answered from the index
 * `generations_token_log` alone (token-log-tables.ts); a column they use must be in it.
 * @throws AppError `bad_request` for a time zone that there is none of.
 */
export async function readTokenLog(
  engine: Engine,
  ownerId: string,
  filter: TokenLogFilter,
  timeZone: string,
): Promise<TokenLog> {
  assertTimeZone(timeZone);
  const meant = whereOf(ownerId, filter);
  return engine.aggregate(async (db) => {
    const { totals, oldest, newest } = await readTotals(engine, db, meant);
    const choices = await readChoices(db, ownerId);
    const labels = new Map(choices.map((choice) => [keyOf(choice), choice]));
    const models = await readModels(engine, db, { meant, labels });
    const [first, end] = [oldest ?? 0, (newest ?? 0) + 1];
    const step = stepFor(Math.max(0, (filter.to ?? end) - (filter.from ?? first)));
    const offsets = offsetsBetween(timeZone, first, end);
    return {
      ...(oldest !== undefined && { oldest }),
      ...(newest !== undefined && { newest }),
      totals,
      models,
      step,
      timeZone,
      series: await readSeries(db, meant, { step, offsets }),
      points: await readPoints(db, ownerId, meant),
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

/**
 * Up to `limit` rows of the log, oldest first, behind the one named by `after`.
 */
export async function listTokenLog(
  engine: Engine,
  ownerId: string,
  filter: TokenLogFilter,
  page: { after?: Pick<TokenLogEntry, 'queuedAt' | 'id'>; limit: number },
): Promise<TokenLogEntry[]> {
  const { after } = page;
  const behind = after
    ? sql`and queued_at >= ${after.queuedAt} and (queued_at > ${after.queuedAt} or id > ${after.id})`
    : sql``;
  return engine.aggregate(async (db) => {
    const { rows } = await sql<EntryRow>`
      select id, conversation_id, queued_at, provider_id, provider_label, model_key, model_label, model_id, answered_model,
        prompt_template, recording, state, finish_reason, prompt_tokens, cached_prompt_tokens, reasoning_tokens,
        answer_tokens, usage_source, cost, first_byte_ms, first_token_ms, reasoning_start_ms, reasoning_end_ms,
        answer_start_ms, end_ms, tokens_per_second, format_ok, language_share, repetition_share, rethinks
      from generations ${whereOf(ownerId, filter)} ${behind}
      order by queued_at, id limit ${page.limit}`.execute(db);
    return rows.map(entryOfRow);
  });
}

/** The first two conditions are those of the index, word for word: SQLite takes it only then. */
function whereOf(ownerId: string, filter: TokenLogFilter): Fragment {
  const { from, to, providerId, modelKey, template, conversationId, recordings } = filter;
  const conditions: Fragment[] = [
    sql`state <> 'running' and copied_from is null`,
    sql`owner_id = ${ownerId}`,
    ...(providerId === undefined ? [] : [sql`provider_id = ${providerId}`]),
    ...(modelKey === undefined ? [] : [sql`model_key = ${modelKey}`]),
    ...(from === undefined ? [] : [sql`queued_at >= ${from}`]),
    ...(to === undefined ? [] : [sql`queued_at < ${to}`]),
    ...(template === undefined ? [] : [sql`prompt_template = ${template}`]),
    ...(conversationId === undefined ? [] : [sql`conversation_id = ${conversationId}`]),
    ...(recordings === undefined ? [] : [sql`recording = ${sql.lit(recordings === 'only' ? 1 : 0)}`]),
  ];
  return sql`where ${sql.join(conditions, sql` and `)}`;
}

const outcomes: readonly Outcome[] = ['complete', 'stopped', 'interrupted', 'failed'];
const sources: readonly UsageSource[] = ['reported', 'split', 'counted', 'estimated'];

const figureColumns = sql.raw(
  [
    'count(*) as generations',
    ...outcomes.map((state) => `count(case when state = '${state}' then 1 end) as ${state}`),
    'sum(recording) as recordings',
    'sum(prompt_tokens) as prompt_tokens',
    'sum(cached_prompt_tokens) as cached_prompt_tokens',
    'sum(reasoning_tokens) as reasoning_tokens',
    'sum(answer_tokens) as answer_tokens',
    'count(case when reasoning_tokens > 0 then 1 end) as thinking_count',
    'count(first_token_ms) as first_token_count',
    'count(tokens_per_second) as rate_count',
    'sum(cost) as cost',
    'count(cost) as priced',
    `count(case when finish_reason = 'length' and state = 'complete' and answer_start_ms is null then 1 end) as ran_out`,
    'count(format_ok) as format_judged',
    'sum(format_ok) as format_ok',
    'count(language_share) as language_judged',
    'avg(language_share) as language_share',
    ...sources.map((source) => `count(case when usage_source = '${source}' then 1 end) as ${source}`),
  ].join(', '),
);

interface FigureRow extends Record<Outcome | UsageSource, number> {
  generations: number;
  recordings: number | null;
  prompt_tokens: number | null;
  cached_prompt_tokens: number | null;
  reasoning_tokens: number | null;
  answer_tokens: number | null;
  thinking_count: number;
  first_token_count: number;
  rate_count: number;
  cost: number | null;
  priced: number;
  ran_out: number;
  format_judged: number;
  format_ok: number | null;
  language_judged: number;
  language_share: number | null;
  thinking_median: number | null;
  thinking_p90: number | null;
  first_token_median: number | null;
  first_token_p90: number | null;
  rate_median: number | null;
  rate_p90: number | null;
}

/** Both engines interpolate; SQLite's is built in since 3.51. */
function spreadColumns(kind: Engine['kind']): Fragment {
  const figures = [
    ['thinking', 'case when reasoning_tokens > 0 then reasoning_tokens end'],
    ['first_token', 'first_token_ms'],
    ['rate', 'tokens_per_second'],
  ] as const;
  const percentile = (share: number, value: string) =>
    kind === 'sqlite'
      ? `percentile_cont(${value}, ${share})`
      : `percentile_cont(${share}) within group (order by cast(${value} as double precision))`;
  return sql.raw(
    figures
      .map(([name, value]) => `${percentile(0.5, value)} as ${name}_median, ${percentile(0.9, value)} as ${name}_p90`)
      .join(', '),
  );
}

function figuresOfRow(row: FigureRow): TokenLogFigures {
  const counted = sources.reduce((sum, source) => sum + row[source], 0);
  return {
    generations: row.generations,
    outcomes: pick(outcomes, row),
    recordings: row.recordings ?? 0,
    promptTokens: row.prompt_tokens ?? 0,
    cachedPromptTokens: row.cached_prompt_tokens ?? 0,
    reasoningTokens: row.reasoning_tokens ?? 0,
    answerTokens: row.answer_tokens ?? 0,
    thinking: spreadOf(row.thinking_count, row.thinking_median, row.thinking_p90),
    firstToken: spreadOf(row.first_token_count, row.first_token_median, row.first_token_p90),
    tokensPerSecond: spreadOf(row.rate_count, row.rate_median, row.rate_p90),
    cost: row.cost ?? 0,
    priced: row.priced,
    ranOut: row.ran_out,
    formatJudged: row.format_judged,
    formatOk: row.format_ok ?? 0,
    languageJudged: row.language_judged,
    ...(row.language_share !== null && { languageShare: row.language_share }),
    sources: { ...pick(sources, row), none: row.generations - counted },
  };
}

function pick<K extends string>(keys: readonly K[], row: Record<K, number>): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, row[key]])) as Record<K, number>;
}

function spreadOf(count: number, median: number | null, p90: number | null): Spread {
  return { count, ...(median !== null && { median: rounded(median) }), ...(p90 !== null && { p90: rounded(p90) }) };
}

/** Interpolation leaves dust behind. */
function rounded(figure: number): number {
  return Math.round(figure * 1000) / 1000;
}

async function readTotals(engine: Engine, db: Db, meant: Fragment) {
  const { rows } = await sql<FigureRow & { oldest: number | null; newest: number | null }>`
    select min(queued_at) as oldest, max(queued_at) as newest, ${figureColumns}, ${spreadColumns(engine.kind)}
    from generations ${meant}`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('unreachable: a sum without groups has one row');
  return { totals: figuresOfRow(row), oldest: row.oldest ?? undefined, newest: row.newest ?? undefined };
}

async function readModels(
  engine: Engine,
  db: Db,
  { meant, labels }: { meant: Fragment; labels: ReadonlyMap<string, TokenLogChoice> },
): Promise<TokenLogModel[]> {
  const { rows } = await sql<FigureRow & { provider_id: string; model_key: string }>`
    select provider_id, model_key, ${figureColumns}, ${spreadColumns(engine.kind)}
    from generations ${meant} group by provider_id, model_key`.execute(db);
  const lengths = await readThinkingLengths(db, meant);
  const models = rows.map((row) => {
    const key = keyOf({ providerId: row.provider_id, modelKey: row.model_key });
    const label = labels.get(key);
    return {
      providerId: row.provider_id,
      modelKey: row.model_key,
      providerLabel: label?.providerLabel ?? row.provider_id,
      modelLabel: label?.modelLabel ?? row.model_key,
      ...figuresOfRow(row),
      thinkingLengths: lengths.get(key) ?? thinkingEdges.map(() => 0),
    };
  });
  return models.sort((a, b) => outputOf(b) - outputOf(a) || (keyOf(a) < keyOf(b) ? -1 : 1));
}

function outputOf(figures: TokenLogFigures): number {
  return figures.reasoningTokens + figures.answerTokens;
}

function keyOf({ providerId, modelKey }: { providerId: string; modelKey: string }): string {
  return JSON.stringify([providerId, modelKey]);
}

async function readThinkingLengths(db: Db, meant: Fragment): Promise<Map<string, number[]>> {
  const { rows } = await sql<{ provider_id: string; model_key: string; bin: number; n: number }>`
    select provider_id, model_key, ${sql.raw(binColumn(0, thinkingEdges.length))} as bin, count(*) as n
    from generations ${meant} and reasoning_tokens > 0 group by provider_id, model_key, bin`.execute(db);
  const lengths = new Map<string, number[]>();
  for (const row of rows) {
    const key = keyOf({ providerId: row.provider_id, modelKey: row.model_key });
    const bins = lengths.get(key) ?? thinkingEdges.map(() => 0);
    bins[row.bin] = row.n;
    lengths.set(key, bins);
  }
  return lengths;
}

/** The interval of `thinkingEdges` a number of tokens is in, found by halving, so that both engines agree to the token. */
function binColumn(low: number, high: number): string {
  if (high - low === 1) return String(low);
  const middle = (low + high) >> 1;
  const edge = thinkingEdges[middle];
  return `case when reasoning_tokens < ${edge} then ${binColumn(low, middle)} else ${binColumn(middle, high)} end`;
}

async function readSeries(
  db: Db,
  meant: Fragment,
  { step, offsets }: { step: SeriesStep; offsets: readonly ZoneOffset[] },
): Promise<TokenLogStep[]> {
  const unit = unitMs(step);
  const { rows } = await sql<{
    unit: number;
    generations: number;
    prompt_tokens: number | null;
    reasoning_tokens: number | null;
    answer_tokens: number | null;
    cost: number | null;
  }>`
    select (queued_at + ${sql.raw(offsetColumn(offsets))}) / ${sql.lit(unit)} as unit, count(*) as generations,
      sum(prompt_tokens) as prompt_tokens, sum(reasoning_tokens) as reasoning_tokens, sum(answer_tokens) as answer_tokens,
      sum(cost) as cost
    from generations ${meant} group by unit order by unit`.execute(db);
  const steps = new Map<number, TokenLogStep>();
  for (const row of rows) {
    const start = startOfStep(step, row.unit * unit);
    const sum = steps.get(start);
    steps.set(start, {
      start: nameOfStep(step, start),
      generations: row.generations + (sum?.generations ?? 0),
      promptTokens: (row.prompt_tokens ?? 0) + (sum?.promptTokens ?? 0),
      reasoningTokens: (row.reasoning_tokens ?? 0) + (sum?.reasoningTokens ?? 0),
      answerTokens: (row.answer_tokens ?? 0) + (sum?.answerTokens ?? 0),
      cost: (row.cost ?? 0) + (sum?.cost ?? 0),
    });
  }
  return [...steps.values()];
}

/** What local clocks are ahead of UTC by, in ms, when a row was queued. */
function offsetColumn([first, ...changes]: readonly ZoneOffset[]): string {
  if (changes.length === 0) return String(first?.offsetMs ?? 0);
  const latestFirst = [...changes].reverse();
  const cases = latestFirst.map(({ from, offsetMs }) => `when queued_at >= ${from} then ${offsetMs}`);
  return `case ${cases.join(' ')} else ${first?.offsetMs ?? 0} end`;
}

/** Not those of conversations that were deleted and may come back: their tokens were spent, but a point leads somewhere. */
async function readPoints(db: Db, ownerId: string, meant: Fragment): Promise<TokenLogPoint[]> {
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
    from generations ${meant} and conversation_id not in
      (select id from conversations where owner_id = ${ownerId} and deleted_at is not null)
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

/** Every model of the log, under the name it had last. Grouped as the index is ordered, so nothing is sorted. */
async function readChoices(db: Db, ownerId: string): Promise<TokenLogChoice[]> {
  const templates = promptTemplateIds.map(
    (id) => `max(case when prompt_template = '${id}' then 1 else 0 end) as "${id}"`,
  );
  const { rows } = await sql<
    { provider_id: string; model_key: string; last: string } & Record<PromptTemplateId, number>
  >`
    select provider_id, model_key, max(id) as last, ${sql.raw(templates.join(', '))}
    from generations ${whereOf(ownerId, {})} group by provider_id, model_key order by provider_id, model_key`.execute(
    db,
  );
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

interface EntryRow {
  id: string;
  conversation_id: string;
  queued_at: number;
  provider_id: string;
  provider_label: string;
  model_key: string;
  model_label: string;
  model_id: string;
  answered_model: string | null;
  prompt_template: PromptTemplateId | null;
  recording: number;
  state: Outcome;
  finish_reason: string | null;
  prompt_tokens: number | null;
  cached_prompt_tokens: number | null;
  reasoning_tokens: number | null;
  answer_tokens: number | null;
  usage_source: UsageSource | null;
  cost: number | null;
  first_byte_ms: number | null;
  first_token_ms: number | null;
  reasoning_start_ms: number | null;
  reasoning_end_ms: number | null;
  answer_start_ms: number | null;
  end_ms: number | null;
  tokens_per_second: number | null;
  format_ok: number | null;
  language_share: number | null;
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
    recording: row.recording === 1,
    state: row.state,
    finishReason: row.finish_reason,
    promptTokens: row.prompt_tokens,
    cachedPromptTokens: row.cached_prompt_tokens,
    reasoningTokens: row.reasoning_tokens,
    answerTokens: row.answer_tokens,
    source: row.usage_source,
    cost: row.cost,
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
