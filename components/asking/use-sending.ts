import { type RefObject, useEffect, useEffectEvent, useRef } from 'react';
import type { ProviderModels } from '../../lib/model.ts';
import { useAway } from '../client/connection.ts';
import { settleAddress } from '../conversation/begin-conversation.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import type { DraftFile } from '../conversation/draft-file.ts';
import type { Unsent } from '../conversation/unsent-question.ts';
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
 * The way from a page's composer to its conversation and, of what the server did not take, the way back. What waits for
 * the server is sent when it is there and nothing runs.
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
  const sendAgain = async () => {
    const text = view.unsent?.text ?? '';
    if (await settle(store.sendAgain(providers))) composer.current?.forget(text);
  };
  const away = useAway();
  const isItsTurn = view.unsent?.waits === true && !away && view.running.length === 0;
  const sendWaiting = useEffectEvent(sendAgain);
  useEffect(() => {
    if (isItsTurn) void sendWaiting();
  }, [isItsTurn]);
  return {
    composer,
    blocked: blockedBy(view.unsent),
    send: (text, files, threadIds) => settle(store.ask(text, providers, threadIds, files)),
    sendAgain,
    takeBack: () => {
      const files = view.unsent?.files;
      composer.current?.prepend(store.takeBack(), files);
    },
  };
}

function blockedBy(unsent: Unsent | undefined): string | undefined {
  if (unsent?.failure === undefined) return undefined;
  return unsent.waits ? 'The question above is sent first.' : 'Send or edit the question above first.';
}
