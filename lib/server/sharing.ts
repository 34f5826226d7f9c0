import type { ConversationDetail, ThreadSettings } from '../conversation.ts';
import { AppError } from '../errors.ts';
import { type ShareChoice, type SharedColumn, type ShareSnapshot, snapshotOf } from '../share.ts';
import type { Runtime } from './runtime.ts';
import type { ViewerRegistry } from './viewer-models.ts';

/**
 * Exactly what would be public of a conversation.
 * @throws AppError `not_found` when the viewer has no such conversation, thread or message; `conflict` when nothing of it
 * is finished.
 */
export async function previewShare({ store }: Runtime, ownerId: string, choice: ShareChoice): Promise<ShareSnapshot> {
  const conversation = await store.conversations.find(ownerId, choice.conversationId);
  const unknown = new AppError('not_found', 'There is no such conversation, or no such branch in it.');
  if (!conversation) throw unknown;
  const ids = new Set(conversation.messages.map(({ id, threadId }) => `${threadId} ${id}`));
  if (choice.threads.some(({ threadId, leafId }) => !ids.has(`${threadId} ${leafId}`))) throw unknown;
  const timelines = choice.numbers
    ? await store.generations.timelines(ownerId, lastAnswers(conversation, choice))
    : undefined;
  const snapshot = snapshotOf(conversation, choice, timelines);
  if (!snapshot)
    throw new AppError('conflict', 'There is no finished answer to share yet. Try again when it is there.');
  return snapshot;
}

/** Of so many answers how their tokens came is shared. */
const maxTimelines = 12;

function lastAnswers({ messages }: ConversationDetail, { threads }: ShareChoice): string[] {
  return messages
    .filter(({ role, threadId }) => role === 'assistant' && threads.some((thread) => thread.threadId === threadId))
    .slice(-maxTimelines)
    .map(({ id }) => id);
}

/** Settings for each column of a share that becomes somebody's own: their model of that name, if they have one. */
export function settingsForFork(snapshot: ShareSnapshot, models: ViewerRegistry): ThreadSettings[] {
  const offered = models.list();
  return snapshot.columns.map((column) => ({
    model: findNamed(offered, column) ?? { providerId: 'shared', modelKey: column.model },
    ...(column.systemPrompt !== undefined && { systemPrompt: column.systemPrompt }),
    sampling: {},
  }));
}

function findNamed(
  offered: ReturnType<ViewerRegistry['list']>,
  column: SharedColumn,
): ThreadSettings['model'] | undefined {
  for (const { provider, models } of offered) {
    const model = models.find(({ label }) => label === column.model);
    if (model) return { providerId: provider.id, modelKey: model.key };
  }
  return undefined;
}
