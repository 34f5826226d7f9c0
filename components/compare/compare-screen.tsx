'use client';

import { ChevronsDownUp, Link2, Plus, X } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type DragEvent, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import {
  type ConversationDetail,
  type Message,
  maxThreads,
  type Thread,
  type ThreadSettings,
} from '../../lib/conversation.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { AutomaticTitle } from '../conversation/automatic-title.tsx';
import { settleAddress, useBegunConversation } from '../conversation/begin-conversation.ts';
import { Composer, type ComposerHandle } from '../asking/composer.tsx';
import {
  type ConversationStore,
  type ConversationView,
  conversationStoreOf,
  newConversationStore,
} from '../conversation/conversation-store.ts';
import { FindInConversation } from '../answer/find-in-conversation.tsx';
import { type DraftFile, noPicturesFor } from '../conversation/draft-file.ts';
import { findModel, lastModelKey, onlyRecordings, rememberedModel } from '../conversation/model-choice.ts';
import { rememberChoice } from '../answer/thinking/pane-choice.ts';
import { pathOf } from '../conversation/thread-path.ts';
import { loadRenderer } from '../markdown/lazy-markdown.tsx';
import { conversationList } from '../client/conversation-list.ts';
import { ShareButton } from '../share/share-button.tsx';
import { ExportButton } from '../shell/export-button.tsx';
import { IconButton } from '../ui/button.tsx';
import { Problem } from '../ui/problem.tsx';
import { useHanFont } from '../ui/han-font.ts';
import { readStored, useStored, writeStored } from '../ui/stored.ts';
import { addressOf, type ComparisonAddress, parseColumns } from './address.ts';
import { Column } from './column.tsx';
import { ColumnTabs } from './column-tabs.tsx';
import { ComparisonSummary } from './comparison-summary.tsx';
import { dropIndex } from './order.ts';
import { defaultColumns, listPresets, type Preset, withPartner } from './presets.ts';
import { columnLabels } from './settings-words.ts';
import { focusedColumn, useColumnKeys } from './use-column-keys.ts';
import { useSyncedScroll } from './use-synced-scroll.ts';
import './compare.css';

/** A question with the recorded models that know it. */
export interface ComparisonExample {
  question: string;
  modelKeys: readonly string[];
}

type Columns = readonly [ThreadSettings, ...ThreadSettings[]];

/** A comparison that has not begun: its address says what is in it. */
export function NewComparison(props: {
  providers: ProviderModels[];
  examples: readonly ComparisonExample[];
  address: ComparisonAddress;
}) {
  const { providers, address } = props;
  const { store, key, setStore } = useBegunConversation(
    '/compare',
    () => newConversationStore(firstColumns(providers, address)),
    isComparison,
  );
  const begin = (columns: readonly ThreadSettings[]) => {
    const [first, ...rest] = columns;
    if (first) setStore(newConversationStore([first, ...rest]));
  };
  // What this browser remembers is known only here, not where the page was first drawn.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, at the beginning
  useEffect(() => {
    const remembered = address.models ? undefined : rememberedModel(providers, readStored(lastModelKey));
    const untouched = store && !store.getView().saved;
    if (untouched && remembered && !onlyRecordings(providers)) begin(defaultColumns(providers, remembered));
  }, []);
  if (!store) return <main className="compare" aria-busy />;
  return (
    <Comparison
      key={key}
      store={store}
      providers={providers}
      examples={props.examples}
      prompt={address.prompt ?? ''}
      onBegin={begin}
    />
  );
}

const isComparison = (store: ConversationStore) => store.getView().threads.length > 1;

function firstColumns(providers: readonly ProviderModels[], address: ComparisonAddress): Columns {
  const named = withPartner(parseColumns(address, providers), providers);
  const [first, ...rest] = named.length > 0 ? named : defaultColumns(providers);
  return [first ?? { model: { providerId: '', modelKey: '' }, sampling: {} }, ...rest];
}

/** A comparison that exists. */
export function ExistingComparison(props: { conversation: ConversationDetail; providers: ProviderModels[] }) {
  const [store] = useState(() => conversationStoreOf(props.conversation));
  return <Comparison store={store} providers={props.providers} examples={[]} prompt="" />;
}

