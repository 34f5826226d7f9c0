import type { PathCopy } from '../../conversation.ts';
import { AppError } from '../../errors.ts';
import { createId } from '../../ids.ts';
import { attachmentRows, copyAttachments } from './attachments.ts';
import type { Db } from './engine.ts';
import type { AttachmentRow, GenerationRow, MessageRow } from './schema.ts';

/** A message of a path, and its row of the token log if it is an answer. */
interface PathNode {
  message: MessageRow;
  generation: GenerationRow | undefined;
  /** What is attached to it, if it is a question. */
  attachments: readonly AttachmentRow[];
}

/** A place in the thread's tree; what is in it may be long. */
type Place = Pick<MessageRow, 'id' | 'parent_id'>;

/** Rows of a statement: few enough for the variables that SQLite and PostgreSQL take at once. */
const rowsAtOnce = 100;

/**
 * The path from a thread's root to a message of it, oldest first, as far as it is answered to the end.
 * @throws AppError `not_found` when the owner has no such message in such a thread.
 */
export async function readPath(db: Db, ownerId: string, { threadId, leafId }: PathCopy): Promise<PathNode[]> {
  const places = await db
    .selectFrom('messages')
    .innerJoin('conversations', 'conversations.id', 'messages.conversation_id')
    .select(['messages.id', 'messages.parent_id'])
    .where('messages.thread_id', '=', threadId)
    .where('conversations.owner_id', '=', ownerId)
    .execute();
  const ids = idsUpTo(new Map(places.map((place) => [place.id, place])), leafId);
  // In this order: an answer that ends in between is seen as running, not as ended without its text.
  const generations = await rowsById(ids, (some) =>
    db.selectFrom('generations').selectAll().where('id', 'in', some).execute(),
  );
  const messages = await rowsById(ids, (some) =>
    db.selectFrom('messages').selectAll().where('id', 'in', some).execute(),
  );
  const attached = Map.groupBy(await attachmentRows(db, ids), (row) => row.message_id);
  const path: PathNode[] = [];
  for (const id of ids) {
    const [message, generation] = [messages.get(id), generations.get(id)];
    if (!message || generation?.state === 'running') break;
    path.push({ message, generation, attachments: attached.get(id) ?? [] });
  }
  // A question alone could not be continued from.
  if (path.at(-1)?.message.role === 'user') path.pop();
  return path;
}

/** Writes a path into another thread under new ids; `place.seq` is that of its first message. */
export async function insertPath(
  db: Db,
  path: readonly PathNode[],
  place: { ownerId: string; conversationId: string; threadId: string; seq: number },
): Promise<void> {
  const newIds = new Map(path.map(({ message }) => [message.id, createId()]));
  const newId = (id: string) => newIds.get(id) as string; // a path holds its parents
  const where = { conversation_id: place.conversationId, thread_id: place.threadId };
  const messages = path.map(({ message }, i) => ({
    ...message,
    ...where,
    id: newId(message.id),
    parent_id: message.parent_id && newId(message.parent_id),
    seq: place.seq + i,
    search_stale: 1, // its origin is in the search index, it is not
  }));
  const generations = path
    .flatMap(({ generation }) => generation ?? [])
    .map((row) => ({
      ...row,
      ...where,
      id: newId(row.id),
      owner_id: place.ownerId,
      copied_from: row.copied_from ?? row.id,
    }));
  for (const rows of inPieces(messages)) await db.insertInto('messages').values(rows).execute();
  for (const rows of inPieces(generations)) await db.insertInto('generations').values(rows).execute();
  const attached = path.flatMap(({ attachments }) => attachments);
  await copyAttachments(db, attached, place.conversationId, newId);
}

function idsUpTo(places: ReadonlyMap<string, Place>, leafId: string): string[] {
  const ids: string[] = [];
  for (let id: string | null = leafId; id !== null; ) {
    const place: Place | undefined = places.get(id);
    if (!place) throw new AppError('not_found', 'There is no such message in this thread.');
    ids.unshift(id);
    id = place.parent_id;
  }
  return ids;
}

async function rowsById<Row extends { id: string }>(
  ids: readonly string[],
  read: (some: readonly string[]) => Promise<Row[]>,
): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>();
  for (const some of inPieces(ids)) for (const row of await read(some)) rows.set(row.id, row);
  return rows;
}

function* inPieces<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += rowsAtOnce) yield items.slice(i, i + rowsAtOnce);
}
