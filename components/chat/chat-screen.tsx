'use client';

import { ArrowDown } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { ConversationDetail, Message, ThreadSettings } from '../../lib/conversation.ts';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import { loadRenderer } from '../markdown/lazy-markdown.tsx';
import { ShareButton } from '../share/share-button.tsx';
import { ExportButton } from '../shell/export-button.tsx';
import { Button } from '../ui/button.tsx';
import { Problem } from '../ui/problem.tsx';
import { useStored, writeStored } from '../ui/stored.ts';
import { useFollowEnd } from '../ui/use-follow-end.ts';
import type { OtherModel } from '../asking/ask-again.tsx';
import { AutomaticTitle } from '../conversation/automatic-title.tsx';
import { useBegunConversation } from '../conversation/begin-conversation.ts';
import { CompareButton } from './compare-button.tsx';
import { Composer } from '../asking/composer.tsx';
import { useSending } from '../asking/use-sending.ts';
import { noPicturesFor } from '../conversation/draft-file.ts';
import {
  type ConversationStore,
  conversationStoreOf,
  newConversationStore,
} from '../conversation/conversation-store.ts';
import { type ExampleQuestion, Examples, RecordingsBanner, Welcome } from './empty-chat.tsx';
import { FindInConversation } from '../answer/find/find-in-conversation.tsx';
import { MessageList } from '../answer/message-list.tsx';
import {
  defaultModel,
  findModel,
  lastModelKey,
  onlyRecordings,
  refText,
  rememberedModel,
} from '../conversation/model-choice.ts';
import { ModelPicker } from '../asking/model-picker.tsx';
import { type Parameters, readParameters, rememberParameters } from '../asking/parameter-memory.ts';
import { ParametersButton } from '../asking/parameters-button.tsx';
import { PromptTemplate } from '../asking/prompt-template.tsx';
import { RunningStatus } from './running-status.tsx';
import { type PathNode, pathOf } from '../conversation/thread-path.ts';
import { useTitle } from '../conversation/use-title.ts';

const TokenStrip = lazy(() => import('../answer/tokens/token-strip.tsx'));

interface NewChatProps {
  providers: ProviderModels[];
  examples: ExampleQuestion[];
}

const noModel: ModelRef = { providerId: '', modelKey: '' };

/** A new chat: it becomes a conversation, with its own address, when the server has taken the first question. */
export function NewChat({ providers, examples }: NewChatProps) {
  const begin = () => newConversationStore([{ model: defaultModel(providers) ?? noModel, sampling: {} }]);
  const { store, key } = useBegunConversation('/', begin, isChat);
  if (!store) return <main className="chat" aria-busy />;
  return <Chat key={key} store={store} draftKey="new" initialProviders={providers} examples={examples} />;
}

const isChat = (store: ConversationStore) => store.getView().threads.length === 1;

/** A conversation that exists. */
export function ExistingChat({
  conversation,
  providers,
}: {
  conversation: ConversationDetail;
  providers: ProviderModels[];
}) {
  const [store] = useState(() => conversationStoreOf(conversation));
  return <Chat store={store} draftKey={conversation.id} initialProviders={providers} examples={[]} />;
}