interface ComparisonProps {
  store: ConversationStore;
  providers: ProviderModels[];
  examples: readonly ComparisonExample[];
  /** What the composer begins with. */
  prompt: string;
  /** Begins anew with other columns; only before the first question. */
  onBegin?: (columns: readonly ThreadSettings[]) => void;
}

function Comparison(props: ComparisonProps) {
  const { store } = props;
  const router = useRouter();
  const view = useSyncExternalStore(store.subscribe, store.getView, store.getView);
  const [providers, setProviders] = useState(props.providers);
  const [prompt, setPrompt] = useState(props.prompt);
  const [{ target, focused, shown }, setLayout] = useLayout(store);
  const [refused, setRefused] = useState<Preset>();
  const [dragged, setDragged] = useState<{ id: string; over?: string; side?: 'before' | 'after' }>();
  const synced = useStored(syncedKey) === 'on';
  const composer = useRef<ComposerHandle>(null);
  const place = useRef<HTMLDivElement>(null);
  const { threads, messages, choice } = view;
  const labels = columnLabels(
    threads.map(({ settings }) => ({ settings, model: findModel(providers, settings.model)?.model })),
  );
  const nameOf = (i: number) => [labels[i]?.label, labels[i]?.detail].filter(Boolean).join(', ');
  const turns = useMemo(() => lastTurns(threads, messages, choice), [threads, messages, choice]);
  const empty = messages.length === 0;
  const title = useTitle(view.id) ?? view.title;
  const asked = threads.find(({ id }) => id === target);
  const wide = threads.length > 1 && threads.some(({ id }) => id === focused) ? focused : undefined;
  const seen = shown === summaryTab || threads.some(({ id }) => id === shown) ? shown : threads[0].id;
  const running = runningThreads(view);

  useEffect(() => store.attach(), [store]);
  useAddress(view, prompt);
  useSyncedScroll(place, synced);
  useBecomesChat(view);

  const show = (id: string) => {
    setLayout(wide ? { shown: id, focused: id } : { shown: id });
    document.getElementById(`column-${id}`)?.focus({ preventScroll: true });
    document.getElementById(`column-${id}`)?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  };
  const current = () => threads.findIndex(({ id }) => id === (focusedColumn() ?? wide ?? shown));
  useColumnKeys({
    go: (step) => {
      const at = current();
      const next = threads[at < 0 ? 0 : (at + step + threads.length) % threads.length];
      if (next) show(next.id);
    },
    carry: (step) => {
      const at = current();
      const thread = threads[at];
      if (thread) void store.moveThread(thread.id, at + step);
    },
  });

  const settle = (sent: Promise<boolean>) => settleAddress(store, sent);
  const ask = (text: string, files: readonly DraftFile[]) =>
    settle(store.ask(text, providers, asked && [asked.id], files));
  const sendAgain = async () => {
    const text = view.unsent?.text ?? '';
    if (await settle(store.sendAgain(providers))) composer.current?.forget(text);
  };
  const takeBack = () => {
    const files = view.unsent?.files;
    composer.current?.prepend(store.takeBack(), files);
  };
  const addColumn = async () => {
    const last = threads.at(-1);
    if (!last) return;
    const id = await store.addThread(last.settings, empty ? undefined : { threadId: last.id });
    if (id) requestAnimationFrame(() => show(id));
  };
  const foldAll = (open: boolean) => {
    for (const { role, id } of messages) if (role === 'assistant') rememberChoice(id, open);
  };
  const remove = async (id: string) => {
    await store.removeThread(id);
    const { saved, threads: left } = store.getView();
    if (saved && left.length === 1) router.refresh(); // not before the server knows: it says which page it is
  };
  const continueAlone = async (id: string) => {
    const chat = await store.continueAlone(id);
    if (chat) router.push(`/c/${chat}`);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    const over = threads.findIndex(({ id }) => id === dragged?.over);
    const from = threads.findIndex(({ id }) => id === dragged?.id);
    if (dragged?.side && over >= 0 && from >= 0) void store.moveThread(dragged.id, dropIndex(from, over, dragged.side));
    setDragged(undefined);
  };

  if (view.gone) return <GoneComparison />;
  return (
    <main className="compare" data-empty={empty || undefined}>
      <title>{view.saved ? `${title} · Thinkglass` : 'Compare · Thinkglass'}</title>
      <div className="compare-bar">
        {empty && props.onBegin ? (
          <Presets
            providers={providers}
            threads={threads}
            onBegin={(begun) => {
              setRefused(undefined);
              props.onBegin?.(begun);
            }}
            onRefuse={setRefused}
          />
        ) : (
          <h1 className="compare-title">{title}</h1>
        )}
        <span className="grow" />
        {threads.length > 1 && (
          <span className="compare-hint" title="With Shift, they take the column along">
            <kbd>Alt</kbd> <kbd>←</kbd> <kbd>→</kbd> between columns
          </span>
        )}
        {!empty && (
          <button
            type="button"
            className="quiet-button compare-fold"
            title="Fold all thinking"
            onClick={() => foldAll(false)}
          >
            <ChevronsDownUp aria-hidden size={15} /> <span>Fold thinking</span>
          </button>
        )}
        {!empty && (
          <button
            type="button"
            className="quiet-button compare-sync"
            aria-pressed={synced}
            title="Scroll all columns together"
            onClick={() => writeStored(syncedKey, synced ? undefined : 'on')}
          >
            <Link2 aria-hidden size={15} /> <span>Scroll together</span>
          </button>
        )}
        {view.saved && (
          <ShareButton
            conversationId={view.id}
            words
            branches={threads.flatMap(({ id }, i) => {
              const leaf = pathOf(messages, id, choice).at(-1);
              return leaf ? [{ threadId: id, leafId: leaf.message.id, label: nameOf(i) }] : [];
            })}
          />
        )}
        {view.saved && (
          <ExportButton
            conversationId={view.id}
            title={title}
            words
            leafIds={threads.flatMap(({ id }) => pathOf(messages, id, choice).at(-1)?.message.id ?? [])}
          />
        )}
        {threads.length < maxThreads && (
          <button type="button" className="quiet-button" title="Add a column" onClick={() => void addColumn()}>
            <Plus aria-hidden size={15} /> <span>Column</span>
          </button>
        )}
      </div>
      {empty && refused && (
        <p className="compare-refused" role="status">
          <span>
            “{refused.label}” is not possible now. {refused.note} <Link href="/settings">Open settings</Link>
          </span>
          <IconButton label="Dismiss" onClick={() => setRefused(undefined)}>
            <X aria-hidden size={15} />
          </IconButton>
        </p>
      )}
      <AutomaticTitle store={store} />
      <FindInConversation
        store={store}
        onThread={(id) => {
          setLayout(wide ? { shown: id, focused: id } : { shown: id });
          document.getElementById(`column-${id}`)?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
        }}
      />
      <ColumnTabs
        store={store}
        tabs={threads.map((thread, i) => ({ id: thread.id, label: nameOf(i), answer: turns[i]?.answer }))}
        summary={!empty}
        shown={seen ?? threads[0].id}
        onShow={(id) => setLayout({ shown: id })}
      />
      <div
        ref={place}
        className="compare-columns"
        data-wide={wide !== undefined || undefined}
        data-summary={seen === summaryTab || undefined}
      >
        {threads.map((thread, i) => (
          <Column
            key={thread.id}
            store={store}
            thread={thread}
            label={nameOf(i)}
            providers={providers}
            messages={messages}
            choice={choice}
            unsent={view.unsent}
            running={running.has(thread.id)}
            shape={wide === undefined ? 'column' : wide === thread.id ? 'wide' : 'strip'}
            shown={seen === thread.id}
            onProviders={setProviders}
            onSettings={(change) => void store.setSettings(thread.id, change)}
            onSendAgain={() => void sendAgain()}
            onTakeBack={takeBack}
            actions={{
              focused: wide === thread.id,
              onFocus:
                threads.length > 1
                  ? () => setLayout({ focused: wide === thread.id ? undefined : thread.id })
                  : undefined,
              onMoveLeft: i > 0 ? () => void store.moveThread(thread.id, i - 1) : undefined,
              onMoveRight: i < threads.length - 1 ? () => void store.moveThread(thread.id, i + 1) : undefined,
              onAskAlone: threads.length > 1 ? () => askAlone(thread.id) : undefined,
              onContinueAlone: view.saved && !running.has(thread.id) ? () => void continueAlone(thread.id) : undefined,
              onRemove: threads.length > (view.saved ? 1 : 2) ? () => void remove(thread.id) : undefined,
              copyFrom: threads.flatMap((other, j) =>
                other.id === thread.id
                  ? []
                  : [{ id: other.id, label: nameOf(j), onCopy: () => void copySettings(store, other, thread.id) }],
              ),
            }}
            drag={{
              dropSide: dragged?.over === thread.id && dragged.id !== thread.id ? dragged.side : undefined,
              onStart: (event) => {
                event.dataTransfer.effectAllowed = 'move';
                event.dataTransfer.setData('text/plain', nameOf(i));
                setDragged({ id: thread.id });
              },
              onOver: (event) => {
                if (!dragged) return;
                event.preventDefault();
                const { left, width } = event.currentTarget.getBoundingClientRect();
                const side = event.clientX < left + width / 2 ? 'before' : 'after';
                if (dragged.over !== thread.id || dragged.side !== side)
                  setDragged({ id: dragged.id, over: thread.id, side });
              },
              onDrop,
              onEnd: () => setDragged(undefined),
            }}
          />
        ))}
      </div>
      {!empty && (
        <ComparisonSummary
          store={store}
          columns={threads.map(({ id }, i) => ({ id, label: labels[i]?.label ?? '', detail: labels[i]?.detail ?? '' }))}
          answers={turns.map(({ answer, isLatest }) => (isLatest ? answer : undefined))}
          shown={seen === summaryTab}
        />
      )}
      <div className="compare-dock">
        {view.problem && <Problem words={view.problem} onDismiss={() => store.dismissProblem()} />}
        <Composer
          ref={composer}
          draftKey={view.saved ? view.id : 'compare'}
          initialText={props.prompt}
          running={asked ? running.has(asked.id) : running.size > 0}
          blocked={blockedBy(view, providers, asked ? [asked] : threads)}
          noPictures={noPicturesFor(
            (asked ? [asked] : threads).map(({ settings }) => settings),
            providers,
          )}
          onSend={ask}
          onStop={() => void store.stop(asked?.id)}
          onWrite={(text) => {
            loadRenderer();
            if (!view.saved) setPrompt(text);
          }}
        >
          <AskedWho
            count={threads.length}
            only={asked && nameOf(threads.indexOf(asked))}
            onAll={() => setLayout({ target: undefined })}
          />
        </Composer>
        {empty && (
          <Examples
            examples={props.examples}
            threads={threads}
            onAsk={(question) => void settle(store.ask(question, providers))}
          />
        )}
      </div>
      <p role="status" aria-live="polite" className="sr-only">
        {running.size > 0 && running.size < threads.length
          ? `${running.size} of ${threads.length} columns still run.`
          : ''}
      </p>
    </main>
  );

  function askAlone(id: string) {
    setLayout({ target: id, shown: id });
    composer.current?.focus();
  }
}

