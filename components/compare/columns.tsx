import type { RefObject } from 'react';
import type { ProviderModels } from '../../lib/model.ts';
import type { Sending } from '../asking/use-sending.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import { Column } from './column.tsx';
import { columnActionsOf } from './column-actions.ts';
import { useColumnDrag } from './use-column-drag.ts';
import { type Layout, summaryTab } from './use-layout.ts';
import type { Leaving } from './use-leaving.ts';

/** The columns beside each other; on a phone, the one whose tab is chosen. */
export function Columns(props: {
  /** All of the comparison; it scrolls where the window is low. */
  page: RefObject<HTMLElement | null>;
  place: RefObject<HTMLDivElement | null>;
  store: ConversationStore;
  view: ConversationView;
  /** What the columns are called. */
  names: readonly string[];
  providers: ProviderModels[];
  /** The columns that are answering. */
  running: ReadonlySet<string>;
  layout: Layout;
  sending: Sending;
  leaving: Leaving;
  onProviders: (providers: ProviderModels[]) => void;
}) {
  const { store, view, names, providers, running, layout, sending, leaving } = props;
  const drag = useColumnDrag(store, view.threads);
  return (
    <div
      ref={props.place}
      className={`min-h-0 flex-1 snap-x snap-proximity overflow-x-auto overflow-y-hidden overscroll-x-contain border-line border-t md:border-b print:block print:h-auto print:overflow-visible ${layout.wide === undefined ? 'md:grid md:auto-cols-[minmax(18rem,1fr)] md:grid-flow-col' : 'md:flex'} ${layout.shown === summaryTab ? 'max-md:hidden' : 'max-md:flex'}`}
    >
      {view.threads.map((thread, i) => (
        <Column
          key={thread.id}
          page={props.page}
          store={store}
          thread={thread}
          label={names[i] ?? ''}
          providers={providers}
          messages={view.messages}
          choice={view.choice}
          unsent={view.unsent}
          running={running.has(thread.id)}
          shape={layout.wide === undefined ? 'column' : layout.wide === thread.id ? 'wide' : 'strip'}
          shown={layout.shown === thread.id}
          onProviders={props.onProviders}
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
  );
}
