import { answeredOf, type Conversation } from '../../conversation.ts';
import type { Db } from './engine.ts';

/** Who answered in these conversations and what the thinking took, one query for all. */
export async function answeredIn(
  db: Db,
  ids: readonly string[],
): Promise<(id: string) => Pick<Conversation, 'answered'>> {
  if (ids.length === 0) return () => ({});
  const rows = await db
    .selectFrom('generations')
    .select(['conversation_id', 'model_label'])
    .select((of) => [
      of.fn.max('queued_at').as('asked_at'),
      of.fn.sum<number | string | null>('reasoning_tokens').as('thinking_tokens'),
    ])
    .where('conversation_id', 'in', ids)
    .groupBy(['conversation_id', 'model_label'])
    .execute();
  const byConversation = Map.groupBy(rows, (row) => row.conversation_id);
  return (id) => {
    const answered = answeredOf(
      (byConversation.get(id) ?? []).map(({ model_label, asked_at, thinking_tokens }) => ({
        model: model_label,
        askedAt: Number(asked_at),
        thinkingTokens: thinking_tokens === null ? undefined : Number(thinking_tokens), // PostgreSQL adds up to text
      })),
    );
    return answered ? { answered } : {};
  };
}