/** Which column is asked alone, has the room, is seen on a phone. */
interface Layout {
  target?: string | undefined;
  focused?: string | undefined;
  shown?: string | undefined;
}

const layouts = new WeakMap<ConversationStore, Layout>();

/** Stays with the store, so that it is the same when the first question makes the comparison another page. */
function useLayout(store: ConversationStore): [Layout, (change: Layout) => void] {
  const [layout, setLayout] = useState<Layout>(() => layouts.get(store) ?? {});
  const change = (changed: Layout) => {
    const next = { ...layouts.get(store), ...changed };
    layouts.set(store, next);
    setLayout(next);
  };
  return [layout, change];
}

const syncedKey = 'thinkglass:compare-sync';
const summaryTab = 'summary';

function copySettings(store: ConversationStore, from: Thread, toId: string): Promise<void> {
  const { systemPrompt, promptTemplate, rawPrompt, opensThinking, history, sampling, model } = from.settings;
  return store.setSettings(toId, { model, systemPrompt, promptTemplate, rawPrompt, opensThinking, history, sampling });
}

/** What each column was asked last and said; `isLatest` where nothing else was asked elsewhere since. */
function lastTurns(
  threads: readonly Thread[],
  messages: readonly Message[],
  choice: ConversationView['choice'],
): { answer: Message | undefined; isLatest: boolean }[] {
  const turns = threads.map(({ id }) => {
    const path = pathOf(messages, id, choice).map(({ message }) => message);
    return {
      question: path.findLast(({ role }) => role === 'user'),
      answer: path.findLast(({ role }) => role === 'assistant'),
    };
  });
  const newest = turns.map(({ question }) => question).sort((a, b) => (b?.createdAt ?? 0) - (a?.createdAt ?? 0))[0];
  const textOf = (message: Message | undefined) => message?.parts.map(({ text }) => text).join('');
  return turns.map(({ question, answer }) => ({ answer, isLatest: textOf(question) === textOf(newest) }));
}

