import type {
  Conversation,
  ConversationDetail,
  Generation,
  Message,
  PathCopy,
  ThreadSettings,
} from '../../conversation.ts';
import { AppError } from '../../errors.ts';
import { isId } from '../../ids.ts';
import type { Segment } from '../../stream-part.ts';
import { answeredIn } from './answered.ts';
import { joinedAnswers } from './checkpoints.ts';
import { attachmentsOf, deleteConversationAttachments } from './attachments.ts';
import { bind, type Db, type Engine, type Queries } from './engine.ts';
import { generationOfRow } from './generations.ts';
import { insertPath, readPath } from './path-copy.ts';
import type { ConversationRow } from './schema.ts';
import { forgetConversationSearch } from './search.ts';
import { cleanText, renderJson } from './stored-text.ts';
import { threadOfRow } from './thread-rows.ts';

/** A conversation as a page makes it, ids included. */
export interface NewConversation {
  id: string;
  /** Empty when it has none yet: the conversation it is copied from has one, or the first question may bring one. */
  title: string;
  /** Epoch ms. */
  at: number;
  threads: readonly NewConversationThread[];
}

export interface NewConversationThread {
  id: string;
  settings: ThreadSettings;
  /** What it begins with. */
  copy?: PathCopy;
}

/** Conversations and what is said of them in lists. */
export function createConversations(engine: Engine) {
  return bind(engine, {
    create: createConversation,
    find: findConversation,
    has: hasConversation,
    list: listConversations,
    listIds: listConversationIds,
    update: updateConversation,
    rename: renameConversation,
    findTitle,
    saveModelTitle,
    delete: deleteConversation,
  });
}

/**
 * The same id again makes nothing and answers `created: false`.
 * @throws AppError `conflict` when an id is in use for something else; `not_found` for a path that is to be copied.
 */
async function createConversation(
  engine: Engine,
  ownerId: string,
  conversation: NewConversation,
): Promise<{ created: boolean }> {
  return engine.write((db) => insertConversation(db, ownerId, conversation));
}

