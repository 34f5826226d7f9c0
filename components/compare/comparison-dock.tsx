import { X } from 'lucide-react';
import type { Thread } from '../../lib/conversation.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { Composer } from '../asking/composer.tsx';
import { ExampleButton } from '../asking/example-button.tsx';
import { meterOf } from '../asking/meter.tsx';
import type { Sending } from '../asking/use-sending.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import { noPicturesFor } from '../conversation/draft-file.ts';
import { canAsk } from '../conversation/model-choice.ts';
import { loadRenderer } from '../markdown/lazy-markdown.tsx';
import { Problem } from '../ui/problem.tsx';

/** A question with the models that know it, recorded or inside. */
export interface ComparisonExample {
  question: string;
  modelKeys: readonly string[];
}

/** The one composer of all columns. */
export function ComparisonDock(props: {
  store: ConversationStore;
  view: ConversationView;
  providers: readonly ProviderModels[];
  examples: readonly ComparisonExample[];
  /** What the composer begins with. */
  prompt: string;
  /** What the columns are called. */
  names: readonly string[];
  /** The columns that are answering. */
  running: ReadonlySet<string>;
  sending: Sending;
  askedAlone: Thread | undefined;
  onAskAll: () => void;
  /** Somebody writes the first question. */
  onWrite: (text: string) => void;
}) {
  const { store, view, providers, running, sending, askedAlone } = props;
  const { threads } = view;
  const asked = askedAlone ? [askedAlone] : threads;
  return (
    <div
      className="comparison-dock mx-auto w-full max-w-[calc(var(--column)+1.5rem)] flex-none px-2 pt-2.5 pb-[calc(0.75rem+env(safe-area-inset-bottom))] md:px-3 print:hidden"
      data-begun={view.messages.length > 0 || undefined}
    >
      {view.problem && <Problem words={view.problem} onDismiss={() => store.dismissProblem()} />}
      <Composer
        ref={sending.composer}
        draftKey={view.saved ? view.id : 'compare'}
        initialText={props.prompt}
        running={askedAlone ? running.has(askedAlone.id) : running.size > 0}
        blocked={sending.blocked ?? missingModel(providers, asked)}
        noPictures={noPicturesFor(
          asked.map(({ settings }) => settings),
          providers,
        )}
        onSend={(text, files) => sending.send(text, files, askedAlone && [askedAlone.id])}
        onStop={() => void store.stop(askedAlone?.id)}
        meter={meterOf({ store, view, providers, threadIds: asked.map(({ id }) => id) })}
        onWrite={(text) => {
          loadRenderer();
          if (!view.saved) props.onWrite(text);
        }}
      >
        <AskedWho
          count={threads.length}
          only={askedAlone && (props.names[threads.indexOf(askedAlone)] ?? '')}
          onAll={props.onAskAll}
        />
      </Composer>
      {view.messages.length === 0 && (
        <Examples examples={props.examples} threads={threads} onAsk={(question) => void sending.send(question)} />
      )}
    </div>
  );
}

/** Why nothing can be asked as the columns are set, in words. */
function missingModel(providers: readonly ProviderModels[], asked: readonly Thread[]): string | undefined {
  const missing = asked.find(({ settings }) => !canAsk(providers, settings.model));
  if (!missing) return undefined;
  const { modelKey } = missing.settings.model;
  return modelKey === ''
    ? 'Choose a model in each column first.'
    : `${modelKey} is not available here: choose another.`;
}

/** Who is asked: all, unless one was chosen. */
function AskedWho(props: { count: number; only: string | undefined; onAll: () => void }) {
  if (props.only === undefined)
    return (
      <span className="composer-asked pl-3 text-sm text-ink-muted">
        Asks {props.count === 2 ? 'both' : `all ${props.count}`}
      </span>
    );
  return (
    <button
      type="button"
      className="inline-flex h-9 min-w-0 items-center gap-1.5 rounded-full bg-accent/13 px-3 text-base font-medium text-accent pointer-coarse:h-10"
      aria-label={`Asks only ${props.only}. Ask all again.`}
      onClick={props.onAll}
    >
      <span className="truncate">Only {props.only}</span>
      <X aria-hidden size={13} className="shrink-0 opacity-60" />
    </button>
  );
}

/** Questions to begin with: those that every column knows which does not know all. */
function Examples(props: {
  examples: readonly ComparisonExample[];
  threads: readonly Thread[];
  onAsk: (question: string) => void;
}) {
  const narrow = props.threads.flatMap(({ settings: { model } }) =>
    model.providerId === 'replay' || model.providerId === 'inside' ? [model.modelKey] : [],
  );
  const known = props.examples.filter(({ modelKeys }) => narrow.every((key) => modelKeys.includes(key))).slice(0, 4);
  if (known.length === 0) return null;
  return (
    <ul className="mt-3 grid gap-2 md:grid-cols-2" aria-label="Questions to begin with">
      {known.map(({ question }) => (
        <li key={question}>
          <ExampleButton question={question} onAsk={() => props.onAsk(question)} />
        </li>
      ))}
    </ul>
  );
}
