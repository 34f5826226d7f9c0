import type { Thread, ThreadSettings } from '../../conversation.ts';
import type { Queries } from './engine.ts';
import type { ThreadRow } from './schema.ts';

export async function findThreadIn(db: Queries, ownerId: string, threadId: string): Promise<Thread | undefined> {
  const row = await db
    .selectFrom('threads')
    .innerJoin('conversations', 'conversations.id', 'threads.conversation_id')
    .selectAll('threads')
    .where('threads.id', '=', threadId)
    .where('conversations.owner_id', '=', ownerId)
    .executeTakeFirst();
  return row && threadOfRow(row);
}

export function threadOfRow(row: ThreadRow & { leaf_id?: string | null }): Thread {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    position: row.position,
    settings: JSON.parse(row.settings) as ThreadSettings, // written by us
    ...(row.leaf_id && { leafId: row.leaf_id }),
  };
}
