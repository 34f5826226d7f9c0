import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { type Message, messageStateOf } from '../../conversation.ts';
import { AppError } from '../../errors.ts';
import type { MessageState, Segment, StreamPart } from '../../stream-part.ts';
import { deletedOwner } from './deleted-owner.ts';
import { bind, type Db, type Engine } from './engine.ts';
import type { EndedRound, RunningAnswer } from '../../thoughts.ts';
import { thinkingMsOf } from '../../token-rate.ts';
import { generationOfRow } from './generations.ts';
import type { GenerationRow } from './schema.ts';

/** How far somebody has read the checkpoints of a generation: to the one of this number, -1 for none. */
export interface CheckpointMark {
  generationId: string;
  seq: number;
}

/** What has come of a generation since somebody looked. */
export interface RunningNews {
  checkpoints: { seq: number; place: number; parts: StreamPart[] }[];
  /** Epoch ms, by the database's clock. */
  queuedAt: number;
  /** The answer as it is stored, when it runs no more. */
  ended?: MessageState;
}

/** Generations that run, as a process that does not run them sees them. */
export function createRunning(engine: Engine) {
  return bind(engine, {
    listElsewhere,
    listChattingElsewhere,
    listOwned,
    listEnded,
    listDeleted,
    listOf,
    listNews,
  });
}

/** What other processes than this run: all of it, or in some conversations. What was deleted is not in it. */
async function listElsewhere(
  engine: Engine,
  instanceId: string,
  conversationIds?: readonly string[],
): Promise<{ id: string; conversationId: string }[]> {
  const rows = await engine.lookUpOnce((db) => {
    const query = db
      .selectFrom('generations')
      .select(['id', 'conversation_id'])
      .where('state', '=', 'running')
      .where('instance_id', '!=', instanceId)
      .where('owner_id', '!=', deletedOwner)
      .orderBy('id');
    return (conversationIds ? query.where('conversation_id', 'in', evenly(conversationIds)) : query).execute();
  });
  return rows.map((row) => ({ id: row.id, conversationId: row.conversation_id }));
}

/** A list made longer by its last one to 1, 4, 16, 64 … of them, so that a statement has few shapes to be prepared in. */
function evenly(ids: readonly string[]): string[] {
  const [last] = ids.slice(-1);
  if (last === undefined) return [];
  let length = 1;
  while (length < ids.length) length *= 4;
  return [...ids, ...Array<string>(length - ids.length).fill(last)];
}

/** Higher are samples of the lab, which has its own page. */
const mostOfChats = 1;

/** Ids of the providers that answer chats which other processes than this run. */
async function listChattingElsewhere(engine: Engine, instanceId: string): Promise<string[]> {
  const rows = await engine.lookUpOnce((db) =>
    db
      .selectFrom('generations')
      .select('provider_id')
      .distinct()
      .where('state', '=', 'running')
      .where('instance_id', '!=', instanceId)
      .where('recording', '<=', mostOfChats)
      .where('owner_id', '!=', deletedOwner)
      .execute(),
  );
  return rows.map((row) => row.provider_id);
}

/** What of a person's runs, wherever. */
async function listOwned(
  engine: Engine,
  ownerId: string,
): Promise<Pick<RunningAnswer, 'generationId' | 'conversationId' | 'queuedAt'>[]> {
  const rows = await engine.read((db) =>
    db
      .selectFrom('generations')
      .select(['id', 'conversation_id', 'queued_at'])
      .where('owner_id', '=', ownerId)
      .where('state', '=', 'running')
      .where('recording', '<=', mostOfChats)
      .orderBy('queued_at')
      .execute(),
  );
  return rows.map((row) => ({
    generationId: row.id,
    conversationId: row.conversation_id,
    queuedAt: row.queued_at,
  }));
}

/** Answers that were asked for within so many ms of the last one belong to its round. */
const roundMs = 2_000;
/** Nothing runs longer than this, in ms. */
const longestRunMs = 24 * 60 * 60_000;
const mostRounds = 50;

