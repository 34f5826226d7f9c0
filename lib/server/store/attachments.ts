import { type Kysely, sql } from 'kysely';
import { type AttachedContent, type Attachment, type AttachmentType, attachmentId } from '../../attachment.ts';
import { createId } from '../../ids.ts';
import { bind, type Db, type Engine } from './engine.ts';
import type { AttachmentRow } from './schema.ts';
import { cleanText } from './stored-text.ts';

/**
 * What was attached to questions. Columns of a comparison that were asked the same share what is in a file; so it belongs
 * to the conversation, which is locked by whoever takes something away from it.
 */

/** Rows of a statement: few enough for the variables that SQLite and PostgreSQL take at once. */
const rowsAtOnce = 100;

export async function createAttachmentTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('attachment_contents')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('conversation_id', 'text', (c) => c.notNull().references('conversations.id'))
    .addColumn('content', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('attachment_contents_by_conversation')
    .on('attachment_contents')
    .column('conversation_id')
    .execute();
  await db.schema
    .createTable('attachments')
    .addColumn('message_id', 'text', (c) => c.notNull().references('messages.id'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('conversation_id', 'text', (c) => c.notNull().references('conversations.id'))
    .addColumn('content_id', 'text', (c) => c.notNull().references('attachment_contents.id'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('media_type', 'text', (c) => c.notNull())
    .addColumn('size', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('attachments_key', ['message_id', 'position'])
    .execute();
  await db.schema
    .createIndex('attachments_by_conversation')
    .on('attachments')
    .columns(['conversation_id', 'message_id'])
    .execute();
  await db.schema.createIndex('attachments_by_content').on('attachments').column('content_id').execute();
}

/** What is attached to the messages of a conversation, by message. */
export async function attachmentsOf(db: Db, conversationId: string): Promise<Map<string, Attachment[]>> {
  const rows = await db
    .selectFrom('attachments')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .orderBy('message_id')
    .orderBy('position')
    .execute();
  const byMessage = new Map<string, Attachment[]>();
  for (const row of rows) {
    const its = byMessage.get(row.message_id) ?? [];
    byMessage.set(row.message_id, its);
    its.push({ id: attachmentId(row.message_id, row.position), ...factsOf(row) });
  }
  return byMessage;
}

/** What is attached to questions. */
export function createAttachments(engine: Engine) {
  return bind(engine, {
    read: readAttachments,
    find: findAttachment,
  });
}

/** What is attached to messages, with what is in it, by message; nothing for those without. */
async function readAttachments(
  engine: Engine,
  ownerId: string,
  messageIds: readonly string[],
): Promise<Map<string, AttachedContent[]>> {
  if (messageIds.length === 0) return new Map();
  return engine.read((db) => readAttachmentsIn(db, ownerId, messageIds));
}

export async function readAttachmentsIn(
  db: Db,
  ownerId: string,
  messageIds: readonly string[],
): Promise<Map<string, AttachedContent[]>> {
  const byMessage = new Map<string, AttachedContent[]>();
  for (const some of inPieces(messageIds)) {
    const rows = await db
      .selectFrom('attachments')
      .innerJoin('attachment_contents', 'attachment_contents.id', 'attachments.content_id')
      .innerJoin('conversations', 'conversations.id', 'attachments.conversation_id')
      .select(['message_id', 'position', 'name', 'media_type', 'size', 'content'])
      .where('message_id', 'in', some)
      .where('owner_id', '=', ownerId)
      .orderBy('position')
      .execute();
    for (const { message_id, content, ...row } of rows) {
      const its = byMessage.get(message_id) ?? [];
      byMessage.set(message_id, its);
      its.push({ ...factsOf(row), content });
    }
  }
  return byMessage;
}

async function findAttachment(
  engine: Engine,
  ownerId: string,
  { messageId, position }: { messageId: string; position: number },
): Promise<AttachedContent | undefined> {
  return engine.read(async (db) => {
    const row = await db
      .selectFrom('attachments')
      .innerJoin('attachment_contents', 'attachment_contents.id', 'attachments.content_id')
      .innerJoin('conversations', 'conversations.id', 'attachments.conversation_id')
      .select(['name', 'media_type', 'size', 'content'])
      .where('message_id', '=', messageId)
      .where('position', '=', position)
      .where('owner_id', '=', ownerId)
      .executeTakeFirst();
    return row && { ...factsOf(row), content: row.content };
  });
}

/** Attaches the same files to each of these messages, which are there already and new. */
export async function insertAttachments(
  db: Db,
  conversationId: string,
  messageIds: readonly string[],
  files: readonly AttachedContent[],
): Promise<void> {
  if (messageIds.length === 0) return;
  for (const [position, file] of files.entries()) {
    const contentId = createId();
    await db
      .insertInto('attachment_contents')
      .values({ id: contentId, conversation_id: conversationId, content: cleanText(file.content) })
      .execute();
    const common = {
      position,
      conversation_id: conversationId,
      content_id: contentId,
      name: cleanText(file.name),
      media_type: file.mediaType,
      size: file.size,
    };
    await db
      .insertInto('attachments')
      .values(messageIds.map((id) => ({ ...common, message_id: id })))
      .execute();
  }
}

/** The rows of some messages, without what is in them. */
export async function attachmentRows(db: Db, messageIds: readonly string[]): Promise<AttachmentRow[]> {
  const rows: AttachmentRow[] = [];
  for (const some of inPieces(messageIds)) {
    rows.push(
      ...(await db
        .selectFrom('attachments')
        .selectAll()
        .where('message_id', 'in', some)
        .orderBy('message_id')
        .orderBy('position')
        .execute()),
    );
  }
  return rows;
}

/** Attaches to the copies of messages what is attached to them; `newId` tells a copy's id. */
export async function copyAttachments(
  db: Db,
  rows: readonly AttachmentRow[],
  conversationId: string,
  newId: (messageId: string) => string,
): Promise<void> {
  const contents = new Map<string, string | undefined>();
  for (const row of rows) {
    if (!contents.has(row.content_id)) contents.set(row.content_id, await contentFor(db, row, conversationId));
    const contentId = contents.get(row.content_id);
    if (contentId === undefined) continue;
    await db
      .insertInto('attachments')
      .values({ ...row, message_id: newId(row.message_id), conversation_id: conversationId, content_id: contentId })
      .execute();
  }
}

/** Where a copy finds what is in a file: in the same conversation, or copied there. Undefined when it has just gone. */
async function contentFor(db: Db, row: AttachmentRow, conversationId: string): Promise<string | undefined> {
  if (row.conversation_id === conversationId) return row.content_id;
  const id = createId();
  const copied = await db
    .insertInto('attachment_contents')
    .columns(['id', 'conversation_id', 'content'])
    .expression((query) =>
      query
        .selectFrom('attachment_contents')
        .select([sql<string>`${id}`.as('id'), sql<string>`${conversationId}`.as('conversation_id'), 'content'])
        .where('id', '=', row.content_id),
    )
    .executeTakeFirst();
  return copied.numInsertedOrUpdatedRows === 1n ? id : undefined;
}

/** Takes away what is attached to some messages of a conversation that is locked. */
export async function deleteAttachments(db: Db, messageIds: readonly string[]): Promise<void> {
  for (const some of inPieces(messageIds)) {
    const rows = await db.selectFrom('attachments').select('content_id').where('message_id', 'in', some).execute();
    if (rows.length === 0) continue;
    await db.deleteFrom('attachments').where('message_id', 'in', some).execute();
    await deleteUnused(db, [...new Set(rows.map((row) => row.content_id))]);
  }
}

export async function deleteThreadAttachments(db: Db, threadId: string): Promise<void> {
  const attached = await db
    .selectFrom('attachments')
    .innerJoin('messages', 'messages.id', 'attachments.message_id')
    .select('attachments.message_id')
    .distinct()
    .where('messages.thread_id', '=', threadId)
    .execute();
  await deleteAttachments(
    db,
    attached.map((row) => row.message_id),
  );
}

export async function deleteConversationAttachments(db: Db, conversationId: string): Promise<void> {
  await db.deleteFrom('attachments').where('conversation_id', '=', conversationId).execute();
  await db.deleteFrom('attachment_contents').where('conversation_id', '=', conversationId).execute();
}

async function deleteUnused(db: Db, contentIds: readonly string[]): Promise<void> {
  for (const some of inPieces(contentIds)) {
    await db
      .deleteFrom('attachment_contents')
      .where('id', 'in', some)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('attachments')
              .select('attachments.message_id')
              .whereRef('attachments.content_id', '=', 'attachment_contents.id'),
          ),
        ),
      )
      .execute();
  }
}

function factsOf(row: Pick<AttachmentRow, 'name' | 'media_type' | 'size'>): Omit<Attachment, 'id'> {
  return { name: row.name, mediaType: row.media_type as AttachmentType, size: row.size }; // written by us alone
}

function* inPieces<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += rowsAtOnce) yield items.slice(i, i + rowsAtOnce);
}
