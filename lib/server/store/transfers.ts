import type { Insertable, Kysely, Selectable } from 'kysely';
import type { Generation } from '../../conversation.ts';
import type { ExportedConversation, ExportedGeneration, ExportedMessage, ForeignOrigin } from '../../exported.ts';
import { createId } from '../../ids.ts';
import type { Segment } from '../../stream-part.ts';
import type { Timeline } from '../../timeline.ts';
import { insertAttachments, readAttachmentsIn } from './attachments.ts';
import { listMessages } from './conversations.ts';
import { bind, type Db, type Engine } from './engine.ts';
import { columnsOfResult, rowOfNewGeneration } from './generations.ts';
import { parseRaw, renderRaw } from './raw-column.ts';
import type { Database, MessageRow } from './schema.ts';
import { lookAtTables } from './statistics.ts';
import { cleanText, renderJson } from './stored-text.ts';
import { threadOfRow } from './thread-rows.ts';

/** Rows of a statement: few enough for the variables that SQLite and PostgreSQL take at once. */
const rowsAtOnce = 100;
/** After an import of so many, plans that were right for the tables of before may not be. */
const manyMessages = 1_000;

export async function addImportColumns(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('generations').addColumn('imported_from', 'text').execute();
  await db.schema.alterTable('generations').addColumn('imported_id', 'text').execute();
}

/** Conversations as files. */
export function createTransfers(engine: Engine) {
  return bind(engine, {
    export: exportConversation,
    import: importConversations,
  });
}

/** All that is known of a conversation; a running answer as far as it has come, as interrupted. */
async function exportConversation(
  engine: Engine,
  ownerId: string,
  id: string,
): Promise<ExportedConversation | undefined> {
  return engine.read(async (db) => {
    const row = await db
      .selectFrom('conversations')
      .selectAll()
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      .executeTakeFirst();
    if (!row) return undefined;
    const threads = await db
      .selectFrom('threads')
      .selectAll()
      .where('conversation_id', '=', id)
      .orderBy('position')
      .orderBy('id')
      .execute();
    const traces = await db
      .selectFrom('generations')
      .select(['id', 'raw_text', 'usage_raw', 'request_url', 'request_body', 'timeline', 'imported_from'])
      .where('conversation_id', '=', id)
      .execute();
    const traceOf = new Map(traces.map((trace) => [trace.id, trace]));
    const messages = await listMessages(db, id);
    const withFiles = messages.flatMap((message) => (message.attachments ? [message.id] : []));
    const attached = await readAttachmentsIn(db, ownerId, withFiles);
    return {
      id: row.id,
      title: row.title,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      ...(row.pinned_at !== null && { pinnedAt: row.pinned_at }),
      ...(row.archived_at !== null && { archivedAt: row.archived_at }),
      ...(row.title_source !== 'person' && { titleSource: row.title_source }),
      threads: threads.map(threadOfRow).map(({ id: threadId, settings, leafId }) => ({
        id: threadId,
        settings,
        ...(leafId && { leafId }),
      })),
      messages: messages.map(({ generation, attachments: _listed, ...message }) => {
        const trace = generation && traceOf.get(message.id);
        const files = attached.get(message.id);
        return {
          ...message,
          ...(files && { attachments: files.map(({ name, mediaType, content }) => ({ name, mediaType, content })) }),
          ...(trace && { generation: exportGeneration(generation, trace, message.parts) }),
        };
      }),
    };
  });
}

type Trace = Pick<
  Selectable<Database['generations']>,
  'raw_text' | 'usage_raw' | 'request_url' | 'request_body' | 'timeline' | 'imported_from'
>;

