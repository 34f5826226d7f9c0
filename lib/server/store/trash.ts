import type { Conversation } from '../../conversation.ts';
import { lockConversation, purgeRows, summaryOf } from './conversations.ts';
import { bind, type Db, type Engine } from './engine.ts';
import { deletedOwner } from './deleted-owner.ts';
import { forgetConversationSearch, forgetOwnerSearch } from './search.ts';

/**
 * Deleting with a way back. A deleted conversation belongs to nobody: every query asks by owner, so none can find it,
 * whatever is added later. So do its links, which open for nobody then. Who deleted it may have it back, with its links,
 * until it is purged, and then nothing of it is left.
 */
export function createTrash(engine: Engine) {
  return bind(engine, {
    put: hideConversation,
    putAll: hideAllConversations,
    restore: restoreConversation,
    purge: purgeDeleted,
  });
}

/**
 * Deletes with a way back: from here on it answers as if it were unknown, and its shared links are gone. `at` in epoch
 * ms. False when there is none.
 */
async function hideConversation(engine: Engine, ownerId: string, id: string, at: number): Promise<boolean> {
  return engine.write(async (db) => {
    if (!(await lockConversation(engine, db, ownerId, id))) return false;
    await db
      .updateTable('conversations')
      .set({ owner_id: deletedOwner, deleted_by: ownerId, deleted_at: at })
      .where('id', '=', id)
      .execute();
    await db.updateTable('generations').set({ owner_id: deletedOwner }).where('conversation_id', '=', id).execute();
    await db.updateTable('shares').set({ owner_id: deletedOwner }).where('conversation_id', '=', id).execute();
    await forgetConversationSearch(engine, db, id);
    return true;
  });
}

/** The same with all of a person's conversations; answers their ids. */
async function hideAllConversations(engine: Engine, ownerId: string, at: number): Promise<string[]> {
  return engine.write(async (db) => {
    const query = db.selectFrom('conversations').select('id').where('owner_id', '=', ownerId).orderBy('id');
    const ids = (await engine.lock(query).execute()).map((row) => row.id);
    await db.updateTable('shares').set({ owner_id: deletedOwner }).where('owner_id', '=', ownerId).execute();
    await db.updateTable('generations').set({ owner_id: deletedOwner }).where('owner_id', '=', ownerId).execute();
    await forgetOwnerSearch(engine, db, ownerId);
    await db
      .updateTable('conversations')
      .set({ owner_id: deletedOwner, deleted_by: ownerId, deleted_at: at })
      .where('owner_id', '=', ownerId)
      .execute();
    return ids;
  });
}

/** Takes back a deletion, but for shared links. Undefined when it was purged, or never deleted by this person. */
async function restoreConversation(engine: Engine, ownerId: string, id: string): Promise<Conversation | undefined> {
  return engine.write(async (db) => {
    const restored = await db
      .updateTable('conversations')
      .set({ owner_id: ownerId, deleted_by: null, deleted_at: null, search_stale: 1 })
      .where('id', '=', id)
      .where('deleted_by', '=', ownerId)
      .executeTakeFirst();
    if (restored.numUpdatedRows !== 1n) return undefined;
    await db.updateTable('generations').set({ owner_id: ownerId }).where('conversation_id', '=', id).execute();
    await db.updateTable('shares').set({ owner_id: ownerId }).where('conversation_id', '=', id).execute();
    await db.updateTable('messages').set({ search_stale: 1 }).where('conversation_id', '=', id).execute();
    return summaryOf(db, ownerId, id);
  });
}

/**
 * Takes away for good what was deleted at `before` (epoch ms) or earlier, each in a transaction of its own, so that many
 * hold nobody up for long; answers how many conversations that was.
 */
async function purgeDeleted(engine: Engine, before: number): Promise<number> {
  const due = await engine.read((db) =>
    db.selectFrom('conversations').select('id').where('deleted_at', '<=', before).orderBy('id').execute(),
  );
  let purged = 0;
  for (const { id } of due) {
    if (await engine.write((db) => purgeOne(engine, db, id, before))) purged++;
  }
  return purged;
}

async function purgeOne(engine: Engine, db: Db, id: string, before: number): Promise<boolean> {
  // It may have been taken back, or purged by another instance, since it was listed.
  const query = db.selectFrom('conversations').select('id').where('id', '=', id).where('deleted_at', '<=', before);
  if (!(await engine.lock(query).executeTakeFirst())) return false;
  await purgeRows(engine, db, id);
  return true;
}
