import { GripVertical, Square } from 'lucide-react';
import type { Message, Thread, ThreadSettings } from '../../lib/conversation.ts';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import { onRoute } from '../../lib/route.ts';
import { ModelPicker } from '../asking/model-picker.tsx';
import { ParametersButton } from '../asking/parameters-button.tsx';
import { PromptTemplate } from '../asking/prompt-template.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { findModel } from '../conversation/model-choice.ts';
import { IconButton } from '../ui/button.tsx';
import { type ColumnActions, ColumnMenu } from './column-menu.tsx';
import { FiguresGrid } from './figures-grid.tsx';
import { settingsWords } from './settings-words.ts';
import { StateMark } from './state-mark.tsx';
import type { ColumnDrag } from './use-column-drag.ts';

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
  const found = findModel(props.providers, settings.model);
  const words = settingsWords(settings, found?.model);
  const chooseModel = (model: ModelRef) => onSettings({ model, sampling: {} });
  const kept = (settings.history ?? found?.model.history) !== 'strip';
  const choosesPast = asked !== undefined && found !== undefined && found.model.history !== 'required';
  return (
    <header className="compare-head">
      <div className="compare-head-row">
        <span
          className="compare-grip"
          draggable
          aria-hidden
          title="Drag to another place"
          onDragStart={drag.onStart}
          onDragEnd={drag.onEnd}
        >
          <GripVertical size={15} />
        </span>
        <span className="compare-model">
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
      <div className="compare-head-row compare-head-words">
        <span className="truncate" title={words.join(' · ')}>
          {words.join(' · ') || (found ? 'as advised' : 'not available')}
        </span>
        <span className="grow" />
        {running && (
          <IconButton label={`Stop ${label}`} className="compare-stop" onClick={() => void store.stop(thread.id)}>
            <Square aria-hidden size={10} fill="currentColor" />
          </IconButton>
        )}
        {answer && <StateMark store={store} answer={answer} />}
      </div>
      {answer && (
        <FiguresGrid
          store={store}
          answer={answer}
          price={found && onRoute(found.model, settings.sampling.route).price}
        />
      )}
    </header>
  );
}
