import { X } from 'lucide-react';
import type { Thread } from '../../lib/conversation.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { Composer } from '../asking/composer.tsx';
import type { Sending } from '../asking/use-sending.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import { noPicturesFor } from '../conversation/draft-file.ts';
import { findModel } from '../conversation/model-choice.ts';
import { loadRenderer } from '../markdown/lazy-markdown.tsx';
import { useHanFont } from '../ui/han-font.ts';
import { Problem } from '../ui/problem.tsx';

/** A question with the recorded models that know it. */
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
    <div className="compare-dock">
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
  const missing = asked.find(({ settings }) => !findModel(providers, settings.model));
  if (!missing) return undefined;
  const { modelKey } = missing.settings.model;
  return modelKey === ''
    ? 'Choose a model in each column first.'
    : `${modelKey} is not available here: choose another.`;
}

/** Who is asked: all, unless one was chosen. */
function AskedWho(props: { count: number; only: string | undefined; onAll: () => void }) {
  if (props.only === undefined)
    return <span className="compare-asked">Asks {props.count === 2 ? 'both' : `all ${props.count}`}</span>;
  return (
    <button
      type="button"
      className="picker-button compare-only"
      aria-label={`Asks only ${props.only}. Ask all again.`}
      onClick={props.onAll}
    >
      <span className="truncate">Only {props.only}</span>
      <X aria-hidden size={13} className="shrink-0 opacity-60" />
    </button>
  );
}

/** Questions to begin with: those that every recording among the columns knows. */
function Examples(props: {
  examples: readonly ComparisonExample[];
  threads: readonly Thread[];
  onAsk: (question: string) => void;
}) {
  const recorded = props.threads.flatMap(({ settings: { model } }) =>
    model.providerId === 'replay' ? [model.modelKey] : [],
  );
  const known = props.examples.filter(({ modelKeys }) => recorded.every((key) => modelKeys.includes(key))).slice(0, 4);
  if (known.length === 0) return null;
  return (
    <ul className="compare-examples" aria-label="Questions to begin with">
      {known.map(({ question }) => (
        <li key={question}>
          <ExampleButton question={question} onAsk={() => props.onAsk(question)} />
        </li>
      ))}
    </ul>
  );
}

function ExampleButton({ question, onAsk }: { question: string; onAsk: () => void }) {
  useHanFont(question);
  return (
    <button type="button" className="example" onClick={onAsk}>
      <span className="example-question">{question}</span>
    </button>
  );
}