/** What has ended after a moment (epoch ms) in conversations of a person in which nothing runs any more; the latest first. */
async function listEnded(engine: Engine, ownerId: string, since: number): Promise<EndedRound[]> {
  return engine.read(async (db) => {
    const recent = db
      .selectFrom('generations')
      .where('generations.owner_id', '=', ownerId)
      .where('queued_at', '>', since - longestRunMs)
      .where('recording', '<=', mostOfChats)
      .where('copied_from', 'is', null);
    const ended = await recent
      .select('conversation_id')
      .select((of) => of.fn.max('queued_at').as('asked_at'))
      .where(({ eb, fn, lit }) => eb(eb('queued_at', '+', fn.coalesce('end_ms', lit(0))), '>', since))
      .groupBy('conversation_id')
      .orderBy('asked_at', 'desc')
      .limit(mostRounds)
      .execute();
    if (ended.length === 0) return [];
    const lastOf = new Map(ended.map((row) => [row.conversation_id, Number(row.asked_at)]));
    const rows = await recent
      .innerJoin('conversations', 'conversations.id', 'generations.conversation_id')
      .selectAll('generations')
      .select('conversations.title')
      .where('conversation_id', 'in', [...lastOf.keys()])
      .orderBy('queued_at')
      .execute();
    const byConversation = Map.groupBy(rows, (row) => row.conversation_id);
    return [...lastOf].flatMap(([id, last]) => {
      const all = byConversation.get(id) ?? [];
      if (all.some(({ state }) => state === 'running')) return [];
      const round = all.filter(({ queued_at }) => queued_at > last - roundMs);
      const [first] = round;
      return first ? [{ ...roundOf(round), conversationId: id, title: first.title }] : [];
    });
  });
}

function roundOf(rows: readonly GenerationRow[]): Pick<EndedRound, 'endedAt' | 'answers'> {
  return {
    endedAt: Math.ceil(Math.max(...rows.map((row) => row.queued_at + (row.end_ms ?? 0)))),
    answers: rows.map((row) => {
      const { state, times, usage, finish, error } = generationOfRow(row);
      const thinkingMs = thinkingMsOf(times, usage);
      return {
        outcome: state === 'running' ? 'interrupted' : state,
        reason: finish?.reason ?? 'unknown',
        answered: times.answerStart !== undefined,
        ...(thinkingMs !== undefined && { thinkingMs }),
        ...(usage && { reasoningTokens: usage.reasoningTokens }),
        ...(error && { error }),
      };
    }),
  };
}

/** More answers of one person than these are not on their way to the disk at one moment. */
const mostUnderWay = 120;

/**
 * Stores generations that begin to run, unless more of the person's would then run than `most`, at all processes together.
 * Where that is near, a person's questions are stored one after another: nobody sees what others have not yet committed.
 * @throws AppError `too_many_requests`
 */
export async function insertWithin(
  engine: Engine,
  db: Db,
  ownerId: string,
  { rows, most }: { rows: readonly GenerationRow[]; most: number },
): Promise<void> {
  const insert = db.insertInto('generations').values(rows);
  if (engine.kind === 'postgres') {
    // Counted by the statement that stores them: as it was before it.
    const stored = await insert.returning(countOf(db, ownerId).as('before')).execute();
    if (Number(stored[0]?.before ?? 0) + rows.length <= most - mostUnderWay) return;
    const key = createHash('sha256').update(ownerId).digest().readInt32BE();
    await sql`select pg_advisory_xact_lock(${sql.lit(placesLock)}, ${sql.lit(key)})`.execute(db);
  } else await insert.execute();
  const { count } = await countOf(db, ownerId).executeTakeFirstOrThrow();
  if (Number(count) > most) throw tooManyRunning(Number(count) - rows.length);
}

/** Any number, known only to us; the second one is of the person. */
const placesLock = 748_211_630;

