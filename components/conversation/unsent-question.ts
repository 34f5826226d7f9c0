import { attachmentId } from '../../lib/attachment.ts';
import type { Generation, Message, ThreadSettings } from '../../lib/conversation.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { type DraftFile, showFrom } from './draft-file.ts';

/** One thread's share of a question. */
export interface UnsentAsk {
  threadId: string;
  questionId: string;
  answerId: string;
  /** The answer it follows. */
  parentId: string | null;
}

/** A question, for one thread or several, that is drawn but that the server has not (or may not have) taken. */
export interface Unsent {
  text: string;
  asks: readonly UnsentAsk[];
  files: readonly DraftFile[];
  /** Undefined while it is on its way. */
  failure?: string;
  /** The server is away: it is sent by itself when that is back. Comes with a failure. */
  waits?: boolean;
}

/** Whether a drawn message, question or answer, belongs to it. */
export function isOfUnsent(unsent: Unsent, message: Message): boolean {
  return unsent.asks.some((ask) => message.id === ask.questionId || message.id === ask.answerId);
}

/** The question as it is drawn in one thread. */
export function questionOfAsk(ask: UnsentAsk, text: string, files: readonly DraftFile[]): Message {
  const { questionId: id, threadId, parentId } = ask;
  const attachments = files.map((file, i) => {
    const { name, mediaType, size, url } = file;
    const attachment = { id: attachmentId(id, i), name, mediaType, size };
    if (url) showFrom(attachment.id, url);
    return attachment;
  });
  return {
    id,
    threadId,
    parentId,
    role: 'user',
    parts: [{ kind: 'answer', text }],
    createdAt: Date.now(),
    ...(attachments.length > 0 && { attachments }),
  };
}

/** An answer that has been asked for and of which nothing is known yet. */
export function waitingAnswer(
  place: { id: string; parentId: string; threadId: string },
  settings: ThreadSettings,
  providers: readonly ProviderModels[],
): Message {
  const now = Date.now();
  const generation = waitingGeneration(place.id, settings, providers, now);
  return { ...place, role: 'assistant', parts: [], createdAt: now, generation };
}

function waitingGeneration(
  id: string,
  settings: ThreadSettings,
  providers: readonly ProviderModels[],
  now: number,
): Generation {
  const { providerId, modelKey } = settings.model;
  const group = providers.find((g) => g.provider.id === providerId);
  const model = group?.models.find((m) => m.key === modelKey);
  return {
    id,
    state: 'running',
    providerId,
    modelKey,
    modelId: model?.id ?? modelKey,
    providerLabel: group?.provider.label ?? providerId,
    modelLabel: model?.label ?? modelKey,
    recording: model?.recording ?? false,
    sampling: settings.sampling,
    queuedAt: now,
    times: {},
    notices: [],
  };
}
