'use client';

import { ArrowDown, GripVertical, Square } from 'lucide-react';
import { type DragEvent, useEffect, useMemo, useRef } from 'react';
import type { Message, Thread, ThreadSettings } from '../../lib/conversation.ts';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import { onRoute } from '../../lib/route.ts';
import type { OtherModel } from '../asking/ask-again.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { MessageList } from '../answer/message-list.tsx';
import { findModel } from '../conversation/model-choice.ts';
import { ModelPicker } from '../asking/model-picker.tsx';
import { ParametersButton } from '../asking/parameters-button.tsx';
import { PromptTemplate } from '../asking/prompt-template.tsx';
import { type BranchChoice, type PathNode, pathOf } from '../conversation/thread-path.ts';
import type { Unsent } from '../conversation/unsent.ts';
import { IconButton } from '../ui/button.tsx';
import { useFollowEnd } from '../ui/use-follow-end.ts';
import { type ColumnActions, ColumnMenu } from './column-menu.tsx';
import { ColumnSketch } from './column-sketch.tsx';
import { FiguresGrid } from './figures-grid.tsx';
import { settingsWords } from './settings-words.ts';
import { StateMark } from './state-mark.tsx';

export interface ColumnProps {
  store: ConversationStore;
  thread: Thread;
  /** What it is called among its neighbours. */
  label: string;
  providers: ProviderModels[];
  messages: readonly Message[];
  choice: BranchChoice;
  unsent: Unsent | undefined;
  running: boolean;
  /** `strip`: another column has the room; this one shows who it is and how it is doing. */
  shape: 'column' | 'wide' | 'strip';
  /** On a phone only this one is seen. */
  shown: boolean;
  actions: Omit<ColumnActions, 'onRetry' | 'pastThinking'>;
  onProviders: (providers: ProviderModels[]) => void;
  onSettings: (change: Partial<ThreadSettings>) => void;
  onSendAgain: () => void;
  onTakeBack: () => void;
  drag: {
    /** Where what is dragged would come to stand. */
    dropSide: 'before' | 'after' | undefined;
    onStart: (event: DragEvent) => void;
    onOver: (event: DragEvent<HTMLElement>) => void;
    onDrop: (event: DragEvent) => void;
    onEnd: () => void;
  };
}

/** One model with its settings, its figures and its messages. */
export function Column(props: ColumnProps) {
  const { store, thread, label, messages, choice, running, shape, drag } = props;
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { following, toEnd } = useFollowEnd({ box, content, growing: running, startAtEnd: true });
  const path = useMemo(() => pathOf(messages, thread.id, choice), [messages, thread.id, choice]);
  const answer = path.findLast(({ message }) => message.role === 'assistant')?.message;
  const found = findModel(props.providers, thread.settings.model);

  const asked = path.findLast(({ message }) => message.role === 'user')?.message.id;
  const before = useRef(asked);
  useEffect(() => {
    if (asked !== before.current) toEnd(); // what was just asked is looked at
    before.current = asked;
  }, [asked, toEnd]);

  const { providers, onProviders } = props;
  const retry = (questionId: string, other?: OtherModel) => void store.retry(questionId, providers, other);
  const asking = useMemo(() => ({ providers, onProviders }), [providers, onProviders]);
  return (
    <section
      className="compare-column"
      id={`column-${thread.id}`}
      aria-label={label}
      tabIndex={-1}
      data-column={thread.id}
      data-shape={shape}
      data-shown={props.shown || undefined}
      data-drop={drag.dropSide}
      data-one-model={isOfOneModel(path, thread.settings.model) || undefined}
      onDragOver={drag.onOver}
      onDrop={drag.onDrop}
    >
      {shape === 'strip' && (
        <button type="button" className="compare-strip" onClick={props.actions.onFocus} title={`Focus ${label}`}>
          <StateMark store={store} answer={answer} brief />
          <span className="compare-strip-name">{label}</span>
        </button>
      )}
      <ColumnHead {...props} answer={answer} asked={asked} onRetry={retry} />
      <div ref={box} className="compare-scroll" data-scrolls>
        <div ref={content} className="compare-content">
          {path.length === 0 ? (
            <ColumnSketch settings={thread.settings} found={found} />
          ) : (
            <MessageList
              store={store}
              path={path}
              unsent={props.unsent}
              asking={asking}
              onRetry={retry}
              onEdit={(question, text, everywhere) => void store.edit(question, text, providers, everywhere)}
              onSendAgain={props.onSendAgain}
              onTakeBack={props.onTakeBack}
            />
          )}
        </div>
      </div>
      {!following && running && (
        <button type="button" className="pill compare-jump" onClick={toEnd}>
          <ArrowDown aria-hidden size={14} /> Jump to latest
        </button>
      )}
    </section>
  );
}

/** Whether all that is shown was said by the model that the column's head names. */
function isOfOneModel(path: readonly PathNode[], { providerId, modelKey }: ModelRef): boolean {
  return path.every(
    ({ message: { generation } }) =>
      !generation || (generation.providerId === providerId && generation.modelKey === modelKey),
  );
}

function ColumnHead(
  props: ColumnProps & {
    answer: Message | undefined;
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
