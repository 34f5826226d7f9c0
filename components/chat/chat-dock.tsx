import { ArrowDown } from 'lucide-react';
import type { ProviderModels } from '../../lib/model.ts';
import { Composer } from '../asking/composer.tsx';
import { ModelPicker } from '../asking/model-picker.tsx';
import { meterOf } from '../asking/meter.tsx';
import { ParametersButton } from '../asking/parameters-button.tsx';
import { PromptTemplate } from '../asking/prompt-template.tsx';
import type { Sending } from '../asking/use-sending.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import { noPicturesFor } from '../conversation/draft-file.ts';
import { findModel, isForAnything, onlyRecordings } from '../conversation/model-choice.ts';
import type { PathNode } from '../../lib/thread-path.ts';
import { loadAnswerView } from '../answer/lazy-answer.tsx';
import { loadMessageList } from '../answer/lazy-message-list.tsx';
import { loadRenderer } from '../markdown/lazy-markdown.tsx';
import { Button } from '../ui/button.tsx';
import { Problem } from '../ui/problem.tsx';
import { CompareButton } from './compare-button.tsx';
import { type ExampleQuestion, Examples, RecordingsBanner } from './empty-chat.tsx';
import { noModel } from './no-model.ts';
import type { ChatSettings } from './use-chat-settings.ts';
import { lazyPart } from '../ui/lazy-part.tsx';

const TakingAway = lazyPart(() => import('./taking-away.tsx'));
const TokenStrip = lazyPart(() => import('../answer/tokens/token-strip.tsx'));

const hintLook =
  'absolute -top-11 left-1/2 z-5 -translate-x-1/2 rounded-full border border-line bg-surface px-3.5 py-1.5 text-sm whitespace-nowrap shadow-small empty:hidden';

interface ChatDockProps {
  store: ConversationStore;
  view: ConversationView;
  path: readonly PathNode[];
  title: string;
  draftKey: string;
  providers: readonly ProviderModels[];
  onProviders: (providers: ProviderModels[]) => void;
  chatSettings: ChatSettings;
  sending: Sending;
  examples: readonly ExampleQuestion[];
  /** The end is not in view; undefined while it is. */
  onJump: (() => void) | undefined;
  /** A second Esc is waited for; words to show. */
  stopQuestion: string | undefined;
}

/** What an answer is drawn with comes while its question is written. */
function loadWhatAnswers(): void {
  loadMessageList();
  loadRenderer();
  loadAnswerView();
}

/** What stands below the messages: the composer and, in a new chat, what to begin with. */
export function ChatDock(props: ChatDockProps) {
  const { store, view, path, providers, chatSettings, sending } = props;
  const [thread] = view.threads;
  const { settings } = thread;
  const empty = path.length === 0;
  const chosen = findModel(providers, settings.model)?.model;
  const live = chosen && isForAnything(chosen) ? chosen : undefined;
  const askExample = (example: ExampleQuestion) => {
    if (!live) chatSettings.borrowModel({ providerId: example.providerId, modelKey: example.modelKey });
    void sending.send(example.question);
  };
  return (
    // The text runs out softly above it.
    <div className="chat-dock relative mx-auto w-full max-w-190 px-3 pb-[calc(0.75rem+env(safe-area-inset-bottom))] before:pointer-events-none before:absolute before:inset-x-0 before:-top-8 before:h-8 before:bg-linear-to-t before:from-paper before:to-transparent group-data-empty/chat:before:hidden md:group-data-empty/chat:mb-auto md:group-data-empty/chat:pb-10">
      <p role="status" className={hintLook}>
        {props.stopQuestion}
      </p>
      {props.onJump && !props.stopQuestion && (
        <Button tone="pill" className="chat-jump absolute -top-11 left-1/2 z-5 -translate-x-1/2" onClick={props.onJump}>
          <ArrowDown aria-hidden size={14} /> Jump to latest
        </Button>
      )}
      {view.problem && <Problem words={view.problem} onDismiss={store.dismissProblem} />}
      {path.length > 3 && <TokenStrip store={store} path={path} />}
      <Composer
        ref={sending.composer}
        draftKey={view.saved ? view.id : props.draftKey}
        running={view.running.length > 0}
        blocked={sending.blocked ?? (settings.model === noModel ? 'Choose a model first.' : undefined)}
        noPictures={noPicturesFor([settings], providers)}
        onSend={sending.send}
        onStop={() => void store.stop()}
        onWrite={loadWhatAnswers}
        meter={meterOf({ store, view, providers, threadIds: [thread.id] })}
      >
        <Choices {...props} />
        {view.saved && <TakingAway view={view} path={path} title={props.title} />}
      </Composer>
      {empty && <Examples examples={props.examples} asked={live?.label} onAsk={askExample} />}
      {empty && onlyRecordings(providers) && <RecordingsBanner />}
    </div>
  );
}

/** Who is asked, and how. */
function Choices({ store, view, providers, onProviders, chatSettings, sending }: ChatDockProps) {
  const [{ settings }] = view.threads;
  const { model } = settings;
  const found = findModel(providers, model);
  return (
    <>
      <ModelPicker
        providers={providers}
        value={model === noModel ? undefined : model}
        onChoose={chatSettings.chooseModel}
        onProviders={onProviders}
      />
      <PromptTemplate
        settings={settings}
        model={found?.model}
        onChange={chatSettings.change}
        saved={{
          text: () => sending.composer.current?.text() ?? '',
          use: (prompt) => {
            chatSettings.setParameters(prompt.settings);
            sending.composer.current?.prepend(prompt.text);
          },
        }}
      />
      <ParametersButton
        settings={settings}
        model={found?.model}
        providerLabel={found?.group.provider.label ?? model.providerId}
        onChange={chatSettings.setParameters}
      />
      <CompareButton store={store} view={view} />
    </>
  );
}