/** What of a person's chats runs, wherever. What a dead process has left counts until it is swept. */
function countOf(db: Db, ownerId: string) {
  return db
    .selectFrom('generations')
    .select((of) => of.fn.countAll<number | string>().as('count'))
    .where('owner_id', '=', ownerId)
    .where('state', '=', sql.lit('running' as const)) // said to the letter, so that the index of these is taken
    .where('recording', '<=', mostOfChats);
}

/** @param own how many run already */
export function tooManyRunning(own: number): AppError {
  return new AppError('too_many_requests', `${own} answers are being written already; wait for one or stop one.`, {
    retryAfterSeconds: 5,
  });
}

/** By which a person's running answers are counted; it holds nothing of those that are over. */
export async function addRunningIndex(db: Kysely<unknown>): Promise<void> {
  await sql`create index generations_running on generations (owner_id) where state = 'running'`.execute(db);
}

/** Ids of what still runs in conversations that were deleted. */
async function listDeleted(engine: Engine, conversationIds: readonly string[]): Promise<string[]> {
  const rows = await engine.lookUpOnce((db) =>
    db
      .selectFrom('generations')
      .select('id')
      .where('state', '=', 'running')
      .where('conversation_id', 'in', conversationIds)
      .where('owner_id', '=', deletedOwner)
      .orderBy('id')
      .execute(),
  );
  return rows.map((row) => row.id);
}

/** Of these generations, those that run. */
async function listOf(engine: Engine, generationIds: readonly string[]): Promise<string[]> {
  const rows = await engine.lookUpOnce((db) =>
    db.selectFrom('generations').select('id').where('id', 'in', generationIds).where('state', '=', 'running').execute(),
  );
  return rows.map((row) => row.id);
}

/** So many are looked for in one statement: each is a condition of its own, and engines nest only so many. */
const marksPerQuery = 200;

/**
 * What has come since these marks, all of one moment: so a generation has its checkpoints, or its end. One that was
 * deleted is not in it.
 */
async function listNews(engine: Engine, marks: readonly CheckpointMark[]): Promise<Map<string, RunningNews>> {
  const news = new Map<string, RunningNews>();
  await engine.lookUp(async (db) => {
    for (let i = 0; i < marks.length; i += marksPerQuery) {
      for (const [id, found] of await newsOf(db, marks.slice(i, i + marksPerQuery))) news.set(id, found);
    }
  });
  return news;
}

async function newsOf(db: Db, marks: readonly CheckpointMark[]): Promise<Map<string, RunningNews>> {
  const ids = marks.map((mark) => mark.generationId);
  const generations = await db
    .selectFrom('generations')
    .select(['id', 'state', 'queued_at'])
    .where('id', 'in', ids)
    .where('owner_id', '!=', deletedOwner)
    .execute();
  const rows = await db
    .selectFrom('checkpoints')
    .select(['generation_id', 'seq', 'place', 'parts'])
    .where((is) =>
      is.or(
        marks.map(({ generationId, seq }) => is.and([is('generation_id', '=', generationId), is('seq', '>', seq)])),
      ),
    )
    .orderBy('generation_id')
    .orderBy('seq')
    .execute();
  const rowsOf = Map.groupBy(rows, (row) => row.generation_id);
  const news = new Map<string, RunningNews>();
  for (const { id, state, queued_at: queuedAt } of generations) {
    const checkpoints = (rowsOf.get(id) ?? []).map(({ seq, place, parts }) => ({
      seq,
      place,
      parts: JSON.parse(parts) as StreamPart[],
    }));
    news.set(id, { checkpoints, queuedAt, ...(state !== 'running' && { ended: await endedState(db, id) }) });
  }
  return news;
}

async function endedState(db: Db, id: string): Promise<MessageState> {
  const row = await db.selectFrom('generations').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const { parts } = await db.selectFrom('messages').select('parts').where('id', '=', id).executeTakeFirstOrThrow();
  const message: Pick<Message, 'parts' | 'generation'> = {
    parts: JSON.parse(parts) as Segment[],
    generation: generationOfRow(row),
  };
  return messageStateOf(message);
}
