'use client';

import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { ThreadSettings } from '../../lib/conversation.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { FindInConversation } from '../answer/find/find-in-conversation.tsx';
import { useSending } from '../asking/use-sending.ts';
import { AutomaticTitle } from '../conversation/automatic-title.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { findModel } from '../conversation/model-choice.ts';
import { Column } from './column.tsx';
import { columnActionsOf } from './column-actions.ts';
import { ColumnTabs } from './column-tabs.tsx';
import { ComparisonBar } from './comparison-bar.tsx';
import { ComparisonDock, type ComparisonExample } from './comparison-dock.tsx';
import { ComparisonSummary } from './comparison-summary.tsx';
import { lastTurns, runningThreads } from './last-turns.ts';
import { columnLabels } from './settings-words.ts';
import { useAddress } from './use-address.ts';
import { useColumnDrag } from './use-column-drag.ts';
import { useColumnKeys } from './use-column-keys.ts';
import { summaryTab, useLayout } from './use-layout.ts';
import { useLeaving } from './use-leaving.ts';
import { useScrollTogether } from './use-scroll-together.ts';
import './compare.css';

/** Models side by side: a bar, the columns, their summary, one composer. */
export function Comparison(props: {
  store: ConversationStore;
  providers: ProviderModels[];
  examples: readonly ComparisonExample[];
  /** What the composer begins with. */
  prompt: string;
  /** Begins anew with other columns; only before the first question. */
  onBegin?: (columns: readonly ThreadSettings[]) => void;
}) {
  const { store } = props;
  const view = useSyncExternalStore(store.subscribe, store.getView, store.getView);
  const [providers, setProviders] = useState(props.providers);
  const [prompt, setPrompt] = useState(props.prompt);
  const place = useRef<HTMLDivElement>(null);
  const { threads, messages, choice } = view;
  const layout = useLayout(store, threads);
  const sending = useSending({ store, view, providers });
  const leaving = useLeaving(store, view);
  const drag = useColumnDrag(store, threads);
  const scrolling = useScrollTogether(place);
  const labels = columnLabels(
    threads.map(({ settings }) => ({ settings, model: findModel(providers, settings.model)?.model })),
  );
  const names = labels.map(({ label, detail }) => [label, detail].filter(Boolean).join(', '));
  const turns = useMemo(() => lastTurns(threads, messages, choice), [threads, messages, choice]);
  const running = runningThreads(view);
  const empty = messages.length === 0;

  useEffect(() => store.attach(), [store]);
  useAddress(view, prompt);
  useColumnKeys({
    go: (step) => layout.step(step),
    carry: (step) => {
      const at = layout.current();
      const thread = threads[at];
      if (thread) void store.moveThread(thread.id, at + step);
    },
  });

  if (view.gone) return <GoneComparison />;
  return (
    <main className="relative flex min-h-0 flex-1 flex-col print:block print:h-auto print:overflow-visible">
      <ComparisonBar
        store={store}
        view={view}
        names={names}
        providers={providers}
        scrolling={scrolling}
        onBegin={props.onBegin}
        onAdded={layout.show}
      />
      <AutomaticTitle store={store} />
      <FindInConversation store={store} onThread={layout.reveal} />
      <ColumnTabs
        store={store}
        tabs={threads.map(({ id }, i) => ({ id, label: names[i] ?? '', answer: turns[i]?.answer }))}
        summary={!empty}
        shown={layout.shown}
        onShow={layout.showTab}
      />
      <div
        ref={place}
        className={`min-h-0 flex-1 snap-x snap-proximity overflow-x-auto overflow-y-hidden overscroll-x-contain border-line border-t md:border-b print:block print:h-auto print:overflow-visible ${layout.wide === undefined ? 'md:grid md:auto-cols-[minmax(18rem,1fr)] md:grid-flow-col' : 'md:flex'} ${layout.shown === summaryTab ? 'max-md:hidden' : 'max-md:flex'}`}
      >
        {threads.map((thread, i) => (
          <Column
            key={thread.id}
            store={store}
            thread={thread}
            label={names[i] ?? ''}
            providers={providers}
            messages={messages}
            choice={choice}
            unsent={view.unsent}
            running={running.has(thread.id)}
            shape={layout.wide === undefined ? 'column' : layout.wide === thread.id ? 'wide' : 'strip'}
            shown={layout.shown === thread.id}
            onProviders={setProviders}
            onSettings={(change) => void store.setSettings(thread.id, change)}
            onSendAgain={() => void sending.sendAgain()}
            onTakeBack={sending.takeBack}
            actions={columnActionsOf(thread, {
              store,
              view,
              names,
              isRunning: running.has(thread.id),
              isWide: layout.wide === thread.id,
              onFocus: () => layout.toggleWide(thread.id),
              onAskAlone: () => {
                layout.askAlone(thread.id);
                sending.composer.current?.focus();
              },
              onContinueAlone: () => void leaving.continueAlone(thread.id),
              onRemove: () => void leaving.remove(thread.id),
            })}
            drag={drag(thread, names[i] ?? '')}
          />
        ))}
      </div>
      {!empty && (
        <ComparisonSummary
          store={store}
          columns={threads.map(({ id }, i) => ({ id, label: labels[i]?.label ?? '', detail: labels[i]?.detail ?? '' }))}
          answers={turns.map(({ answer, isLatest }) => (isLatest ? answer : undefined))}
          shown={layout.shown === summaryTab}
        />
      )}
      <ComparisonDock
        store={store}
        view={view}
        providers={providers}
        examples={props.examples}
        prompt={props.prompt}
        names={names}
        running={running}
        sending={sending}
        askedAlone={layout.askedAlone}
        onAskAll={layout.askAll}
        onWrite={setPrompt}
      />
      <p role="status" aria-live="polite" className="sr-only">
        {running.size > 0 && running.size < threads.length
          ? `${running.size} of ${threads.length} columns still run.`
          : ''}
      </p>
    </main>
  );
}

function GoneComparison() {
  return (
    <main className="flex flex-1 flex-col">
      <title>Gone · Thinkglass</title>
      <div className="welcome">
        <h1>This comparison is no longer here.</h1>
        <p>It was deleted, perhaps in another tab.</p>
      </div>
    </main>
  );
}
