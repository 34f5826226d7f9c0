import { type Kysely, type RawBuilder, sql } from 'kysely';
import { attachmentId } from '../../attachment.ts';
import { AppError } from '../../errors.ts';
import type { SearchFilter, SearchHit, SearchKind, SearchPage } from '../../search/search.ts';
import { parseQuery, type QueryPhrase, termsOf } from '../../search/search-terms.ts';
import { snippetOf } from '../../search/snippet.ts';
import { type Segment, textOfKind } from '../../stream-part.ts';
import { answeredIn } from './answered.ts';
import { inThread } from './in-thread.ts';
import { bind, type Db, type Engine } from './engine.ts';
import type { SearchEntryRow } from './schema.ts';

/**
 * Full-text search over titles, questions, their files, thinking and answers: SQLite's FTS5, PostgreSQL's tsvector, both filled with
 * the terms of lib/search. Messages say themselves whether they are in the index; what is not goes in a little later,
 * and, as far as it is waited for, before a search of its owner.
 */

/** Terms of one entry: PostgreSQL knows the places of the first 16,383 words of a text only. */
const termsPerEntry = 12_000;
/** Pieces of a long text overlap by this many terms, so that a phrase is not cut by their border. */
const overlap = 16;
/**
 * So much a search does itself of what is not in the index yet: as many turns as there are, at least these, and no more once
 * these ms are over. What is left then (of an import) is said with what is found.
 */
const searchPatience = { turns: 2, ms: 300 };
/** What one transaction puts into the index; other writers wait meanwhile. */
const messagesPerTurn = 100;
const charactersPerTurn = 400_000;

type EntryKind = SearchEntryRow['kind'];

interface Pending {
  message_id: string | null;
  conversation_id: string;
  owner_id: string;
  texts: { kind: EntryKind; text: string }[];
}

/** One transaction of it, of everybody's or of one person's. */
const takeTurn = inThread('search.turn', (engine, ownerId: string | undefined) =>
  engine.write((db) => indexTurn(engine, db, ownerId)),
);

/**
 * Puts into the index what is not in it yet; each turn is a transaction of its own.
 * @returns how many messages and titles went in.
 */
async function indexForSearch(engine: Engine): Promise<number> {
  let indexed = 0;
  for (;;) {
    const turn = await takeTurn(engine, undefined);
    if (turn.found === 0) return indexed;
    indexed += turn.indexed;
  }
}

/** Does a little of it, in one transaction. Answers whether there was anything. */
async function indexSomeForSearch(engine: Engine): Promise<boolean> {
  const { found } = await takeTurn(engine, undefined);
  return found > 0;
}

/** Does the same for one person, as far as a search waits for it. Answers whether all of theirs is in the index. */
async function catchUp(engine: Engine, ownerId: string, patience: typeof searchPatience): Promise<boolean> {
  const giveUpAt = performance.now() + patience.ms;
  for (let turn = 1; ; turn++) {
    const { found } = await takeTurn(engine, ownerId);
    if (found === 0) return true;
    if (turn >= patience.turns && performance.now() > giveUpAt) return false;
  }
}

/** How far the index is with a person's messages; nothing when it has all of them. */
async function indexingOf(db: Db, ownerId: string): Promise<Pick<SearchPage, 'indexing'>> {
  const { total, stale } = await db
    .selectFrom('messages')
    .innerJoin('conversations', 'conversations.id', 'messages.conversation_id')
    .select(({ fn }) => [fn.countAll<number>().as('total'), fn.sum<number>('messages.search_stale').as('stale')])
    .where('conversations.owner_id', '=', ownerId)
    .executeTakeFirstOrThrow();
  const left = Number(stale ?? 0);
  return left === 0 ? {} : { indexing: { done: Number(total) - left, total: Number(total) } };
}

/**
 * `found`: what was not in the index. Several may index at once (a search beside the background's turn): each row goes in by
 * the first who locks it, and the others leave it out when they get it.
 */
