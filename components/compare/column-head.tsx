import { ChevronDown, GripVertical, Square } from 'lucide-react';
import { useState } from 'react';
import type { Message, Thread, ThreadSettings } from '../../lib/conversation.ts';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import { onRoute } from '../../lib/model-route.ts';
import { ModelPicker } from '../asking/model-picker.tsx';
import { ParametersButton } from '../asking/parameters-button.tsx';
import { PromptTemplate } from '../asking/prompt-template.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { findModel } from '../conversation/model-choice.ts';
import { IconButton } from '../ui/button.tsx';
import { Tag } from '../ui/tag.tsx';
import { type ColumnActions, ColumnMenu } from './column-menu.tsx';
import { FiguresGrid, FiguresLine } from './figures-grid.tsx';
import { settingsWords } from './settings-words.ts';
import { StateMark } from './state-mark.tsx';
import type { ColumnDrag } from './use-column-drag.ts';

/** The buttons of a head are lower than those of a composer; what they say in words stands in the line below. */
const lowButtons = '[&>button]:h-8 [&>button]:px-2 pointer-coarse:[&>button]:h-10';

export interface ColumnHeadProps {
  store: ConversationStore;
  thread: Thread;
  /** What it is called among its neighbours. */
  label: string;
  providers: ProviderModels[];
  running: boolean;
  actions: Omit<ColumnActions, 'onRetry' | 'pastThinking'>;
  drag: ColumnDrag;
  onProviders: (providers: ProviderModels[]) => void;
  onSettings: (change: Partial<ThreadSettings>) => void;
}

/** Which model is asked, and how; what can be done with it; its last answer in figures. */
export function ColumnHead(
  props: ColumnHeadProps & {
    /** The last one. */
    answer: Message | undefined;
    /** The last question's id. */
    asked: string | undefined;
    onRetry: (questionId: string) => void;
  },
) {
  const { store, thread, label, running, answer, asked, drag, onSettings } = props;
  const { settings } = thread;
  const [unfolded, setUnfolded] = useState(false);
  const found = findModel(props.providers, settings.model);
  const words = settingsWords(settings, found?.model);
  const chooseModel = (model: ModelRef) => onSettings({ model, sampling: {} });
  const kept = (settings.history ?? found?.model.history) !== 'strip';
  const choosesPast = asked !== undefined && found !== undefined && found.model.history !== 'required';
  return (
    <header className="flex-none border-line border-b px-3 pt-1.5 pb-2 short:py-0.5 print:border-b-0">
      <div
        className={`flex min-w-0 items-center [&>button>.whitespace-nowrap]:hidden print:[&>button]:hidden ${lowButtons}`}
      >
        <span
          className="-ml-1.5 grid h-8 w-4.5 flex-none cursor-grab place-items-center text-ink-muted opacity-0 transition-opacity group-focus-within/column:opacity-60 group-hover/column:opacity-60 max-md:hidden print:hidden"
          draggable
          aria-hidden
          title="Drag to another place"
          onDragStart={drag.onStart}
          onDragEnd={drag.onEnd}
        >
          <GripVertical size={15} />
        </span>
        <span
          className={`flex min-w-0 flex-1 [&>button]:text-md [&>button]:font-semibold [&>button]:text-ink print:[&>button>svg]:hidden ${lowButtons}`}
        >
          <ModelPicker
            providers={props.providers}
            value={settings.model.modelKey === '' ? undefined : settings.model}
            onChoose={chooseModel}
            onProviders={props.onProviders}
          />
        </span>
        <PromptTemplate settings={settings} model={found?.model} onChange={onSettings} />
        <ParametersButton
          settings={settings}
          model={found?.model}
          providerLabel={found?.group.provider.label ?? settings.model.providerId}
          onChange={onSettings}
        />
        <ColumnMenu
          {...props.actions}
          label={label}
          onRetry={running || asked === undefined ? undefined : () => props.onRetry(asked)}
          pastThinking={
            choosesPast ? { kept, onToggle: () => onSettings({ history: kept ? 'strip' : 'keep' }) } : undefined
          }
        />
      </div>
      <div className="flex min-h-6 min-w-0 items-center gap-1 px-2 text-sm text-ink-muted">
        {found?.model.recording && (
          // in a narrow column the model's name needs all of its line
          <span
            className={`hidden flex-none @max-xs:inline-flex print:hidden ${answer && !unfolded ? 'short:hidden' : ''}`}
          >
            <Tag>Recording</Tag>
          </span>
        )}
        <span className={`truncate ${answer && !unfolded ? 'short:hidden' : ''}`} title={words.join(' · ')}>
          {words.join(' · ') || (found ? 'as advised' : 'not available')}
        </span>
        {answer && !unfolded && <FiguresLine store={store} answer={answer} />}
        <span className="grow" />
        {running && (
          <IconButton
            label={`Stop ${label}`}
            className="size-5.5! pointer-coarse:h-8! pointer-coarse:w-10! print:hidden"
            onClick={() => void store.stop(thread.id)}
          >
            <Square aria-hidden size={10} fill="currentColor" />
          </IconButton>
        )}
        {answer && <StateMark store={store} answer={answer} />}
        {answer && (
          <span className="hidden short:contents">
            <IconButton
              label={`All figures of ${label}`}
              className="size-6! pointer-coarse:w-10!"
              aria-expanded={unfolded}
              onClick={() => setUnfolded(!unfolded)}
            >
              <ChevronDown aria-hidden size={14} className={unfolded ? 'rotate-180' : ''} />
            </IconButton>
          </span>
        )}
      </div>
      {answer && (
        <div className={unfolded ? undefined : 'short:hidden'}>
          <FiguresGrid
            store={store}
            answer={answer}
            price={found && onRoute(found.model, settings.sampling.route).price}
          />
        </div>
      )}
    </header>
  );
}
