import type { ProviderModels } from '../../../lib/model.ts';
import type { ModelOverride, ModelOverrideEntry } from '../../../lib/provider.ts';
import type { RefileResult, RefileWish } from '../../../lib/reasoning/refile.ts';
import { RequestFailed, requestJson } from '../../client/request-json.ts';
import type { ConversationStore } from '../../conversation/conversation-store.ts';
import { asideOf, type RefileNote, type Remembered, setAside } from '../aside.ts';

/** Files a part of a finished answer as the other kind, and says so under it. */
export function refileAnswer(store: ConversationStore, messageId: string, wish: RefileWish): Promise<void> {
  return noting(messageId, async () => {
    const result = await post(messageId, wish);
    await store.reread();
    return { state: 'filed', kind: wish.kind, result };
  });
}

/** Takes the last filing back. */
export function takeBackFiling(store: ConversationStore, messageId: string): Promise<void> {
  return noting(messageId, async (remembered) => {
    await post(messageId, { undo: true });
    await store.reread();
    return { state: 'filed-back', ...(remembered && { remembered }) };
  });
}

/** Says of the model what would have filed this answer so from the beginning. */
export function rememberFiling(messageId: string): Promise<void> {
  return noting(messageId, async () => {
    const { note } = asideOf(messageId);
    if (note?.state !== 'filed' || !note.result.remember) return note;
    const { providerId, modelKey, startsInReasoning } = note.result.remember;
    const [{ providers }, { overrides }] = await Promise.all([
      requestJson<{ providers: ProviderModels[] }>('GET', '/api/models'),
      requestJson<{ overrides: ModelOverrideEntry[] }>('GET', '/api/models/overrides'),
    ]);
    const group = providers.find(({ provider }) => provider.id === providerId);
    const model = group?.models.find(({ key }) => key === modelKey);
    if (!model) throw new RequestFailed('not_found', 'This model is not offered any more.');
    const before = overrides.find((o) => o.providerId === providerId && o.modelKey === modelKey)?.override ?? null;
    await putOverride({ providerId, modelKey }, { ...before, reasoning: { ...model.reasoning, startsInReasoning } });
    return { ...note, remembered: { providerId, modelKey, startsInReasoning, before } };
  });
}

/** Says of the model again what was said before. */
export function forgetFiling(messageId: string): Promise<void> {
  return noting(messageId, async (remembered) => {
    if (remembered) await putOverride(remembered, remembered.before as ModelOverride | null); // as the API gave it
    const { note } = asideOf(messageId);
    if (note?.state !== 'filed') return undefined;
    const { remembered: _, ...filed } = note;
    return filed;
  });
}

function post(messageId: string, body: RefileWish | { undo: true }): Promise<RefileResult> {
  return requestJson<RefileResult>('POST', `/api/generations/${messageId}/reclassify`, body);
}

function putOverride(
  model: { providerId: string; modelKey: string },
  override: ModelOverride | null,
): Promise<unknown> {
  const { providerId, modelKey } = model;
  return requestJson('PUT', '/api/models/overrides', { overrides: [{ providerId, modelKey, override }] });
}

async function noting(
  messageId: string,
  action: (remembered: Remembered | undefined) => Promise<RefileNote | undefined>,
): Promise<void> {
  const { note } = asideOf(messageId);
  try {
    setAside(messageId, { note: await action(note?.remembered), problem: undefined });
  } catch (error) {
    const words = error instanceof RequestFailed ? error.message : 'Something went wrong in this page. Try again.';
    setAside(messageId, { problem: words });
  }
}