async function indexTurn(
  engine: Engine,
  db: Db,
  ownerId: string | undefined,
): Promise<{ found: number; indexed: number }> {
  const staleTitles = await db
    .selectFrom('conversations')
    .select('id')
    .where('search_stale', '=', 1)
    .$if(ownerId !== undefined, (query) => query.where('owner_id', '=', ownerId ?? ''))
    .orderBy('id')
    .limit(messagesPerTurn)
    .execute();
  const staleMessages = await db
    .selectFrom('messages')
    .innerJoin('conversations', 'conversations.id', 'messages.conversation_id')
    .leftJoin('generations', 'generations.id', 'messages.id')
    .select('messages.id')
    .where('messages.search_stale', '=', 1)
    .where(({ eb, or }) => or([eb('generations.state', 'is', null), eb('generations.state', '!=', 'running')]))
    .$if(ownerId !== undefined, (query) => query.where('conversations.owner_id', '=', ownerId ?? ''))
    .orderBy('messages.id')
    .limit(messagesPerTurn)
    .execute();

  const titles = await lockStaleTitles(
    engine,
    db,
    staleTitles.map(({ id }) => id),
  );
  const messages = await lockStaleMessages(
    engine,
    db,
    staleMessages.map(({ id }) => id),
  );

  const pending: Pending[] = titles.map((row) => ({
    message_id: null,
    conversation_id: row.id,
    owner_id: row.owner_id,
    texts: [{ kind: 'title', text: row.title }],
  }));
  const withFiles = await questionsWithFiles(
    db,
    messages.map(({ id }) => id),
  );
  let characters = 0;
  for (const row of messages) {
    if (characters > charactersPerTurn) break;
    const texts = textsOf(row.role, JSON.parse(row.parts) as Segment[]);
    if (withFiles.has(row.id)) texts.push(...(await readFiles(db, row.id)).map(textOfFile));
    for (const { text } of texts) characters += text.length;
    pending.push({ ...row, message_id: row.id, texts });
  }
  for (const one of pending) await indexOne(engine, db, one);
  return { found: staleTitles.length + staleMessages.length, indexed: pending.length };
}

async function lockStaleTitles(engine: Engine, db: Db, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const query = db
    .selectFrom('conversations')
    .select(['id', 'owner_id', 'title'])
    .where('id', 'in', ids)
    .where('search_stale', '=', 1)
    .orderBy('id');
  return engine.lock(query).execute();
}

/** As they are once they are locked, in the order of their ids. */
async function lockStaleMessages(engine: Engine, db: Db, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const stale = db
    .selectFrom('messages')
    .select('id')
    .where('id', 'in', ids)
    .where('search_stale', '=', 1)
    .orderBy('id');
  const locked = (await engine.lock(stale).execute()).map(({ id }) => id);
  if (locked.length === 0) return [];
  return db
    .selectFrom('messages')
    .innerJoin('conversations', 'conversations.id', 'messages.conversation_id')
    .select(['messages.id', 'messages.conversation_id', 'messages.role', 'messages.parts', 'conversations.owner_id'])
    .where('messages.id', 'in', locked)
    .orderBy('messages.id')
    .execute();
}

interface SearchedFile {
  position: number;
  name: string;
  /** Of a picture nothing but its name. */
  content: string;
}

