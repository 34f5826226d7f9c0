'use client';

import { useState } from 'react';
import type { ConversationDetail } from '../../lib/conversation.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { AnswerView } from '../answer/answer-view.tsx';
import { AnswerViewOfPage } from '../answer/lazy-answer.tsx';
import { MessageListOfPage } from '../answer/lazy-message-list.tsx';
import { MessageList } from '../answer/message-list.tsx';
import { conversationStoreOf } from '../conversation/conversation-store.ts';
import { Chat } from './chat-screen.tsx';

/** A conversation that exists. */
export function ExistingChat(props: { conversation: ConversationDetail; providers: ProviderModels[] }) {
  const { conversation, providers } = props;
  const [store] = useState(() => conversationStoreOf(conversation));
  return (
    <AnswerViewOfPage value={AnswerView}>
      <MessageListOfPage value={MessageList}>
        <Chat store={store} draftKey={conversation.id} initialProviders={providers} examples={[]} />
      </MessageListOfPage>
    </AnswerViewOfPage>
  );
}
