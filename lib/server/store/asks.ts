import type { AttachedContent } from '../../attachment.ts';
import { AppError } from '../../errors.ts';
import type { Segment } from '../../stream-part.ts';
import { attachmentRows, insertAttachments } from './attachments.ts';
import { insertConversation, lockConversation, type NewConversation } from './conversations.ts';
import { inThread } from './in-thread.ts';
import { bind, type Db, type Engine } from './engine.ts';
import { type NewGeneration, rowOfNewGeneration } from './generations.ts';
import { insertWithin } from './running.ts';
import type { AttachmentRow, MessageRow } from './schema.ts';
import { cleanText, renderJson } from './stored-text.ts';

/** One thread's share of a question: the ids of what is to be made, and who is asked. */
export type NewAsk = {
  threadId: string;
  questionId: string;
  /** Also the id of the generation. */
  answerId: string;
  generation: NewGeneration;
} & (
  | { question?: 'new' /** The answer it follows, or null for the thread's first question. */; parentId: string | null }
  /** The question is there already and is asked once more. */
  | { question: 'existing'; parentId?: undefined }
);

interface NewAsks {
  /** The question; not needed when every ask is of an existing one. */
  text?: string;
  /** What comes with it. */
  attachments?: readonly AttachedContent[];
  /** Epoch ms. */
  at: number;
  asks: readonly NewAsk[];
  /** Given to the conversation if it has none. */
  title?: string;
  /** The conversation itself, made with its first question: both, or neither. */
  conversation?: NewConversation;
  /** So many answers of the person may run at all processes together; absent: they are not counted here. */
  mostRunning?: number | undefined;
}

const create = inThread('asks.create', createAsk);

/** Questions, with the answers they will get. */
export function createAsks(engine: Engine) {
  return bind(engine, {
    create,
  });
}

/**
 * Stores questions, empty answers and running generations, all or none. The same call again writes nothing.
 * @throws AppError `not_found` for the conversation, a thread, a parent or an existing question; `bad_request` for a parent that is
 * no answer; `conflict` when an id is in use for something else; `too_many_requests` when too much of the person's would run.
 */
async function createAsk(
  engine: Engine,
  ownerId: string,
  conversationId: string,
  ask: NewAsks,
): Promise<{ created: boolean }> {
  const question = renderJson([{ kind: 'answer', text: ask.text ?? '' }] satisfies Segment[]);
  return engine.write(async (db) => {
    const made = ask.conversation && (await insertConversation(db, ownerId, ask.conversation)).created;
    const isEmpty = made && ask.conversation?.threads.every(({ copy }) => copy === undefined);
    const conversation = isEmpty
      ? { title: '', updated_at: ask.at, next_seq: 0 }
      : await lockConversation(engine, db, ownerId, conversationId);
    if (!conversation) throw new AppError('not_found', 'There is no such conversation.');
    if (ask.conversation && isEmpty) assertFirst(ask.asks, ask.conversation, ask.text);
    else if (await isRepeat(db, conversationId, ask, question)) return { created: false };

    const rows = ask.asks.flatMap((one) => messageRows(one, conversationId, ask.at, question));
    await db
      .updateTable('conversations')
      .set({
        updated_at: Math.max(conversation.updated_at, ask.at),
        next_seq: conversation.next_seq + rows.length,
        title: conversation.title || cleanText(ask.title ?? ''),
        ...(conversation.title === '' && { search_stale: 1 }),
      })
      .where('id', '=', conversationId)
      .execute();
    if (rows.length === 0) return { created: true };
    await db
      .insertInto('messages')
      .values(rows.map((row, i) => ({ ...row, seq: conversation.next_seq + i })))
      .execute();
    const asked = ask.asks.flatMap((one) => (one.question === 'existing' ? [] : one.questionId));
    await insertAttachments(db, conversationId, asked, ask.attachments ?? []);
    for (const { threadId, answerId } of ask.asks) {
      await db.updateTable('threads').set({ leaf_id: answerId }).where('id', '=', threadId).execute();
    }
    const generations = ask.asks.map((one) =>
      rowOfNewGeneration(one.generation, { id: one.answerId, ownerId, conversationId, threadId: one.threadId }),
    );
    if (ask.mostRunning === undefined) await db.insertInto('generations').values(generations).execute();
    else await insertWithin(engine, db, ownerId, { rows: generations, most: ask.mostRunning });
    return { created: true };
  });
}