async function questionsWithFiles(db: Db, messageIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (messageIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('attachments')
    .select('message_id')
    .distinct()
    .where('message_id', 'in', messageIds)
    .execute();
  return new Set(rows.map((row) => row.message_id));
}

/** What is attached to a question. */
async function readFiles(db: Db, messageId: string): Promise<SearchedFile[]> {
  const rows = await db
    .selectFrom('attachments')
    .innerJoin('attachment_contents', 'attachment_contents.id', 'attachments.content_id')
    .select((select) => [
      'position',
      'name',
      select.case().when('media_type', '=', 'text/plain').then(select.ref('content')).else('').end().as('content'),
    ])
    .where('message_id', '=', messageId)
    .orderBy('position')
    .execute();
  return rows;
}

function textOfFile({ position, name, content }: SearchedFile): Pending['texts'][number] {
  return { kind: `file:${position}`, text: `${name}\n${content}` };
}

/** Has the questions indexed anew that were indexed without their files, as migration 13 does. */
export async function markQuestionsWithFiles(db: Kysely<unknown>): Promise<void> {
  await sql`update messages set search_stale = 1 where id in (select message_id from attachments)`.execute(db);
}

function textsOf(role: 'user' | 'assistant', parts: readonly Segment[]): Pending['texts'] {
  if (role === 'user') return [{ kind: 'question', text: parts.map((part) => part.text).join('') }];
  return [
    { kind: 'reasoning', text: textOfKind(parts, 'reasoning') },
    { kind: 'answer', text: textOfKind(parts, 'answer') },
  ];
}

async function indexOne(engine: Engine, db: Db, one: Pending): Promise<void> {
  const { message_id, conversation_id, owner_id } = one;
  if (message_id === null) await forgetTitle(engine, db, conversation_id);
  else await forgetMessageSearch(engine, db, [message_id]);
  for (const { kind, text } of one.texts) {
    for (const terms of entriesOf(text))
      await insertEntry(engine, db, { owner_id, conversation_id, message_id, kind }, terms);
  }
  if (message_id === null) {
    await db.updateTable('conversations').set({ search_stale: 0 }).where('id', '=', conversation_id).execute();
  } else {
    await db.updateTable('messages').set({ search_stale: 0 }).where('id', '=', message_id).execute();
  }
}

function entriesOf(text: string): string[][] {
  const terms = termsOf(text);
  const entries: string[][] = [];
  for (let at = 0; at < terms.length; at += termsPerEntry) {
    entries.push(terms.slice(Math.max(0, at - overlap), at + termsPerEntry));
  }
  return entries;
}

async function insertEntry(
  engine: Engine,
  db: Db,
  entry: Omit<SearchEntryRow, 'id' | 'terms'>,
  terms: readonly string[],
): Promise<void> {
  const { owner_id, conversation_id, message_id, kind } = entry;
  const owner = ownerTerm(owner_id);
  if (engine.kind === 'postgres') {
    const vector = [...terms, owner].map((term, i) => `'${term}':${i + 1}`).join(' ');
    await sql`insert into search_entries (owner_id, conversation_id, message_id, kind, terms)
      values (${owner_id}, ${conversation_id}, ${message_id}, ${kind}, ${vector}::tsvector)`.execute(db);
    return;
  }
  const inserted = await sql<{ id: number }>`insert into search_entries (owner_id, conversation_id, message_id, kind)
    values (${owner_id}, ${conversation_id}, ${message_id}, ${kind}) returning id`.execute(db);
  const id = inserted.rows[0]?.id ?? 0;
  await sql`insert into search_fts (rowid, terms) values (${id}, ${`${terms.join(' ')} ${owner}`})`.execute(db);
}

/** A person's entries carry this, so that the words of others cost a search nothing. */
function ownerTerm(ownerId: string): string {
  return `owner${ownerId.toLowerCase().replace(/[^a-z0-9]/g, '')}`;
}

/** Takes all of a conversation out of the index. */
export async function forgetConversationSearch(engine: Engine, db: Db, conversationId: string): Promise<void> {
  await forgetWhere(engine, db, sql`conversation_id = ${conversationId}`);
}

/** Takes all of a person's conversations out of the index. */
export async function forgetOwnerSearch(engine: Engine, db: Db, ownerId: string): Promise<void> {
  await forgetWhere(engine, db, sql`owner_id = ${ownerId}`);
}

/** Takes a thread's messages out of the index; to be called while they are there. */
export async function forgetThreadSearch(engine: Engine, db: Db, threadId: string): Promise<void> {
  await forgetWhere(engine, db, sql`message_id in (select id from messages where thread_id = ${threadId})`);
}

/** Takes messages out of the index. */
export async function forgetMessageSearch(engine: Engine, db: Db, ids: readonly string[]): Promise<void> {
  await forgetWhere(engine, db, sql`message_id in (${sql.join(ids)})`);
}

async function forgetTitle(engine: Engine, db: Db, conversationId: string): Promise<void> {
  await forgetWhere(engine, db, sql`conversation_id = ${conversationId} and message_id is null`);
}

async function forgetWhere(engine: Engine, db: Db, condition: RawBuilder<unknown>): Promise<void> {
  if (engine.kind === 'sqlite') {
    await sql`delete from search_fts where rowid in (select id from search_entries where ${condition})`.execute(db);
  }
  await sql`delete from search_entries where ${condition}`.execute(db);
}

/** Full-text search. */
export function createSearch(engine: Engine) {
  return bind(engine, {
    find: searchConversations,
    index: indexForSearch,
    indexSome: indexSomeForSearch,
  });
}

/**
 * What a person's conversations hold of a query, newest first; all its words must be in the same title, question, file, thought or answer.
 * While much of theirs is not in the index yet, it answers with what is, and says so.
 * @throws AppError `bad_request` for a `before` that is none of ours.
 */
async function searchConversations(
  engine: Engine,
  ownerId: string,
  search: { query: string; limit: number; before?: string; filter?: SearchFilter; patience?: typeof searchPatience },
): Promise<SearchPage> {
  const { query, limit, before, filter = {} } = search;
  const phrases = parseQuery(query);
  if (phrases.length === 0) return { hits: [] };
  const beforeId = before === undefined ? undefined : parseBefore(before);
  const isWhole = await catchUp(engine, ownerId, search.patience ?? searchPatience);
  return engine.aggregate(async (db) => {
    const rows = await findEntries(engine, db, ownerId, { phrases, beforeId, filter, limit: limit + 1 });
    const hits = await describeHits(db, ownerId, rows.slice(0, limit), query);
    const last = rows[limit - 1];
    const answered = await answeredOfHits(db, hits);
    return {
      hits,
      ...(hits.length > 0 && { answered }),
      ...(rows.length > limit && last && { next: String(last.id) }),
      ...(!isWhole && (await indexingOf(db, ownerId))),
    };
  });
}

function parseBefore(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new AppError('bad_request', 'This list cannot be continued from there; search again.');
}

async function findEntries(
  engine: Engine,
  db: Db,
  ownerId: string,
  search: { phrases: readonly QueryPhrase[]; beforeId: number | undefined; filter: SearchFilter; limit: number },
): Promise<SearchEntryRow[]> {
  const { phrases, beforeId, filter, limit } = search;
  const narrowed = conditionOf(ownerId, filter);
  const owner = ownerTerm(ownerId);
  // A long text has several entries: the newest of them stands for it.
  const statement =
    engine.kind === 'postgres'
      ? sql<SearchEntryRow>`select max(e.id) as id, e.conversation_id, e.message_id, e.kind from search_entries e
          where e.terms @@ ${tsqueryOf(phrases, owner)}::tsquery and e.owner_id = ${ownerId}${narrowed}
          group by e.conversation_id, e.message_id, e.kind having max(e.id) < ${beforeId ?? Number.MAX_SAFE_INTEGER}
          order by max(e.id) desc limit ${limit}`
      : sql<SearchEntryRow>`select max(e.id) as id, e.conversation_id, e.message_id, e.kind
          from search_fts join search_entries e on e.id = search_fts.rowid
          where search_fts match ${ftsQueryOf(phrases, owner)} and e.owner_id = ${ownerId}${narrowed}
          group by e.conversation_id, e.message_id, e.kind having max(e.id) < ${beforeId ?? Number.MAX_SAFE_INTEGER}
          order by max(e.id) desc limit ${limit}`;
  return (await statement.execute(db)).rows;
}

/** What narrows a search, each with its `and`. */
function conditionOf(ownerId: string, { kind, model, since }: SearchFilter): RawBuilder<unknown> {
  const conditions = [sql``];
  if (kind === 'file') conditions.push(sql`e.kind like 'file:%'`);
  else if (kind !== undefined) conditions.push(sql`e.kind = ${kind}`);
  if (model !== undefined) {
    const answers = sql`from generations g where g.owner_id = ${ownerId} and g.model_label = ${model}`;
    conditions.push(sql`(case when e.kind in ('reasoning', 'answer')
      then e.message_id in (select g.id ${answers}) else e.conversation_id in (select g.conversation_id ${answers}) end)`);
  }
  if (since !== undefined) {
    conditions.push(sql`(case when e.message_id is null
      then e.conversation_id in (select c.id from conversations c where c.owner_id = ${ownerId} and c.updated_at >= ${since})
      else e.message_id in (select m.id from messages m where m.created_at >= ${since} and m.conversation_id = e.conversation_id)
      end)`);
  }
  return sql.join(conditions, sql` and `);
}

async function answeredOfHits(db: Db, hits: readonly SearchHit[]): Promise<NonNullable<SearchPage['answered']>> {
  const ids = [...new Set(hits.map(({ conversationId }) => conversationId))];
  const answered = await answeredIn(db, ids);
  return Object.fromEntries(
    ids.flatMap((id) => {
      const of = answered(id).answered;
      return of ? [[id, of] as const] : [];
    }),
  );
}

/** Terms are letters and digits only, so they need no escaping. */
function tsqueryOf(phrases: readonly QueryPhrase[], owner: string): string {
  const parts = phrases.map(({ terms, isPrefix }) => {
    const words = terms.map((term, i) => `'${term}'${isPrefix && i === terms.length - 1 ? ':*' : ''}`);
    return `(${words.join(' <-> ')})`;
  });
  return [...parts, `'${owner}'`].join(' & ');
}

function ftsQueryOf(phrases: readonly QueryPhrase[], owner: string): string {
  const parts = phrases.map(({ terms, isPrefix }) => `"${terms.join(' ')}"${isPrefix ? ' *' : ''}`);
  return [...parts, `"${owner}"`].join(' AND ');
}

async function describeHits(
  db: Db,
  ownerId: string,
  rows: readonly SearchEntryRow[],
  query: string,
): Promise<SearchHit[]> {
  if (rows.length === 0) return [];
  const conversationIds = [...new Set(rows.map((row) => row.conversation_id))];
  const messageIds = rows.flatMap((row) => row.message_id ?? []);
  const conversations = await db
    .selectFrom('conversations')
    .select(['id', 'title', 'updated_at'])
    .where('id', 'in', conversationIds)
    .where('owner_id', '=', ownerId) // not those deleted in the moment they were indexed
    .execute();
  const messages =
    messageIds.length === 0
      ? []
      : await db
          .selectFrom('messages')
          .leftJoin('generations', 'generations.id', 'messages.id')
          .select(['messages.id', 'messages.thread_id', 'messages.role', 'messages.parts', 'generations.model_label'])
          .where('messages.id', 'in', [...new Set(messageIds)])
          .execute();
  const files = new Map<string, SearchedFile[]>();
  for (const { message_id, kind } of rows) {
    if (message_id === null || positionOf(kind) === undefined || files.has(message_id)) continue;
    files.set(message_id, await readFiles(db, message_id));
  }
  const conversationOf = new Map(conversations.map((row) => [row.id, row]));
  const messageOf = new Map(messages.map((row) => [row.id, row]));
  return rows.flatMap((row): SearchHit[] => {
    const conversation = conversationOf.get(row.conversation_id);
    if (!conversation) return [];
    const facts = { conversationId: conversation.id, title: conversation.title, updatedAt: conversation.updated_at };
    if (row.message_id === null) {
      return [{ ...facts, kind: 'title', snippet: snippetOf(conversation.title, query) }];
    }
    const message = messageOf.get(row.message_id);
    if (!message) return [];
    const { model_label: model } = message;
    const place = { ...facts, messageId: message.id, threadId: message.thread_id, ...(model !== null && { model }) };
    const position = positionOf(row.kind);
    if (position !== undefined) {
      const file = files.get(message.id)?.find((one) => one.position === position);
      if (!file) return [];
      const { name, content } = file;
      const named = { id: attachmentId(message.id, position), name };
      return [{ ...place, kind: 'file', file: named, snippet: snippetOf(content || name, query) }];
    }
    const texts = textsOf(message.role, JSON.parse(message.parts) as Segment[]);
    const text = texts.find(({ kind }) => kind === row.kind)?.text ?? '';
    return [{ ...place, kind: row.kind as Exclude<SearchKind, 'file'>, snippet: snippetOf(text, query) }];
  });
}

/** The place of a file among what is attached to its question; undefined for what is no file. */
function positionOf(kind: EntryKind): number | undefined {
  return kind.startsWith('file:') ? Number(kind.slice('file:'.length)) : undefined;
}

/** The tables of the index, as migration 4 makes them. */
export async function createSearchTables(db: Kysely<unknown>, kind: Engine['kind']): Promise<void> {
  await db.schema
    .alterTable('messages')
    .addColumn('search_stale', 'integer', (c) => c.notNull().defaultTo(1))
    .execute();
  await db.schema
    .alterTable('conversations')
    .addColumn('search_stale', 'integer', (c) => c.notNull().defaultTo(1))
    .execute();
  await sql`create index messages_search_stale on messages (id) where search_stale = 1`.execute(db);
  await sql`create index conversations_search_stale on conversations (id) where search_stale = 1`.execute(db);
  const id =
    kind === 'postgres' ? sql`bigint generated always as identity primary key` : sql`integer primary key autoincrement`;
  const terms = kind === 'postgres' ? sql`, terms tsvector not null` : sql``;
  await sql`create table search_entries (
    id ${id}, owner_id text not null, conversation_id text not null, message_id text, kind text not null ${terms})`.execute(
    db,
  );
  await sql`create index search_entries_by_conversation on search_entries (conversation_id)`.execute(db);
  await sql`create index search_entries_by_message on search_entries (message_id)`.execute(db);
  if (kind === 'postgres') {
    await sql`create index search_entries_terms on search_entries using gin (terms)`.execute(db);
  } else {
    // Only the index is kept: the texts are in the messages.
    await sql`create virtual table search_fts using fts5 (terms, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0')`.execute(
      db,
    );
  }
}
