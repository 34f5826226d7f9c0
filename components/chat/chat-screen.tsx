'use client';

import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { Message } from '../../lib/conversation.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { FindInConversation } from '../answer/find/find-in-conversation.tsx';
import { LazyMessageList } from '../answer/lazy-message-list.tsx';
import { placeOfLastTurn } from '../answer/last-turn.ts';
import type { OtherModel } from '../asking/ask-again.tsx';
import { useSending } from '../asking/use-sending.ts';
import { PageTitle } from '../client/page-title.tsx';
import { AutomaticTitle } from '../conversation/automatic-title.tsx';
import { useBegunConversation } from '../conversation/begin-conversation.ts';
import { type ConversationStore, newConversationStore } from '../conversation/conversation-store.ts';
import { defaultModel } from '../conversation/model-choice.ts';
import { formatMoment } from '../../lib/quantity-words.ts';
import { type PathNode, pathOf } from '../../lib/thread-path.ts';
import { useTitle } from '../conversation/use-title.ts';
import { Button } from '../ui/button.tsx';
import { lazyPart } from '../ui/lazy-part.tsx';
import { PageNote } from '../ui/page-note.tsx';
import { useFollowEnd } from '../ui/use-follow-end.ts';
import { ChatDock } from './chat-dock.tsx';
import type { FilledChat } from './filled-in.tsx';
import { type ExampleQuestion, Welcome } from './empty-chat.tsx';
import { noModel } from './no-model.ts';
import { useChatSettings } from './use-chat-settings.ts';
import { useStopOnEscape } from './use-stop-on-escape.ts';

const FilledIn = lazyPart(() => import('./filled-in.tsx'));
const RunningStatus = lazyPart(() => import('./running-status.tsx'));

interface NewChatProps {
  providers: ProviderModels[];
  examples: ExampleQuestion[];
  /** What its address says. */
  filled?: FilledChat;
}

const page = 'chat group/chat relative flex min-h-0 flex-1 flex-col data-empty:overflow-y-auto';

/** A new chat: it becomes a conversation, with its own address, when the server has taken the first question. */
export function NewChat({ providers, examples, filled }: NewChatProps) {
  const begin = () => newConversationStore([{ model: defaultModel(providers) ?? noModel, sampling: {} }]);
  const { store, key } = useBegunConversation('/', begin, isChat);
  if (!store) return <main className={page} aria-busy />;
  return (
    <Chat key={key} store={store} draftKey="new" initialProviders={providers} examples={examples} filled={filled} />
  );
}

const isChat = (store: ConversationStore) => store.getView().threads.length === 1;

/** A conversation of one thread, new or not. */
export function Chat(props: {
  store: ConversationStore;
  draftKey: string;
  initialProviders: ProviderModels[];
  examples: ExampleQuestion[];
  filled?: FilledChat | undefined;
}) {
  const { store } = props;
  const view = useSyncExternalStore(store.subscribe, store.getView, store.getView);
  const [providers, setProviders] = useState(props.initialProviders);
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [thread] = view.threads;
  const path = useMemo(() => pathOf(view.messages, thread.id, view.choice), [view.messages, thread.id, view.choice]);
  const title = useTitle(view);
  const running = view.running.length > 0;
  const { leadsOn, toEnd } = useFollowEnd({
    box,
    content,
    growing: running,
    startAtEnd: true,
    openAt: placeOfLastTurn,
  });
  const sending = useSending({ store, view, providers, onSend: toEnd });
  const empty = path.length === 0;

  useEffect(() => store.attach(), [store]);
  const chatSettings = useChatSettings(store, thread, providers);
  const stopQuestion = useStopOnEscape(running, store);

  const retry = useCallback(
    (questionId: string, other?: OtherModel) => {
      toEnd();
      void store.retry(questionId, providers, other);
    },
    [store, providers, toEnd],
  );
  const edit = useCallback(
    (question: Message, text: string, everywhere: boolean) => {
      toEnd();
      void store.edit(question, text, providers, everywhere);
    },
    [store, providers, toEnd],
  );
  const asking = useMemo(() => ({ providers, onProviders: setProviders }), [providers]);

  if (view.gone) return <Gone />;
  return (
    <main className={page} data-empty={empty || undefined} data-asks>
      <PageTitle of={view.saved ? `${title} · Thinkglass` : 'Thinkglass'} conversationId={view.id} />
      {/* It is a box of its own: what is hidden in it for the eye only must not lengthen the page. */}
      <div
        ref={box}
        className="chat-scroll relative min-h-0 flex-1 overflow-y-auto overscroll-contain group-data-empty/chat:mt-auto group-data-empty/chat:flex-none group-data-empty/chat:overflow-visible"
      >
        <div
          ref={content}
          className="chat-column mx-auto max-w-column px-4 pt-5 pb-10 group-data-empty/chat:py-2 md:px-5 md:pt-10 md:pb-12 md:group-data-empty/chat:py-6"
        >
          {empty ? (
            <Welcome />
          ) : (
            <>
              <h1 className="sr-only print:not-sr-only print:font-serif print:text-xl">{title}</h1>
              <p className="hidden pb-4 text-sm print:block" suppressHydrationWarning>
                {printedLine(path)}
              </p>
              <LazyMessageList
                store={store}
                path={path}
                unsent={view.unsent}
                asking={asking}
                onRetry={retry}
                onEdit={edit}
                onSendAgain={() => void sending.sendAgain()}
                onTakeBack={sending.takeBack}
              />
            </>
          )}
        </div>
      </div>
      <ChatDock
        store={store}
        view={view}
        path={path}
        title={title}
        draftKey={props.draftKey}
        providers={providers}
        onProviders={setProviders}
        chatSettings={chatSettings}
        sending={sending}
        examples={props.examples}
        onJump={leadsOn && !empty ? toEnd : undefined}
        stopQuestion={stopQuestion}
      />
      {empty && props.filled && (
        <FilledIn
          filled={props.filled}
          composer={sending.composer}
          providers={providers}
          onModel={chatSettings.borrowModel}
        />
      )}
      {!empty && <RunningStatus store={store} running={view.running} />}
      <FindInConversation store={store} />
      <AutomaticTitle store={store} />
    </main>
  );
}

/** On paper, below the title: who was asked, and when last. */
function printedLine(path: readonly PathNode[]): string {
  const models = new Set(path.flatMap(({ message }) => message.generation?.modelLabel ?? []));
  return [...models, formatMoment(path.at(-1)?.message.createdAt ?? 0)].join(' · ');
}

function Gone() {
  const router = useRouter();
  return (
    <main className={page} data-empty>
      <title>Gone · Thinkglass</title>
      <PageNote heading="This conversation is no longer here.">
        <p>It was deleted, perhaps in another tab.</p>
        <Button tone="primary" onClick={() => router.push('/')}>
          New chat
        </Button>
      </PageNote>
    </main>
  );
}