/** Whether all of it is there already. @throws AppError when it cannot be stored as something new either. */
async function isRepeat(db: Db, conversationId: string, ask: NewAsks, question: string): Promise<boolean> {
  await assertThreads(db, conversationId, ask.asks);
  const known = await knownMessages(db, ask.asks);
  const attached = Map.groupBy(await attachmentRows(db, [...known.keys()]), (row) => row.message_id);
  const earlier = ask.asks.map(
    (one) =>
      isStored(one, known, question) &&
      (one.question === 'existing' || isAttached(attached.get(one.questionId) ?? [], ask.attachments ?? [])),
  );
  if (ask.asks.length > 0 && earlier.every((stored) => stored)) return true;
  for (const one of ask.asks) assertNew(one, known, ask.text);
  return false;
}

/** The first question of a new conversation: there is nothing to look for, and an id in use is refused when it is stored. */
function assertFirst(asks: readonly NewAsk[], { threads }: NewConversation, text: string | undefined): void {
  const ids = new Set(threads.map(({ id }) => id));
  if (!asks.every((ask) => ids.has(ask.threadId))) {
    throw new AppError('not_found', 'There is no such thread in this conversation.');
  }
  for (const ask of asks) assertNew(ask, new Map(), text);
}

async function assertThreads(db: Db, conversationId: string, asks: readonly NewAsk[]): Promise<void> {
  const rows = await db.selectFrom('threads').select('id').where('conversation_id', '=', conversationId).execute();
  const threads = new Set(rows.map((row) => row.id));
  if (asks.every((ask) => threads.has(ask.threadId))) return;
  throw new AppError('not_found', 'There is no such thread in this conversation.');
}

/** The messages that carry an id of the asks, whoever they belong to. */
async function knownMessages(db: Db, asks: readonly NewAsk[]): Promise<Map<string, MessageRow>> {
  const ids = asks.flatMap((ask) => [ask.questionId, ask.answerId, ...(ask.parentId ? [ask.parentId] : [])]);
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('messages').selectAll().where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** Whether this very ask has been stored before. */
function isStored(ask: NewAsk, known: ReadonlyMap<string, MessageRow>, question: string): boolean {
  const asked = known.get(ask.questionId);
  const answer = known.get(ask.answerId);
  if (asked?.thread_id !== ask.threadId || asked.role !== 'user') return false;
  if (answer?.thread_id !== ask.threadId || answer.role !== 'assistant') return false;
  if (answer.parent_id !== ask.questionId) return false;
  return ask.question === 'existing' || (asked.parent_id === ask.parentId && asked.parts === question);
}

/** Whether these files are what is attached, as far as they can be told apart without being read. */
function isAttached(rows: readonly AttachmentRow[], files: readonly AttachedContent[]): boolean {
  const factsOf = (name: string, mediaType: string, size: number) => JSON.stringify([cleanText(name), mediaType, size]);
  const stored = rows.map((row) => factsOf(row.name, row.media_type, row.size));
  return stored.join() === files.map((file) => factsOf(file.name, file.mediaType, file.size)).join();
}

/** @throws AppError `conflict`, `not_found` or `bad_request` when this ask cannot be stored as something new. */
function assertNew(ask: NewAsk, known: ReadonlyMap<string, MessageRow>, text: string | undefined): void {
  if (known.has(ask.answerId)) throw new AppError('conflict', 'This id is in use.');
  const asked = known.get(ask.questionId);
  if (ask.question === 'existing') {
    if (asked?.thread_id === ask.threadId && asked.role === 'user') return;
    throw new AppError('not_found', 'There is no such question in this thread.');
  }
  if (asked) throw new AppError('conflict', 'This id is in use.');
  if (text === undefined) throw new AppError('bad_request', 'A new question needs a text.');
  if (ask.parentId === null) return;
  const parent = known.get(ask.parentId);
  if (parent?.thread_id !== ask.threadId) throw new AppError('not_found', 'There is no such message in this thread.');
  if (parent.role !== 'assistant') throw new AppError('bad_request', 'A question can only follow an answer.');
}

function messageRows(ask: NewAsk, conversationId: string, at: number, question: string): Omit<MessageRow, 'seq'>[] {
  const common = { conversation_id: conversationId, thread_id: ask.threadId, created_at: at };
  const answer = { ...common, id: ask.answerId, parent_id: ask.questionId, role: 'assistant' as const, parts: '[]' };
  if (ask.question === 'existing') return [answer];
  return [{ ...common, id: ask.questionId, parent_id: ask.parentId, role: 'user', parts: question }, answer];
}
