import { useEffect, useRef } from 'react';
import type { Thread, ThreadSettings } from '../../lib/conversation.ts';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import { type Parameters, readParameters, rememberParameters } from '../asking/parameter-memory.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { lastModelKey, refText, rememberedModel } from '../conversation/model-choice.ts';
import { useStored, writeStored } from '../ui/stored.ts';

export interface ChatSettings {
  change: (change: Partial<ThreadSettings>) => void;
  /** Another model, with what this browser remembers for it. */
  chooseModel: (model: ModelRef) => void;
  /** Another model for an example or a link, which is not remembered. */
  borrowModel: (model: ModelRef) => void;
  /** How to ask, remembered for the model; what else is given belongs to this chat. */
  setParameters: (parameters: Parameters & Partial<ThreadSettings>) => void;
}

/** How a chat asks: a new one as this browser asked last, until something else is chosen. */
export function useChatSettings(
  store: ConversationStore,
  { id, settings }: Thread,
  providers: readonly ProviderModels[],
): ChatSettings {
  const remembered = useStored(lastModelKey);
  /** The system prompt was written in this chat, not taken from what the browser remembers for the model. */
  const promptWritten = useRef(false);
  /** The model is another one than is remembered, for this chat. */
  const isBorrowed = useRef(false);
  useEffect(() => {
    const { threads, saved, messages } = store.getView();
    if (saved || messages.length > 0 || isBorrowed.current) return;
    const [thread] = threads;
    const model = rememberedModel(providers, remembered) ?? thread.settings.model;
    const prompt = { keep: promptWritten.current, now: thread.settings.systemPrompt };
    void store.setSettings(thread.id, settingsFor(model, prompt));
    // Only what the browser remembers: a change of the chat's own model writes it, and comes back here as the same.
  }, [store, remembered, providers]);

  const change = (change: Partial<ThreadSettings>) => void store.setSettings(id, change);
  const takeModel = (model: ModelRef) => {
    const keep = store.getView().saved || promptWritten.current;
    change(settingsFor(model, { keep, now: settings.systemPrompt }));
  };
  return {
    change,
    borrowModel: (model) => {
      isBorrowed.current = true;
      takeModel(model);
    },
    chooseModel: (model) => {
      isBorrowed.current = false;
      writeStored(lastModelKey, refText(model));
      takeModel(model);
    },
    setParameters: (parameters) => {
      promptWritten.current ||= parameters.systemPrompt !== settings.systemPrompt;
      rememberParameters(settings.model, parameters);
      change(parameters);
    },
  };
}

/** What changes with the model: how to sample belongs to it, the system prompt to a chat that has begun or where it was written. */
function settingsFor(model: ModelRef, prompt: { keep: boolean; now: string | undefined }): Partial<ThreadSettings> {
  const { sampling, systemPrompt } = readParameters(model);
  return { model, sampling, systemPrompt: prompt.keep ? prompt.now : systemPrompt };
}
