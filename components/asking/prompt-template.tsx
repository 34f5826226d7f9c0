'use client';

import { Braces } from 'lucide-react';
import { lazy, Suspense, useRef, useState } from 'react';
import type { ModelInfo, PromptTemplateId } from '../../lib/model.ts';
import { Popover } from '../ui/popover.tsx';
import type { PromptSettings } from './prompt-template-list.tsx';

const TemplateList = lazy(() => import('./prompt-template-list.tsx'));

/** What each prompt is called: on the button, where there is little room, and in the list. */
const names: Record<PromptTemplateId, string> = {
  chat: 'Chat',
  'r1-zero': 'R1-Zero',
  'r1-zero-raw': 'R1-Zero raw',
  raw: 'By hand',
};

/** The button for the kind of prompt that is made of the conversation; it names it only when it is not the usual one. */
export function PromptTemplate(props: {
  settings: PromptSettings;
  /** Undefined while the model is not available. */
  model: ModelInfo | undefined;
  onChange: (change: PromptSettings) => void;
}) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  // A press on the button while the list is open closes it by itself first; that press must not open it again.
  const closedAt = useRef(0);
  const own = props.model?.promptTemplate ?? 'chat';
  const value = props.settings.promptTemplate ?? own;

  const close = () => {
    closedAt.current = performance.now();
    setOpen(false);
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="picker-button shrink-0"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={`Prompt: ${names[value]}. Choose another.`}
        title={`Prompt: ${names[value]}`}
        onPointerEnter={() => void import('./prompt-template-list.tsx')}
        onClick={() => performance.now() - closedAt.current > 200 && setOpen(true)}
      >
        <Braces aria-hidden size={15} className={`shrink-0 ${value === 'chat' ? '' : 'text-accent'}`} />
        {/* On a phone the colour has to say it: the row holds the model's name too. */}
        {value !== 'chat' && <span className="whitespace-nowrap max-[27rem]:hidden">{names[value]}</span>}
      </button>
      {open && (
        <Popover anchor={anchor} mode="auto" prefer="above" label="Choose a prompt" className="picker" onClose={close}>
          <Suspense fallback={<p className="picker-empty">…</p>}>
            <TemplateList {...props} value={value} own={own} />
          </Suspense>
        </Popover>
      )}
    </>
  );
}
