'use client';

import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { ThreadSettings } from '../../lib/conversation.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { FindInConversation } from '../answer/find/find-in-conversation.tsx';
import { useSending } from '../asking/use-sending.ts';
import { AutomaticTitle } from '../conversation/automatic-title.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { findModel } from '../conversation/model-choice.ts';
import { lazyPart } from '../ui/lazy-part.tsx';
import { ColumnTabs } from './column-tabs.tsx';
import { Columns } from './columns.tsx';
import { ComparisonBar } from './comparison-bar.tsx';
import { ComparisonDock, type ComparisonExample } from './comparison-dock.tsx';
import { ComparisonSummary } from './comparison-summary.tsx';
import { lastTurns, runningThreads } from './last-turns.ts';
import { columnLabels } from './settings-words.ts';
import { useAddress } from './use-address.ts';
import { useColumnKeys } from './use-column-keys.ts';
import { summaryTab, useLayout } from './use-layout.ts';
import { useLeaving } from './use-leaving.ts';
import { useScrollTogether } from './use-scroll-together.ts';
import './compare.css';

const ComparisonStatus = lazyPart(() => import('./comparison-status.tsx'));

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
  const page = useRef<HTMLElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const { threads, messages, choice } = view;
  const layout = useLayout(store, threads);
  const sending = useSending({ store, view, providers });
  const leaving = useLeaving(store, view);
  const scrolling = useScrollTogether(place);
  const labels = columnLabels(
    threads.map(({ settings }) => {
      const found = findModel(providers, settings.model);
      return { settings, model: found?.model, provider: found?.group.provider.label };
    }),
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
    <main
      ref={page}
      data-asks
      className="comparison relative flex min-h-0 flex-1 flex-col short:overflow-y-auto short:[&>*]:flex-none print:block print:h-auto print:overflow-visible"
    >
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
      <Columns
        page={page}
        place={place}
        store={store}
        view={view}
        names={names}
        providers={providers}
        running={running}
        layout={layout}
        sending={sending}
        leaving={leaving}
        onProviders={setProviders}
      />
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
      <ComparisonStatus
        store={store}
        labels={names}
        answers={turns.map(({ answer, isLatest }) => (isLatest ? answer : undefined))}
        running={running.size}
      />
    </main>
  );
}

function GoneComparison() {
  return (
    <main className="flex flex-1 flex-col">
      <title>Gone · Thinkglass</title>
      <div className="m-auto flex max-w-md flex-col items-center gap-3.5 p-4 text-center">
        <h1 className="font-serif text-2xl leading-tight tracking-tight text-balance">
          This comparison is no longer here.
        </h1>
        <p className="text-pretty text-ink-muted">It was deleted, perhaps in another tab.</p>
      </div>
    </main>
  );
}