function runningThreads({ running, messages }: ConversationView): Set<string> {
  return new Set(messages.flatMap((message) => (running.includes(message.id) ? [message.threadId] : [])));
}

/** Why nothing can be asked now, in words. */
function blockedBy(
  { unsent }: ConversationView,
  providers: readonly ProviderModels[],
  asked: readonly Thread[],
): string | undefined {
  if (unsent?.failure !== undefined) return 'Send or edit the question above first.';
  const missing = asked.find(({ settings }) => !findModel(providers, settings.model));
  if (!missing) return undefined;
  const { modelKey } = missing.settings.model;
  return modelKey === ''
    ? 'Choose a model in each column first.'
    : `${modelKey} is not available here: choose another.`;
}

/** A conversation's title as the sidebar has it, where it may be changed. */
function useTitle(id: string): string | undefined {
  const page = useSyncExternalStore(conversationList.subscribe, conversationList.getPage, nothing);
  return page?.conversations.find((conversation) => conversation.id === id)?.title;
}

const nothing = () => undefined;

/** Somebody types: the address follows when he pauses. */
const addressPauseMs = 300;

/** Keeps the address true to the columns and the question, for as long as the comparison is not yet one. */
function useAddress({ saved, threads, messages }: ConversationView, prompt: string): void {
  const isDraft = !saved && messages.length === 0;
  const address = addressOf(
    threads.map(({ settings }) => settings),
    prompt,
  );
  useEffect(() => {
    if (!isDraft) return;
    const timer = setTimeout(() => {
      if (window.location.pathname === '/compare') window.history.replaceState(null, '', address);
    }, addressPauseMs);
    return () => clearTimeout(timer);
  }, [address, isDraft]);
}

