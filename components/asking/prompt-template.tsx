'use client';

import { Braces } from 'lucide-react';
import type { ModelInfo, PromptTemplateId } from '../../lib/model.ts';
import { MenuButton } from '../ui/menu-button.tsx';
import type { ThreadSettings } from '../../lib/conversation.ts';
import type { PromptSettings } from './prompt-template-list.tsx';
import { lazyPanel } from '../ui/lazy-part.tsx';
import type { SavedPromptPlace } from './saved-prompts.tsx';

const TemplateList = lazyPanel(() => import('./prompt-template-list.tsx'));

/** What each prompt is called: on the button, where there is little room, and in the list. */
const names: Record<PromptTemplateId, string> = {
  chat: 'Chat',
  'r1-zero': 'R1-Zero',
  'r1-zero-raw': 'R1-Zero raw',
  raw: 'By hand',
};

/** The button for the kind of prompt that is made of the conversation; it names it only when it is not the usual one. */
export function PromptTemplate(props: {
  settings: Omit<ThreadSettings, 'model'>;
  /** Undefined while the model is not available. */
  model: ModelInfo | undefined;
  onChange: (change: PromptSettings) => void;
  /** Where prompts can be kept. */
  saved?: SavedPromptPlace;
}) {
  const own = props.model?.promptTemplate ?? 'chat';
  const value = props.settings.promptTemplate ?? own;
  return (
    <MenuButton
      look="pill"
      label={`Prompt: ${names[value]}. Choose another.`}
      title={`Prompt: ${names[value]}`}
      icon={
        <>
          <Braces aria-hidden size={15} className={`shrink-0 ${value === 'chat' ? '' : 'text-accent'}`} />
          {/* On a phone the colour has to say it: the row holds the model's name too. */}
          {value !== 'chat' && <span className="whitespace-nowrap max-[27rem]:hidden">{names[value]}</span>}
        </>
      }
      className="shrink-0"
      command="Choose a prompt template"
      panel="Choose a prompt"
      tall
      prefer="above"
      onNear={TemplateList.preload}
    >
      <TemplateList {...props} value={value} own={own} />
    </MenuButton>
  );
}
