import { maxThreads, type PathCopy, type Thread, type ThreadDetail, type ThreadSettings } from '../../conversation.ts';
import { AppError } from '../../errors.ts';
import { deleteThreadAttachments } from './attachments.ts';
import { rememberLeaf } from './branches.ts';
import { listMessages, lockConversation } from './conversations.ts';
import { bind, type Db, type Engine } from './engine.ts';
import { insertPath, readPath } from './path-copy.ts';
import type { ThreadRow } from './schema.ts';
import { forgetThreadSearch } from './search.ts';
import { renderJson } from './stored-text.ts';
import { findThreadIn, threadOfRow } from './thread-rows.ts';

/** A column as a page adds it. */
interface NewThread {
  id: string;
  settings: ThreadSettings;
  /** Its place, from 0; the end when absent or beyond it. */
  position?: number;
  /** What it begins with. */
  copy?: PathCopy;
}

/** The columns of a conversation. */
export function createThreads(engine: Engine) {
  return bind(engine, {
    find: findThread,
    create: createThread,
    update: updateThread,
    delete: deleteThread,
  });
}

async function findThread(engine: Engine, ownerId: string, threadId: string): Promise<Thread | undefined> {
  return engine.lookUpOnce((db) => findThreadIn(db, ownerId, threadId));
}

/**
 * Adds a column. The same id again makes nothing and answers `created: false`. Answers that are copied get new ids and say
 * which generation they were copied from; one that still runs is left out, with its question and all after it.
 * @throws AppError `not_found` for the conversation and for a path that is to be copied; `conflict` when there are as many
 * columns as there may be, or the id is in use for something else.
 */
async function createThread(
  engine: Engine,
  ownerId: string,
  conversationId: string,
  { id, settings, position, copy }: NewThread,
): Promise<{ created: boolean; thread: ThreadDetail }> {
  return engine.write(async (db) => {
    const conversation = await lockConversation(engine, db, ownerId, conversationId);
    if (!conversation) throw new AppError('not_found', 'There is no such conversation.');
    const rows = await threadsOf(db, conversationId);
    const known = rows.find((row) => row.id === id);
    if (known) return { created: false, thread: await withMessages(db, threadOfRow(known)) };
    if (rows.length >= maxThreads) throw new AppError('conflict', `A comparison has at most ${maxThreads} columns.`);

    const row = { id, conversation_id: conversationId, position: rows.length, settings: renderJson(settings) };
    await db.insertInto('threads').values(row).execute();
    await placeThreads(db, rows.toSpliced(position ?? rows.length, 0, row));
    const path = copy ? await readPath(db, ownerId, copy) : [];
    await insertPath(db, path, { ownerId, conversationId, threadId: id, seq: conversation.next_seq });
    await db
      .updateTable('conversations')
      .set({ next_seq: conversation.next_seq + path.length })
      .where('id', '=', conversationId)
      .execute();
    const place = Math.min(position ?? rows.length, rows.length);
    return { created: true, thread: await withMessages(db, threadOfRow({ ...row, position: place })) };
  });
}

/**
 * Changes what is given; a position beyond the end is the end. Undefined when there is none.
 * @throws AppError `not_found` for a `leafId` that is none of its messages.
 */
async function updateThread(
  engine: Engine,
  ownerId: string,
  threadId: string,
  { settings, position, leafId }: { settings?: ThreadSettings; position?: number; leafId?: string },
): Promise<Thread | undefined> {
  return engine.write(async (db) => {
    const thread = await findThreadIn(db, ownerId, threadId);
    if (!thread) return undefined;
    if (position !== undefined) {
      await lockConversation(engine, db, ownerId, thread.conversationId);
      const rows = await threadsOf(db, thread.conversationId);
      const moved = rows.filter((row) => row.id === threadId);
      const others = rows.filter((row) => row.id !== threadId);
      await placeThreads(db, others.toSpliced(position, 0, ...moved));
    }
    if (settings) {
      await db
        .updateTable('threads')
        .set({ settings: renderJson(settings) })
        .where('id', '=', threadId)
        .execute();
    }
    if (leafId !== undefined) await rememberLeaf(db, threadId, leafId);
    return findThreadIn(db, ownerId, threadId);
  });
}

/**
 * With all that is in it, for good; `running` is what ran in it and can no longer write. Undefined when there is none.
 * @throws AppError `conflict` for the last one of a conversation.
 */
async function deleteThread(
  engine: Engine,
  ownerId: string,
  threadId: string,
): Promise<{ running: string[] } | undefined> {
  return engine.write(async (db) => {
    const thread = await findThreadIn(db, ownerId, threadId);
    if (!thread || !(await lockConversation(engine, db, ownerId, thread.conversationId))) return undefined;
    const rows = await threadsOf(db, thread.conversationId);
    const rest = rows.filter((row) => row.id !== threadId);
    if (rest.length === rows.length) return undefined; // gone while the lock was waited for
    if (rest.length === 0) {
      throw new AppError('conflict', 'This is the last column: delete the conversation instead.');
    }
    // Locked before anything goes, so that a late checkpoint waits here and then finds nothing to belong to.
    const generations = await engine
      .lock(db.selectFrom('generations').select(['id', 'state']).where('thread_id', '=', threadId).orderBy('id'))
      .execute();
    await db
      .deleteFrom('checkpoints')
      .where('generation_id', 'in', (query) =>
        query.selectFrom('generations').select('id').where('thread_id', '=', threadId),
      )
      .execute();
    await db.deleteFrom('generations').where('thread_id', '=', threadId).execute();
    await forgetThreadSearch(engine, db, threadId);
    await deleteThreadAttachments(db, threadId);
    await db.deleteFrom('messages').where('thread_id', '=', threadId).execute();
    await db.deleteFrom('threads').where('id', '=', threadId).execute();
    await placeThreads(db, rest);
    engine.markForgotten();
    return { running: generations.filter((g) => g.state === 'running').map((g) => g.id) };
  });
}

async function threadsOf(db: Db, conversationId: string): Promise<ThreadRow[]> {
  return db
    .selectFrom('threads')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .orderBy('position')
    .orderBy('id')
    .execute();
}

/** Gives the threads of a conversation their places, in this order. */
async function placeThreads(db: Db, rows: readonly ThreadRow[]): Promise<void> {
  for (const [position, row] of rows.entries()) {
    if (row.position !== position) await db.updateTable('threads').set({ position }).where('id', '=', row.id).execute();
  }
}

async function withMessages(db: Db, thread: Thread): Promise<ThreadDetail> {
  return { ...thread, messages: await listMessages(db, thread.conversationId, thread.id) };
}
