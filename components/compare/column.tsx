'use client';

import { ArrowDown } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import type { Message } from '../../lib/conversation.ts';
import type { ModelRef } from '../../lib/model.ts';
import { MessageList } from '../answer/message-list.tsx';
import type { OtherModel } from '../asking/ask-again.tsx';
import { findModel } from '../conversation/model-choice.ts';
import { type BranchChoice, type PathNode, pathOf } from '../conversation/thread-path.ts';
import type { Unsent } from '../conversation/unsent.ts';
import { useFollowEnd } from '../ui/use-follow-end.ts';
import { ColumnHead, type ColumnHeadProps } from './column-head.tsx';
import { ColumnSketch } from './column-sketch.tsx';
import { StateMark } from './state-mark.tsx';

interface ColumnProps extends ColumnHeadProps {
  messages: readonly Message[];
  choice: BranchChoice;
  unsent: Unsent | undefined;
  /** `strip`: another column has the room; this one shows who it is and how it is doing. */
  shape: 'column' | 'wide' | 'strip';
  /** On a phone only this one is seen. */
  shown: boolean;
  onSendAgain: () => void;
  onTakeBack: () => void;
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