function exportGeneration(generation: Generation, trace: Trace, parts: readonly Segment[]): ExportedGeneration {
  const { id: _id, state, phase: _phase, error, finish, ...facts } = generation;
  const { raw, before } = state === 'running' ? {} : parseRaw(trace.raw_text, parts);
  const request = requestOf(trace);
  const { fix: _fix, ...told } = error ?? {};
  return {
    ...facts,
    finish: finish ?? { outcome: 'interrupted', reason: 'unknown', complete: false },
    ...(error && { error: told as ExportedGeneration['error'] & object }),
    ...(trace.timeline !== null && { timeline: JSON.parse(trace.timeline) as Timeline }),
    ...(trace.usage_raw !== null && { usageRaw: JSON.parse(trace.usage_raw) as unknown }),
    ...(request && { request }),
    ...(raw && { raw }),
    ...(before && { filedBefore: before }),
    ...(isForeign(trace.imported_from) && { origin: trace.imported_from }),
  };
}

function isForeign(origin: string | null): origin is ForeignOrigin {
  return origin !== null && origin !== 'thinkglass';
}

function requestOf({ request_url, request_body }: Trace): { url: string; body: string } | undefined {
  if (request_url === null || !URL.canParse(request_url)) return undefined;
  const { origin, pathname } = new URL(request_url);
  return { url: `${origin}${pathname}`, body: request_body ?? '' };
}

/**
 * Makes conversations as they are told, all or none, under new ids; answers with those. An answer that is here already
 * (it was exported from here, or imported before) is kept as a copy of it. What names something outside of its
 * conversation is refused before, by the import's schema.
 */
async function importConversations(
  engine: Engine,
  ownerId: string,
  conversations: readonly ExportedConversation[],
  by: { instanceId: string },
): Promise<{ ids: string[] }> {
  const imported = await engine.write(async (db) => {
    const known = await knownGenerations(db, ownerId, conversations);
    const newIds = new Map<string, string>();
    for (const { messages } of conversations) for (const { id } of messages) newIds.set(id, createId());
    const ids: string[] = [];
    for (const conversation of conversations) {
      const id = createId();
      ids.push(id);
      await insertConversation(db, conversation, { ...by, ownerId, id, newIds, known });
    }
    return { ids };
  });
  const size = conversations.reduce((sum, { messages }) => sum + messages.length, 0);
  if (size >= manyMessages) await lookAtTables(engine, ['conversations', 'messages', 'generations']);
  return imported;
}

interface ImportPlace {
  ownerId: string;
  /** The conversation's. */
  id: string;
  instanceId: string;
  /** Of the messages, by what the file calls them. */
  newIds: ReadonlyMap<string, string>;
  /** Answers that are here already, by what the file calls them. */
  known: ReadonlyMap<string, string>;
}

/**
 * The person's answers that are in the file too: those it was made from, and those of an earlier import of it. What they
 * cost is in the sums once.
 */
async function knownGenerations(
  db: Db,
  ownerId: string,
  conversations: readonly ExportedConversation[],
): Promise<Map<string, string>> {
  const ids = conversations.flatMap(({ messages }) => messages.flatMap((m) => (m.generation ? [m.id] : [])));
  const known = new Map<string, string>();
  for (const some of inPieces(ids)) {
    const rows = await db
      .selectFrom('generations')
      .select(['id', 'imported_id', 'copied_from'])
      .where('owner_id', '=', ownerId)
      .where(({ eb, or }) => or([eb('id', 'in', some), eb('imported_id', 'in', some)]))
      .execute();
    for (const row of rows) {
      const name = row.imported_id !== null && some.includes(row.imported_id) ? row.imported_id : row.id;
      known.set(name, row.copied_from ?? row.id);
    }
  }
  return known;
}