/** With one column left it is a chat, and its page is the chat's: so too when another tab took the others away. */
function useBecomesChat({ saved, threads }: ConversationView): void {
  const router = useRouter();
  const isChat = saved && threads.length === 1;
  useEffect(() => {
    if (isChat) router.refresh();
  }, [isChat, router]);
}

/** Comparisons to begin with. One that cannot be had here says why when it is pressed, and the way to Settings. */
function Presets(props: {
  providers: readonly ProviderModels[];
  threads: readonly Thread[];
  onBegin: (columns: readonly ThreadSettings[]) => void;
  onRefuse: (preset: Preset) => void;
}) {
  const presets = listPresets(props.providers, props.threads[0]?.settings.model);
  return (
    <div className="compare-presets">
      <h1 className="compare-title">Compare</h1>
      {presets.map((preset) => {
        const { id, label, note, columns } = preset;
        return (
          <button
            key={id}
            type="button"
            className="compare-preset"
            title={note}
            aria-description={note}
            data-off={!columns || undefined}
            onClick={() => (columns ? props.onBegin(columns) : props.onRefuse(preset))}
          >
            {label}
          </button>
        );
      })}
    </div>
  );
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

function GoneComparison() {
  return (
    <main className="compare" data-empty>
      <title>Gone · Thinkglass</title>
      <div className="welcome">
        <h1>This comparison is no longer here.</h1>
        <p>It was deleted, perhaps in another tab.</p>
      </div>
    </main>
  );
}
