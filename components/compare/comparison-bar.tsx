import { ChevronsDownUp, Link2, type LucideIcon, Plus } from 'lucide-react';
import { PageTitle } from '../client/page-title.tsx';
import { useState } from 'react';
import { maxThreads, type ThreadSettings } from '../../lib/conversation.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { rememberChoice } from '../answer/thinking/pane-choice.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import { pathOf } from '../../lib/thread-path.ts';
import { useTitle } from '../conversation/use-title.ts';
import { ShareButton } from '../share/share-button.tsx';
import { ExportButton } from '../shell/export-button.tsx';
import { Button } from '../ui/button.tsx';
import { LineUpsButton } from './line-ups-button.tsx';
import type { Preset } from './presets.ts';
import { PresetList, RefusedPreset } from './preset-list.tsx';

/** What is compared, and what is done with all columns at once. */
export function ComparisonBar(props: {
  store: ConversationStore;
  view: ConversationView;
  /** What the columns are called. */
  names: readonly string[];
  providers: readonly ProviderModels[];
  scrolling: { together: boolean; toggle: () => void };
  onBegin: ((columns: readonly ThreadSettings[]) => void) | undefined;
  /** A column with this id is there now. */
  onAdded: (id: string) => void;
}) {
  const { store, view, providers, scrolling, onBegin } = props;
  const { threads, messages, choice } = view;
  const [refused, setRefused] = useState<Preset>();
  const title = useTitle(view);
  const empty = messages.length === 0;
  const leaves = threads.flatMap(({ id }, i) => {
    const leaf = pathOf(messages, id, choice).at(-1);
    return leaf ? [{ threadId: id, leafId: leaf.message.id, label: props.names[i] ?? '' }] : [];
  });

  const foldAll = () => {
    for (const { role, id } of messages) if (role === 'assistant') rememberChoice(id, false);
  };
  const addColumn = async () => {
    const last = threads.at(-1);
    const id = last && (await store.addThread(last.settings, empty ? undefined : { threadId: last.id }));
    if (id) requestAnimationFrame(() => props.onAdded(id));
  };
  return (
    <>
      <PageTitle of={view.saved ? `${title} · Thinkglass` : 'Compare · Thinkglass'} conversationId={view.id} />
      <div className="flex min-h-12 flex-none items-center gap-1 px-3 py-1.5 max-md:min-h-10 max-md:px-2 max-md:py-0.5 lg:in-data-collapsed:pl-13 [&>button]:flex-none max-md:[&>button>span]:hidden print:[&>:not(h1)]:hidden">
        {empty && onBegin ? (
          <PresetList
            providers={providers}
            current={threads[0].settings.model}
            onBegin={(columns) => {
              setRefused(undefined);
              onBegin(columns);
            }}
            onRefuse={setRefused}
          />
        ) : (
          <h1 className="truncate px-1.5 text-md font-semibold">{title}</h1>
        )}
        <span className="grow" />
        {threads.length > 1 && (
          <span
            className="flex-none pr-2 text-xs text-ink-muted max-xl:hidden pointer-coarse:hidden"
            title="With Shift, they take the column along"
          >
            <Key>Alt</Key> <Key>←</Key> <Key>→</Key> between columns
          </span>
        )}
        {!empty && (
          <BarButton icon={ChevronsDownUp} title="Fold all thinking" onPress={foldAll}>
            Fold thinking
          </BarButton>
        )}
        {!empty && (
          <BarButton
            icon={Link2}
            title="Scroll all columns together"
            className="max-md:hidden"
            pressed={scrolling.together}
            onPress={scrolling.toggle}
          >
            Scroll together
          </BarButton>
        )}
        {view.saved && <ShareButton conversationId={view.id} words branches={leaves} />}
        {view.saved && (
          <ExportButton conversationId={view.id} title={title} words leafIds={leaves.map(({ leafId }) => leafId)} />
        )}
        <LineUpsButton
          columns={threads.map(({ settings }) => settings)}
          names={props.names}
          onBegin={empty ? onBegin : undefined}
        />
        {threads.length < maxThreads && (
          <BarButton icon={Plus} title="Add a column" onPress={() => void addColumn()}>
            Column
          </BarButton>
        )}
      </div>
      {empty && refused && <RefusedPreset preset={refused} onDismiss={() => setRefused(undefined)} />}
    </>
  );
}

/** Its words are left out where there is no room; its title is read then. */
function BarButton(props: {
  icon: LucideIcon;
  title: string;
  children: string;
  className?: string;
  pressed?: boolean;
  onPress: () => void;
}) {
  const Icon = props.icon;
  return (
    <Button
      tone="quiet"
      className={`aria-pressed:bg-accent/13 aria-pressed:text-accent ${props.className ?? ''}`}
      title={props.title}
      aria-pressed={props.pressed}
      onClick={props.onPress}
    >
      <Icon aria-hidden size={15} /> <span>{props.children}</span>
    </Button>
  );
}

function Key({ children }: { children: string }) {
  return <kbd className="rounded-sm border border-line px-1 py-px font-sans">{children}</kbd>;
}
