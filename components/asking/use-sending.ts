import { type RefObject, useRef } from 'react';
import type { ProviderModels } from '../../lib/model.ts';
import { settleAddress } from '../conversation/begin-conversation.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import type { DraftFile } from '../conversation/draft-file.ts';
import type { ComposerHandle } from './composer.tsx';

export interface Sending {
  /** To be given to the page's composer. */
  composer: RefObject<ComposerHandle | null>;
  /** Why nothing more can be asked, in words; undefined when it can. */
  blocked: string | undefined;
  /** Asks all threads, or those that are named; resolves to true once the server has it. */
  send: (text: string, files?: readonly DraftFile[], threadIds?: readonly string[]) => Promise<boolean>;
  /** What was not sent is sent again. */
  sendAgain: () => Promise<void>;
  /** What was not sent goes back into the composer. */
  takeBack: () => void;
}

/**
 * The way from a page's composer to its conversation and, of what the server did not take, the way back.
 * @param options.onSend something is on its way: it is what is to be looked at
 */
export function useSending(options: {
  store: ConversationStore;
  view: ConversationView;
  providers: readonly ProviderModels[];
  onSend?: () => void;
}): Sending {
  const { store, view, providers, onSend } = options;
  const composer = useRef<ComposerHandle>(null);
  const settle = (sent: Promise<boolean>) => {
    onSend?.();
    return settleAddress(store, sent);
  };
  return {
    composer,
    blocked: view.unsent?.failure === undefined ? undefined : 'Send or edit the question above first.',
    send: (text, files, threadIds) => settle(store.ask(text, providers, threadIds, files)),
    sendAgain: async () => {
      const text = view.unsent?.text ?? '';
      if (await settle(store.sendAgain(providers))) composer.current?.forget(text);
    },
    takeBack: () => {
      const files = view.unsent?.files;
      composer.current?.prepend(store.takeBack(), files);
    },
  };
}
