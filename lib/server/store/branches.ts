import { AppError } from '../../errors.ts';
import type { Kysely } from 'kysely';
import { deleteAttachments } from './attachments.ts';
import { lockConversation } from './conversations.ts';
import { bind, type Db, type Engine } from './engine.ts';
import { forgetMessageSearch } from './search.ts';

/** What was taken away with a branch. */
interface DeletedBranch {
  conversationId: string;
  threadId: string;
  /** All messages that are gone, in the order they were written. */
  messageIds: string[];
  /** The answers among them that ran and can no longer write. */
  running: string[];
}

/** Rows of a statement: few enough for the variables that SQLite and PostgreSQL take at once. */
const rowsAtOnce = 100;

type Place = { id: string; parent_id: string | null; role: string };

/** Branches of a thread. */
export function createBranches(engine: Engine) {
  return bind(engine, {
    delete: deleteBranch,
  });
}

/**
 * Takes a message away with all that follows it, for good; the only answer of a question goes with its question.
 * Undefined when there is none.
 */
async function deleteBranch(engine: Engine, ownerId: string, messageId: string): Promise<DeletedBranch | undefined> {
  return engine.write(async (db) => {
    const found = await findPlace(db, ownerId, messageId);
    if (!found || !(await lockConversation(engine, db, ownerId, found.conversation_id))) return undefined;
    const places = await db
      .selectFrom('messages')
      .select(['id', 'parent_id', 'role'])
      .where('thread_id', '=', found.thread_id)
      .orderBy('seq')
      .execute();
    const root = rootOf(places, messageId);
    if (!root) return undefined; // gone while the lock was waited for
    const messageIds = below(places, root.id);
    const running: string[] = [];
    // Locked before anything goes, so that a late checkpoint waits here and then finds nothing to belong to.
    for (const ids of inPieces(messageIds.toSorted())) {
      const query = db.selectFrom('generations').select(['id', 'state']).where('id', 'in', ids).orderBy('id');
      for (const { id, state } of await engine.lock(query).execute()) if (state === 'running') running.push(id);
    }
    // Children first: a message's parent must be there as long as it is.
    for (const ids of inPieces(messageIds.toReversed())) {
      await db.deleteFrom('checkpoints').where('generation_id', 'in', ids).execute();
      await db.deleteFrom('generations').where('id', 'in', ids).execute();
      await forgetMessageSearch(engine, db, ids);
      await deleteAttachments(db, ids);
      await db.deleteFrom('messages').where('id', 'in', ids).execute();
    }
    await leaveBranch(db, found.thread_id, messageIds, root.parent_id);
    engine.markForgotten();
    return { conversationId: found.conversation_id, threadId: found.thread_id, messageIds, running };
  });
}

/**
 * Remembers the branch that is looked at: the one whose last message this is. Another thread's message is not one.
 * @throws AppError `not_found`
 */
export async function rememberLeaf(db: Db, threadId: string, leafId: string): Promise<void> {
  const leaf = await db
    .selectFrom('messages')
    .select('id')
    .where('id', '=', leafId)
    .where('thread_id', '=', threadId)
    .executeTakeFirst();
  if (!leaf) throw new AppError('not_found', 'There is no such message in this thread.');
  await db.updateTable('threads').set({ leaf_id: leafId }).where('id', '=', threadId).execute();
}

async function findPlace(db: Db, ownerId: string, messageId: string) {
  return db
    .selectFrom('messages')
    .innerJoin('conversations', 'conversations.id', 'messages.conversation_id')
    .select(['messages.conversation_id', 'messages.thread_id'])
    .where('messages.id', '=', messageId)
    .where('conversations.owner_id', '=', ownerId)
    .executeTakeFirst();
}

/** Where the branch begins: a question whose only answer goes would be one that nothing can follow, so it goes too. */
function rootOf(places: readonly Place[], messageId: string): Place | undefined {
  const found = places.find(({ id }) => id === messageId);
  if (found?.role !== 'assistant') return found;
  const siblings = places.filter(({ parent_id }) => parent_id === found.parent_id);
  return siblings.length > 1 ? found : (places.find(({ id }) => id === found.parent_id) ?? found);
}

/** A message and all that follows it; places come with parents before their children. */
function below(places: readonly Place[], rootId: string): string[] {
  const ids = new Set([rootId]);
  for (const { id, parent_id } of places) if (parent_id !== null && ids.has(parent_id)) ids.add(id);
  return [...ids];
}

/** A thread that was looked at where nothing is any more is looked at where the branch began. */
async function leaveBranch(db: Db, threadId: string, gone: readonly string[], leafId: string | null): Promise<void> {
  const thread = await db.selectFrom('threads').select('leaf_id').where('id', '=', threadId).executeTakeFirst();
  if (!thread?.leaf_id || !gone.includes(thread.leaf_id)) return;
  await db.updateTable('threads').set({ leaf_id: leafId }).where('id', '=', threadId).execute();
}

function* inPieces<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += rowsAtOnce) yield items.slice(i, i + rowsAtOnce);
}

/** Version 7: the branch that is looked at, and answers that go on with another. */
export async function addBranchColumns(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('threads').addColumn('leaf_id', 'text').execute();
  await db.schema.alterTable('generations').addColumn('continues', 'text').execute();
}