function Chat(props: {
  store: ConversationStore;
  draftKey: string;
  initialProviders: ProviderModels[];
  examples: ExampleQuestion[];
}) {
  const { store } = props;
  const view = useSyncExternalStore(store.subscribe, store.getView, store.getView);
  const [providers, setProviders] = useState(props.initialProviders);
  const remembered = useStored(lastModelKey);
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  /** The system prompt was written in this chat, not taken from what the browser remembers for the model. */
  const promptWritten = useRef(false);
  const [thread] = view.threads;
  const path = useMemo(() => pathOf(view.messages, thread.id, view.choice), [view.messages, thread.id, view.choice]);
  const title = useTitle(view);
  const running = view.running.length > 0;
  const { following, toEnd } = useFollowEnd({ box, content, growing: running, startAtEnd: true });
  const sending = useSending({ store, view, providers, onSend: toEnd });
  const empty = path.length === 0;

  useEffect(() => store.attach(), [store]);
  useEffect(() => {
    const { threads, saved, messages } = store.getView();
    if (saved || messages.length > 0) return;
    const [thread] = threads;
    const model = rememberedModel(providers, remembered) ?? thread.settings.model;
    void store.setSettings(
      thread.id,
      settingsFor(model, { keep: promptWritten.current, now: thread.settings.systemPrompt }),
    );
    // Only what the browser remembers: a change of the chat's own model writes it, and comes back here as the same.
  }, [store, remembered, providers]);
  useStopOnEscape(running, store);

  const { settings } = thread;
  const { model } = settings;
  const setSettings = (change: Partial<ThreadSettings>) => void store.setSettings(thread.id, change);
  const prompt = () => ({ keep: view.saved || promptWritten.current, now: settings.systemPrompt });
  const chooseModel = (model: ModelRef) => {
    writeStored(lastModelKey, refText(model));
    setSettings(settingsFor(model, prompt()));
  };
  const setParameters = (parameters: Parameters) => {
    promptWritten.current ||= parameters.systemPrompt !== settings.systemPrompt;
    rememberParameters(model, parameters);
    setSettings(parameters);
  };
  const askExample = (example: ExampleQuestion) => {
    setSettings(settingsFor({ providerId: example.providerId, modelKey: example.modelKey }, prompt()));
    void sending.send(example.question);
  };
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
  const found = findModel(providers, model);

  if (view.gone) return <Gone />;
  return (
    <main className="chat" data-empty={empty || undefined}>
      <title>{view.saved ? `${title} · Thinkglass` : 'Thinkglass'}</title>
      <div ref={box} className="chat-scroll">
        <div ref={content} className="chat-column">
          {empty ? (
            <Welcome />
          ) : (
            <>
              <h1 className="sr-only">{title}</h1>
              <MessageList
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
      <div className="chat-dock">
        {!following && !empty && (
          <button type="button" className="pill chat-jump" onClick={toEnd}>
            <ArrowDown aria-hidden size={14} /> Jump to latest
          </button>
        )}
        {view.problem && <Problem words={view.problem} onDismiss={() => store.dismissProblem()} />}
        {path.length > 3 && (
          <Suspense>
            <TokenStrip store={store} path={path} />
          </Suspense>
        )}
        <Composer
          ref={sending.composer}
          draftKey={view.saved ? view.id : props.draftKey}
          running={running}
          blocked={sending.blocked ?? (model === noModel ? 'Choose a model first.' : undefined)}
          noPictures={noPicturesFor([settings], providers)}
          onSend={sending.send}
          onStop={() => void store.stop()}
          onWrite={loadRenderer}
        >
          <ModelPicker
            providers={providers}
            value={model === noModel ? undefined : model}
            onChoose={chooseModel}
            onProviders={setProviders}
          />
          <PromptTemplate settings={settings} model={found?.model} onChange={setSettings} />
          <ParametersButton
            settings={settings}
            model={found?.model}
            providerLabel={found?.group.provider.label ?? model.providerId}
            onChange={setParameters}
          />
          <CompareButton store={store} view={view} />
          {view.saved && <ShareButton conversationId={view.id} branches={branchOf(thread.id, path)} />}
          {view.saved && (
            <ExportButton
              conversationId={view.id}
              title={title}
              leafIds={path.slice(-1).map(({ message }) => message.id)}
            />
          )}
        </Composer>
        {empty && <Examples examples={props.examples} onAsk={askExample} />}
        {empty && onlyRecordings(providers) && <RecordingsBanner />}
      </div>
      <RunningStatus store={store} running={view.running} />
      <FindInConversation store={store} />
      <AutomaticTitle store={store} />
    </main>
  );
}

/** What changes with the model: how to sample belongs to it, the system prompt to a chat that has begun or where it was written. */
function settingsFor(model: ModelRef, prompt: { keep: boolean; now: string | undefined }): Partial<ThreadSettings> {
  const { sampling, systemPrompt } = readParameters(model);
  return { model, sampling, systemPrompt: prompt.keep ? prompt.now : systemPrompt };
}

/** What is shared: the branch that is looked at. */
function branchOf(threadId: string, path: readonly PathNode[]) {
  const leaf = path.at(-1);
  return leaf ? [{ threadId, leafId: leaf.message.id, label: '' }] : [];
}

/** Esc stops, unless it closed something first. */
function useStopOnEscape(running: boolean, store: ConversationStore): void {
  useEffect(() => {
    if (!running) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
      // What the pointer alone has opened does not keep Esc from stopping.
      if (document.querySelector('dialog[open], [popover]:popover-open:not(.hover-card)')) return;
      if (event.target instanceof Element && event.target.closest('[data-owns-escape]')) return;
      void store.stop();
    };
    // In the capturing phase: an open panel is still open then.
    document.addEventListener('keydown', onKeyDown, true);
    return () => document.removeEventListener('keydown', onKeyDown, true);
  }, [running, store]);
}

function Gone() {
  const router = useRouter();
  return (
    <main className="chat" data-empty>
      <title>Gone · Thinkglass</title>
      <div className="welcome">
        <h1>This conversation is no longer here.</h1>
        <p>It was deleted, perhaps in another tab.</p>
        <Button tone="primary" onClick={() => router.push('/')}>
          New chat
        </Button>
      </div>
    </main>
  );
}
