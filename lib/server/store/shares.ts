import { randomBytes } from 'node:crypto';
import type { ThreadSettings } from '../../conversation.ts';
import { AppError } from '../../errors.ts';
import { createId } from '../../ids.ts';
import type { SharedAnswer, SharedMessage, ShareSnapshot, ShareSummary } from '../../share.ts';
import type { Segment } from '../../stream-part.ts';
import { lockConversation } from './conversations.ts';
import { bind, type Db, type Engine } from './engine.ts';
import { columnsOfHealth, rowOfNewGeneration } from './generations.ts';
import { deletedOwner } from './deleted-owner.ts';
import type { GenerationRow, MessageRow, ShareRow } from './schema.ts';
import { cleanText, renderJson } from './stored-text.ts';

/** What is shared, as it was shown to its owner before. */
export interface NewShare {
  conversationId: string;
  snapshot: ShareSnapshot;
  numbers: boolean;
  systemPrompts: boolean;
  /** Epoch ms. */
  at: number;
  /** Epoch ms; undefined: never. */
  expiresAt?: number;
}

/** A share that is open to everybody who knows its id. */
export interface OpenShare {
  id: string;
  ownerId: string;
  snapshot: ShareSnapshot;
  /** Epoch ms. */
  createdAt: number;
}

/** A share as it becomes somebody's own conversation. */
interface ShareFork {
  /** Of the conversation that it becomes. */
  id: string;
  share: OpenShare;
  /** One for each of its columns. */
  settings: readonly ThreadSettings[];
  at: number;
  /** The server process that writes it. */
  instanceId: string;
}

/** More is no sharing. */
const maxShares = 1000;
/** Of a snapshot's JSON, in UTF-16 units. */
const maxSnapshotLength = 16_000_000;

/** Shared links. */
export function createShares(engine: Engine) {
  return bind(engine, {
    create: createShare,
    list: listShares,
    updateExpiry: updateShareExpiry,
    revoke: revokeShare,
    findOpen: findOpenShare,
    countView: countShareView,
    fork: forkShare,
  });
}

/**
 * A link to what a snapshot holds, under a new id; or the one that is there when the same was shared for as long, whose time
 * begins anew. Undefined when there is no such conversation.
 * @throws AppError `too_large` for a snapshot, `conflict` for too many links.
 */
async function createShare(engine: Engine, ownerId: string, share: NewShare): Promise<ShareSummary | undefined> {
  const snapshot = renderJson(share.snapshot);
  if (snapshot.length > maxSnapshotLength) {
    throw new AppError(
      'too_large',
      'This is too long to be shared at once. Share a branch of it, or leave out the thinking.',
    );
  }
  return engine.write(async (db) => {
    if (!(await lockConversation(engine, db, ownerId, share.conversationId))) return undefined;
    const same = await renewEqualShare(db, ownerId, share, snapshot);
    if (same) return same;
    const { made } = await db
      .selectFrom('shares')
      .select((count) => count.fn.countAll<number | string>().as('made'))
      .where('owner_id', '=', ownerId)
      .where('revoked_at', 'is', null)
      .executeTakeFirstOrThrow();
    if (Number(made) >= maxShares) {
      throw new AppError(
        'conflict',
        `You have ${maxShares} shared links already. Revoke some of them in Settings first.`,
      );
    }
    const row: ShareRow = {
      id: createShareId(),
      owner_id: ownerId,
      conversation_id: share.conversationId,
      title: cleanText(share.snapshot.title),
      column_count: share.snapshot.columns.length,
      snapshot,
      thinking: share.snapshot.thinking,
      numbers: share.numbers ? 1 : 0,
      system_prompts: share.systemPrompts ? 1 : 0,
      created_at: share.at,
      expires_at: share.expiresAt ?? null,
      revoked_at: null,
      views: 0,
      last_view_at: null,
    };
    await db.insertInto('shares').values(row).execute();
    return summaryOfRow(row);
  });
}

