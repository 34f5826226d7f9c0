'use client';

import { useState } from 'react';
import type { Message } from '../../lib/conversation.ts';
import type { Segment } from '../../lib/stream-part.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { lazyPanel } from '../ui/lazy-part.tsx';
import { MessageMenu } from './message-menu.tsx';

const AnswerEntries = lazyPanel(() => import('./answer-entries.tsx'));

/** All that can be done with an answer, by name; what is done most stands beside it. */
export function AnswerMenu(props: {
  store: ConversationStore;
  message: Message;
  segments: readonly Segment[];
  /** Whether it has tokens to show. */
  isCounted: boolean;
  /** Whether the conversation can go on elsewhere from here. */
  branches: boolean;
}) {
  const { message, segments, isCounted } = props;
  const [said, setSaid] = useState('');
  return (
    <>
      <MessageMenu {...props} onNear={AnswerEntries.preload} onOpen={() => setSaid('')}>
        <AnswerEntries id={message.id} segments={segments} isCounted={isCounted} onSaid={setSaid} />
      </MessageMenu>
      <span role="status" className="sr-only">
        {said}
      </span>
    </>
  );
}
