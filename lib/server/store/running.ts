import { type Message, messageStateOf } from '../../conversation.ts';
import type { MessageState, Segment, StreamPart } from '../../stream-part.ts';
import { deletedOwner } from './deleted-owner.ts';
import { bind, type Db, type Engine } from './engine.ts';
import { generationOfRow } from './generations.ts';

/** How far somebody has read the checkpoints of a generation: to the one of this number, -1 for none. */
export interface CheckpointMark {
  generationId: string;
  seq: number;
}

/** What has come of a generation since somebody looked. */
export interface RunningNews {
  checkpoints: { seq: number; place: number; parts: StreamPart[] }[];
  /** Epoch ms, by the clock of the process that runs it. */
  queuedAt: number;
  /** The answer as it is stored, when it runs no more. */
  ended?: MessageState;
}

/** Generations that run, as a process that does not run them sees them. */
export function createRunning(engine: Engine) {
  return bind(engine, {
    listElsewhere,
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
  const rows = await engine.lookUp((db) => {
    const query = db
      .selectFrom('generations')
      .select(['id', 'conversation_id'])
      .where('state', '=', 'running')
      .where('instance_id', '!=', instanceId)
      .where('owner_id', '!=', deletedOwner)
      .orderBy('id');
    return (conversationIds ? query.where('conversation_id', 'in', conversationIds) : query).execute();
  });
  return rows.map((row) => ({ id: row.id, conversationId: row.conversation_id }));
}

/** Ids of what still runs in conversations that were deleted. */
async function listDeleted(engine: Engine, conversationIds: readonly string[]): Promise<string[]> {
  const rows = await engine.lookUp((db) =>
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
  const rows = await engine.lookUp((db) =>
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