/** An open link to the same that was made for as long, begun anew; whoever makes links has the conversation's lock. */
async function renewEqualShare(
  db: Db,
  ownerId: string,
  { conversationId, numbers, systemPrompts, at, expiresAt }: NewShare,
  snapshot: string,
): Promise<ShareSummary | undefined> {
  const rows = await db
    .selectFrom('shares')
    .select(summaryColumns)
    .where('conversation_id', '=', conversationId)
    .where('owner_id', '=', ownerId)
    .where('revoked_at', 'is', null)
    .where('numbers', '=', numbers ? 1 : 0)
    .where('system_prompts', '=', systemPrompts ? 1 : 0)
    .where('snapshot', '=', snapshot)
    .orderBy('created_at', 'desc')
    .execute();
  const lasts = expiresAt === undefined ? undefined : expiresAt - at;
  const same = rows.find(({ created_at, expires_at }) =>
    expires_at === null ? lasts === undefined : expires_at - created_at === lasts && expires_at > at,
  );
  if (!same) return undefined;
  const times = { created_at: at, expires_at: expiresAt ?? null };
  await db.updateTable('shares').set(times).where('id', '=', same.id).execute();
  return summaryOfRow({ ...same, ...times });
}

/** An id that nobody can guess: 128 random bits. */
export function createShareId(): string {
  return randomBytes(16).toString('base64url');
}

/** Newest first, expired ones too, revoked ones not. */
async function listShares(engine: Engine, ownerId: string): Promise<ShareSummary[]> {
  const rows = await engine.read((db) =>
    db
      .selectFrom('shares')
      .select(summaryColumns)
      .where('owner_id', '=', ownerId)
      .where('revoked_at', 'is', null)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .execute(),
  );
  return rows.map(summaryOfRow);
}

/** Undefined when there is none. `expiresAt` in epoch ms; undefined: never. */
async function updateShareExpiry(
  engine: Engine,
  ownerId: string,
  id: string,
  expiresAt: number | undefined,
): Promise<ShareSummary | undefined> {
  return engine.write(async (db) => {
    await db
      .updateTable('shares')
      .set({ expires_at: expiresAt ?? null })
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      .where('revoked_at', 'is', null)
      .execute();
    const row = await db
      .selectFrom('shares')
      .select(summaryColumns)
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    return row && summaryOfRow(row);
  });
}

/** For good: from then on it is as if it had never been. False when there is none. */
async function revokeShare(engine: Engine, ownerId: string, id: string, at: number): Promise<boolean> {
  return engine.write(async (db) => {
    const revoked = await db
      .updateTable('shares')
      .set({ revoked_at: at, title: '', snapshot: '' }) // what was public is not kept
      .where('id', '=', id)
      .where('owner_id', '=', ownerId)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    engine.markForgotten();
    return revoked.numUpdatedRows === 1n;
  });
}

/**
 * The one read without an owner: whoever knows the id may read it. Undefined for what is revoked, expired at `at` (epoch
 * ms), deleted or unknown.
 */