async function insertConversation(db: Db, conversation: ExportedConversation, place: ImportPlace): Promise<void> {
  const { title, createdAt, updatedAt, pinnedAt, archivedAt, titleSource, threads, messages } = conversation;
  await db
    .insertInto('conversations')
    .values({
      id: place.id,
      owner_id: place.ownerId,
      title: cleanText(title),
      created_at: createdAt,
      updated_at: updatedAt,
      next_seq: messages.length,
      pinned_at: pinnedAt ?? null,
      archived_at: archivedAt ?? null,
      title_source: titleSource ?? 'person',
    })
    .execute();
  const threadIds = new Map(threads.map(({ id }) => [id, createId()]));
  await db
    .insertInto('threads')
    .values(
      threads.map(({ id, settings, leafId }, position) => ({
        id: newIdOf(threadIds, id),
        conversation_id: place.id,
        position,
        settings: renderJson(settings),
        leaf_id: leafId === undefined ? null : newIdOf(place.newIds, leafId),
      })),
    )
    .execute();
  let seq = 0;
  for (const some of inPieces(messages)) {
    const rows = some.map((message) => messageRow(message, { ...place, threadIds, seq: seq++ }));
    await db.insertInto('messages').values(rows).execute();
    for (const { id, attachments } of some) {
      if (!attachments) continue;
      const files = attachments.map((file) => ({ ...file, size: sizeOf(file) }));
      await insertAttachments(db, place.id, [newIdOf(place.newIds, id)], files);
    }
    const partsOf = new Map(rows.map((row) => [row.id, JSON.parse(row.parts) as Segment[]]));
    const generations = some.flatMap((message) =>
      message.generation ? [generationRow(message, message.generation, { ...place, threadIds }, partsOf)] : [],
    );
    if (generations.length > 0) await db.insertInto('generations').values(generations).execute();
  }
}

/** Bytes; a picture is told in base64. */
function sizeOf({ mediaType, content }: { mediaType: string; content: string }): number {
  return Buffer.byteLength(content, mediaType === 'text/plain' ? 'utf8' : 'base64');
}

type MessagePlace = ImportPlace & { threadIds: ReadonlyMap<string, string> };

function messageRow(message: ExportedMessage, place: MessagePlace & { seq: number }): MessageRow {
  return {
    id: newIdOf(place.newIds, message.id),
    conversation_id: place.id,
    thread_id: newIdOf(place.threadIds, message.threadId),
    parent_id: message.parentId === null ? null : newIdOf(place.newIds, message.parentId),
    role: message.role,
    parts: renderJson(message.parts),
    created_at: message.createdAt,
    seq: place.seq,
  };
}

function generationRow(
  message: ExportedMessage,
  generation: ExportedGeneration,
  place: MessagePlace,
  partsOf: ReadonlyMap<string, Segment[]>,
): Insertable<Database['generations']> {
  const id = newIdOf(place.newIds, message.id);
  const { raw, filedBefore, origin, copiedFrom, continues, usageRaw, request } = generation;
  const named = copiedFrom && (place.newIds.get(copiedFrom) ?? copiedFrom);
  return {
    ...rowOfNewGeneration(
      { ...generation, instanceId: place.instanceId },
      { id, ownerId: place.ownerId, conversationId: place.id, threadId: newIdOf(place.threadIds, message.threadId) },
    ),
    ...columnsOfResult({ ...generation, parts: message.parts, usageRaw, ...(request && { request }) }),
    provider_id: cleanText(generation.providerId),
    model_key: cleanText(generation.modelKey),
    model_id: cleanText(generation.modelId),
    continues: continues === undefined ? null : newIdOf(place.newIds, continues),
    raw_text: renderRaw(partsOf.get(id) ?? [], { raw, before: filedBefore }),
    copied_from: named ?? place.known.get(message.id) ?? null,
    imported_from: origin ?? 'thinkglass',
    imported_id: cleanText(message.id),
  };
}

function newIdOf(ids: ReadonlyMap<string, string>, id: string): string {
  const found = ids.get(id);
  if (found === undefined) throw new Error('unreachable: what is imported names only what is in it');
  return found;
}

function* inPieces<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += rowsAtOnce) yield items.slice(i, i + rowsAtOnce);
}