/** The same within a transaction. */
export async function insertConversation(
  db: Db,
  ownerId: string,
  conversation: NewConversation,
): Promise<{ created: boolean }> {
  const { id, title, at, threads } = conversation;
  const inserted = await db
    .insertInto('conversations')
    .values({
      id,
      owner_id: ownerId,
      title: cleanText(title),
      created_at: at,
      updated_at: at,
      next_seq: 0,
      title_source: 'question',
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 0n) {
    if (await findRow(db, ownerId, id)) return { created: false };
    throw new AppError('conflict', 'This id is in use.');
  }
  if (threads.length > 0) {
    await db
      .insertInto('threads')
      .values(
        threads.map((thread, position) => ({
          id: thread.id,
          conversation_id: id,
          position,
          settings: renderJson(thread.settings),
        })),
      )
      .execute();
  }
  await insertCopies(db, ownerId, conversation);
  return { created: true };
}

/** Fills the threads of a new conversation that begin with a copy; their origin's title is theirs too. */
async function insertCopies(db: Db, ownerId: string, conversation: NewConversation): Promise<void> {
  const { id: conversationId, threads } = conversation;
  let { title } = conversation;
  let seq = 0;
  for (const { id: threadId, copy } of threads) {
    if (!copy) continue;
    const path = await readPath(db, ownerId, copy);
    await insertPath(db, path, { ownerId, conversationId, threadId, seq });
    seq += path.length;
    title ||= (await titleOfThread(db, copy.threadId)) ?? '';
  }
  if (seq === 0) return;
  await db.updateTable('conversations').set({ title, next_seq: seq }).where('id', '=', conversationId).execute();
}

async function titleOfThread(db: Db, threadId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('threads')
    .innerJoin('conversations', 'conversations.id', 'threads.conversation_id')
    .select('conversations.title')
    .where('threads.id', '=', threadId)
    .executeTakeFirst();
  return row?.title;
}

/** All that is in it, messages in the order they were stored; a running answer has its text so far. */
async function findConversation(engine: Engine, ownerId: string, id: string): Promise<ConversationDetail | undefined> {
  return engine.lookUp(async (db) => {
    const conversation = await findRow(db, ownerId, id);
    if (!conversation) return undefined;
    const threads = await db
      .selectFrom('threads')
      .selectAll()
      .where('conversation_id', '=', id)
      .orderBy('position')
      .execute();
    return {
      ...conversationOfRow({ ...conversation, thread_count: threads.length }),
      threads: threads.map(threadOfRow),
      messages: await listMessages(db, id),
    };
  });
}

/** The messages of a conversation, or of one thread of it, in the order they were stored. */
export async function listMessages(db: Db, conversationId: string, threadId?: string): Promise<Message[]> {
  const messages = await db
    .selectFrom('messages')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .$if(threadId !== undefined, (query) => query.where('thread_id', '=', threadId as string))
    .orderBy('seq')
    .execute();
  const generations = await db
    .selectFrom('generations')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .$if(threadId !== undefined, (query) => query.where('thread_id', '=', threadId as string))
    .execute();
  const running = generations.filter((g) => g.state === 'running').map((g) => g.id);
  const soFar = await joinedAnswers(db, running);
  const attached = await attachmentsOf(db, conversationId);
  const generationOf = new Map<string, Generation>(generations.map((g) => [g.id, generationOfRow(g, soFar.get(g.id))]));
  return messages.map((row) => {
    const generation = generationOf.get(row.id);
    const attachments = attached.get(row.id);
    return {
      id: row.id,
      threadId: row.thread_id,
      parentId: row.parent_id,
      role: row.role,
      parts: soFar.get(row.id)?.parts ?? (JSON.parse(row.parts) as Segment[]),
      createdAt: row.created_at,
      ...(attachments && { attachments }),
      ...(generation && { generation }),
    };
  });
}

async function hasConversation(engine: Engine, ownerId: string, id: string): Promise<boolean> {
  return (await engine.lookUpOnce((db) => findRow(db, ownerId, id))) !== undefined;
}

/**
 * Newest question first: all of them, or what `view` says. `next`, when there are more, is the `before` of the next page.
 * @throws AppError `bad_request` for a `before` that is none of ours.
 */
async function listConversations(
  engine: Engine,
  ownerId: string,
  options: { limit: number; before?: string; view?: ListView },
): Promise<{ conversations: Conversation[]; next?: string }> {
  const { limit, before, view = 'all' } = options;
  const cursor = before === undefined ? undefined : parseCursor(before);
  return engine.read(async (db) => {
    const pinned =
      view === 'shown' && !cursor
        ? await listed(db, ownerId)
            .where('archived_at', 'is', null)
            .where('pinned_at', 'is not', null)
            .orderBy('pinned_at', 'desc')
            .orderBy('id', 'desc')
            .limit(mostPinned)
            .execute()
        : [];
    const rows = await listed(db, ownerId)
      .$if(view === 'shown', (query) => query.where('archived_at', 'is', null).where('pinned_at', 'is', null))
      .$if(view === 'archived', (query) => query.where('archived_at', 'is not', null))
      .$if(cursor !== undefined, (query) =>
        query.where(({ eb, and, or }) => {
          const { updatedAt, id } = cursor as Cursor; // the condition above
          return or([eb('updated_at', '<', updatedAt), and([eb('updated_at', '=', updatedAt), eb('id', '<', id)])]);
        }),
      )
      .orderBy('updated_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const answered = await answeredIn(
      db,
      [...pinned, ...page].map(({ id }) => id),
    );
    return {
      conversations: [...pinned, ...page].map((row) => ({ ...conversationOfRow(row), ...answered(row.id) })),
      ...(rows.length > limit && last && { next: renderCursor({ updatedAt: last.updated_at, id: last.id }) }),
    };
  });
}

/** All of a person's, archived ones too, in the order they were begun. */
async function listConversationIds(engine: Engine, ownerId: string): Promise<string[]> {
  const rows = await engine.read((db) =>
    db
      .selectFrom('conversations')
      .select('id')
      .where('owner_id', '=', ownerId)
      .where('lab_run_id', 'is', null)
      .orderBy('created_at')
      .orderBy('id')
      .execute(),
  );
  return rows.map(({ id }) => id);
}

/**
 * `all`, newest question first; `shown`: what is not archived, what is pinned before the rest, on the first page;
 * `archived`: only that.
 */
type ListView = 'all' | 'shown' | 'archived';

/** Pins beyond this many wait for others to be taken out. */
const mostPinned = 100;

/** Those that are in lists: what a run of the lab asks is in none. */
function listed(db: Db, ownerId: string) {
  return summaries(db, ownerId).where('lab_run_id', 'is', null);
}

function summaries(db: Db, ownerId: string) {
  return db
    .selectFrom('conversations')
    .selectAll()
    .select((row) =>
      row
        .selectFrom('threads')
        .select((count) => count.fn.countAll<number | string>().as('threads'))
        .whereRef('threads.conversation_id', '=', 'conversations.id')
        .as('thread_count'),
    )
    .where('owner_id', '=', ownerId);
}

/** A conversation without what is in it. */
export async function summaryOf(db: Db, ownerId: string, id: string): Promise<Conversation | undefined> {
  const row = await summaries(db, ownerId).where('id', '=', id).executeTakeFirst();
  return row && conversationOfRow(row);
}

/** What a person may change of a conversation. */
export interface ConversationChange {
  title?: string;
  pinned?: boolean;
  archived?: boolean;
}

/**
 * Changes what is given. What is archived is not pinned, and the other way round. `at` in epoch ms. Undefined when there
 * is none.
 */
async function updateConversation(
  engine: Engine,
  ownerId: string,
  id: string,
  { title, pinned, archived, at }: ConversationChange & { at: number },
): Promise<Conversation | undefined> {
  return engine.write(async (db) => {
    const row = await lockConversation(engine, db, ownerId, id);
    if (!row) return undefined;
    const pin = pinned === false || archived ? null : pinned ? (row.pinned_at ?? at) : row.pinned_at;
    const archive = archived === false || pinned ? null : archived ? (row.archived_at ?? at) : row.archived_at;
    await db
      .updateTable('conversations')
      .set({
        pinned_at: pin,
        archived_at: archive,
        ...(title !== undefined && { title: cleanText(title), title_source: 'person' as const, search_stale: 1 }),
      })
      .where('id', '=', id)
      .execute();
    return summaryOf(db, ownerId, id);
  });
}

/** Its title, and who made it. Undefined when there is no such conversation. */
async function findTitle(
  engine: Engine,
  ownerId: string,
  id: string,
): Promise<{ title: string; source: ConversationRow['title_source'] } | undefined> {
  const row = await engine.lookUpOnce((db) => findRow(db, ownerId, id));
  return row && { title: row.title, source: row.title_source };
}

/** Puts a model's title in the place of the question's; a person's own stays. False when it stays. */
async function saveModelTitle(engine: Engine, ownerId: string, id: string, title: string): Promise<boolean> {
  return engine.write(async (db) => {
    const updated = await db
      .updateTable('conversations')
      .set({ title: cleanText(title), title_source: 'model', search_stale: 1 })
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      .where('title_source', '=', 'question')
      .executeTakeFirst();
    return updated.numUpdatedRows === 1n;
  });
}

/** False when there is none. */
async function renameConversation(engine: Engine, ownerId: string, id: string, title: string): Promise<boolean> {
  return (await updateConversation(engine, ownerId, id, { title, at: 0 })) !== undefined;
}

/** With all that is in it, for good: what still runs can no longer write. False when there is none. */
async function deleteConversation(engine: Engine, ownerId: string, id: string): Promise<boolean> {
  return engine.write(async (db) => {
    if (!(await lockConversation(engine, db, ownerId, id))) return false;
    await purgeRows(engine, db, id);
    return true;
  });
}

/** Takes away all that is in a conversation that is locked, and itself. */
export async function purgeRows(engine: Engine, db: Db, id: string): Promise<void> {
  // Locked before anything goes, so that a late checkpoint waits here and then finds nothing to belong to.
  const generations = db.selectFrom('generations').select('id').where('conversation_id', '=', id).orderBy('id');
  await engine.lock(generations).execute();
  await db
    .deleteFrom('checkpoints')
    .where('generation_id', 'in', (query) =>
      query.selectFrom('generations').select('id').where('conversation_id', '=', id),
    )
    .execute();
  await db.deleteFrom('generations').where('conversation_id', '=', id).execute();
  await forgetConversationSearch(engine, db, id);
  await deleteConversationAttachments(db, id);
  await db.deleteFrom('messages').where('conversation_id', '=', id).execute();
  await db.deleteFrom('threads').where('conversation_id', '=', id).execute();
  await db.deleteFrom('shares').where('conversation_id', '=', id).execute();
  await db.deleteFrom('conversations').where('id', '=', id).execute();
  engine.markForgotten();
}

/** The owner's conversation, kept as it is by others until the transaction ends. */
export async function lockConversation(
  engine: Engine,
  db: Db,
  ownerId: string,
  id: string,
): Promise<ConversationRow | undefined> {
  const query = db.selectFrom('conversations').selectAll().where('id', '=', id).where('owner_id', '=', ownerId);
  return engine.lock(query).executeTakeFirst();
}

async function findRow(db: Queries, ownerId: string, id: string): Promise<ConversationRow | undefined> {
  return db
    .selectFrom('conversations')
    .selectAll()
    .where('id', '=', id)
    .where('owner_id', '=', ownerId)
    .executeTakeFirst();
}

function conversationOfRow(row: ConversationRow & { thread_count: number | string | null }): Conversation {
  return {
    id: row.id,
    title: row.title,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    threadCount: Number(row.thread_count), // PostgreSQL counts in bigints, which come as text
    ...(row.pinned_at !== null && { pinnedAt: row.pinned_at }),
    ...(row.archived_at !== null && { archivedAt: row.archived_at }),
  };
}

/** The last row of a page. */
interface Cursor {
  updatedAt: number;
  id: string;
}

function renderCursor({ updatedAt, id }: Cursor): string {
  return Buffer.from(`${updatedAt}.${id}`).toString('base64url');
}

function parseCursor(text: string): Cursor {
  const [, moment, id] = /^(\d{1,15})\.(.+)$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (moment === undefined || !isId(id)) {
    throw new AppError('bad_request', 'This list cannot be continued from there; read it from its start.');
  }
  return { updatedAt: Number(moment), id };
}