async function findOpenShare(engine: Engine, id: string, at: number): Promise<OpenShare | undefined> {
  const row = await engine.read((db) =>
    db
      .selectFrom('shares')
      .select(['id', 'owner_id', 'snapshot', 'created_at'])
      .where('id', '=', id)
      .where('owner_id', '!=', deletedOwner)
      .where('revoked_at', 'is', null)
      .where(({ eb, or }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', at)]))
      .executeTakeFirst(),
  );
  if (!row) return undefined;
  const snapshot = JSON.parse(row.snapshot) as ShareSnapshot; // written by us
  return { id: row.id, ownerId: row.owner_id, snapshot, createdAt: row.created_at };
}

async function countShareView(engine: Engine, id: string, at: number): Promise<void> {
  await engine.write((db) =>
    db
      .updateTable('shares')
      .set((row) => ({ views: row('views', '+', 1), last_view_at: at }))
      .where('id', '=', id)
      .where('owner_id', '!=', deletedOwner)
      .where('revoked_at', 'is', null)
      .execute(),
  );
}

/**
 * Makes a conversation of somebody's own out of a share. Its answers count as copies. The same id again makes nothing.
 * @throws AppError `conflict` when the id is in use for something else.
 */
async function forkShare(engine: Engine, ownerId: string, fork: ShareFork): Promise<{ created: boolean }> {
  const { id, share, settings, at } = fork;
  const { title, columns } = share.snapshot;
  return engine.write(async (db) => {
    const next = columns.reduce((sum, { messages }) => sum + messages.length, 0);
    const inserted = await db
      .insertInto('conversations')
      .values({ id, owner_id: ownerId, title: cleanText(title), created_at: at, updated_at: at, next_seq: next })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 0n) {
      if (await lockConversation(engine, db, ownerId, id)) return { created: false };
      throw new AppError('conflict', 'This id is in use.');
    }
    let seq = 0;
    for (const [position, { messages }] of columns.entries()) {
      const threadId = createId();
      const own = settings[position];
      if (!own) throw new Error('unreachable: each column has its settings');
      const thread = { id: threadId, conversation_id: id, position, settings: renderJson(own) };
      await db.insertInto('threads').values(thread).execute();
      await insertMessages(db, messages, { ...fork, ownerId, threadId, model: own.model, seq });
      seq += messages.length;
    }
    return { created: true };
  });
}

interface ForkPlace extends ShareFork {
  ownerId: string;
  threadId: string;
  model: ThreadSettings['model'];
  seq: number;
}

async function insertMessages(db: Db, messages: readonly SharedMessage[], place: ForkPlace): Promise<void> {
  let parentId: string | null = null;
  for (const [i, message] of messages.entries()) {
    const row: MessageRow = {
      id: createId(),
      conversation_id: place.id,
      thread_id: place.threadId,
      parent_id: parentId,
      role: message.role,
      parts: renderJson(partsOf(message)),
      created_at: place.at,
      seq: place.seq + i,
    };
    await db.insertInto('messages').values(row).execute();
    if (message.role === 'assistant')
      await db
        .insertInto('generations')
        .values(rowOfAnswer(message, row.id, place))
        .execute();
    parentId = row.id;
  }
}

function partsOf(message: SharedMessage): Segment[] {
  if (message.role === 'user') return [{ kind: 'answer', text: message.text }];
  const parts: Segment[] = [
    { kind: 'reasoning', text: message.thinking ?? '' },
    { kind: 'answer', text: message.answer },
  ];
  return parts.filter(({ text }) => text !== '');
}

/** A row of the token log that sums leave out: its tokens were spent by somebody else. */
function rowOfAnswer(answer: SharedAnswer, id: string, place: ForkPlace): GenerationRow {
  const { numbers, ending } = answer;
  const state = ending === 'length' || ending === 'filtered' ? 'complete' : (ending ?? 'complete');
  const row = rowOfNewGeneration(
    {
      instanceId: place.instanceId,
      providerId: place.model.providerId,
      modelKey: place.model.modelKey,
      modelId: answer.model,
      providerLabel: 'Shared',
      modelLabel: answer.model,
      recording: answer.recording === true,
      sampling: {},
      queuedAt: place.at,
    },
    { id, ownerId: place.ownerId, conversationId: place.id, threadId: place.threadId },
  );
  return {
    ...row,
    state,
    finish_reason: ending === 'length' || ending === 'filtered' ? ending : state === 'complete' ? 'stop' : 'unknown',
    complete: ending === undefined ? 1 : 0,
    copied_from: place.share.id,
    ...columnsOfHealth(answer.health),
    timeline: answer.timeline ? renderJson(answer.timeline) : null,
    ...(numbers && {
      reasoning_tokens: numbers.thinkingTokens,
      answer_tokens: numbers.answerTokens,
      usage_source: numbers.source,
      reasoning_start_ms: numbers.thinkingMs === undefined ? null : 0,
      reasoning_end_ms: numbers.thinkingMs ?? null,
      end_ms: numbers.totalMs ?? null,
    }),
  };
}

const summaryColumns = [
  'id',
  'conversation_id',
  'title',
  'column_count',
  'thinking',
  'numbers',
  'system_prompts',
  'created_at',
  'expires_at',
  'views',
  'last_view_at',
] as const;

function summaryOfRow(row: Pick<ShareRow, (typeof summaryColumns)[number]>): ShareSummary {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    title: row.title,
    columns: row.column_count,
    thinking: row.thinking,
    numbers: row.numbers === 1,
    systemPrompts: row.system_prompts === 1,
    createdAt: row.created_at,
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    views: row.views,
    ...(row.last_view_at !== null && { lastViewAt: row.last_view_at }),
  };
}
