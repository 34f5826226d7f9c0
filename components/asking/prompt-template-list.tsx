'use client';

import Link from 'next/link';
import { useId, useRef } from 'react';
import type { ThreadSettings } from '../../lib/conversation.ts';
import { type PromptTemplateId, promptTemplateIds } from '../../lib/model.ts';
import { asksForQuestion, renderRawPrompt } from '../../lib/prompts/raw-prompt.ts';
import { fieldLook } from '../ui/field.tsx';
import { Tag } from '../ui/tag.tsx';
import { type SavedPromptPlace, SavedPrompts } from './saved-prompts.tsx';

export type PromptSettings = Pick<ThreadSettings, 'promptTemplate' | 'rawPrompt' | 'opensThinking'>;

const options: Record<PromptTemplateId, { title: string; note: string }> = {
  chat: { title: 'Chat', note: 'Messages; the model’s own chat template is put around them by its server.' },
  'r1-zero': {
    title: 'R1-Zero (as a message)',
    note: 'The prompt R1-Zero was trained with, sent as one chat message. Works with any chat model.',
  },
  'r1-zero-raw': {
    title: 'R1-Zero (raw completion)',
    note: 'The same text exactly as in training, for the model to continue. Needs a server with /completions.',
  },
  raw: { title: 'Written by hand', note: 'Your own text as a raw completion, with variables such as {{question}}.' },
};

const extra = 'pt-1.5 pr-2.5 pb-2.5 pl-9 text-sm';

/** The kinds of prompt to choose from, and what two of them leave open. */
export default function PromptTemplateList(props: {
  settings: Omit<ThreadSettings, 'model'>;
  value: PromptTemplateId;
  /** The one that is the model's own; choosing it means to follow the model. */
  own: PromptTemplateId;
  onChange: (change: PromptSettings) => void;
  /** Absent where prompts are not kept. */
  saved?: SavedPromptPlace | undefined;
}) {
  const { settings, value, own, onChange, saved } = props;
  const name = useId();
  return (
    <div className="overflow-y-auto">
      <div className="p-1.5">
        {promptTemplateIds.map((id) => (
          <div key={id}>
            <label
              className="flex gap-2.5 rounded-md px-2.5 py-2 hover:bg-accent/9 data-checked:bg-accent/9"
              data-checked={id === value || undefined}
            >
              <input
                type="radio"
                name={name}
                className="mt-0.5 size-4 flex-none accent-accent"
                checked={id === value}
                onChange={() => onChange({ promptTemplate: id === own ? undefined : id })}
              />
              <span className="min-w-0">
                <span className="flex items-center gap-2 text-base">
                  {options[id].title}
                  {id === own && id !== 'chat' && <Tag>the model’s own</Tag>}
                </span>
                <span className="block text-xs text-ink-muted">{options[id].note}</span>
              </span>
            </label>
            {id === value && id === 'r1-zero-raw' && (
              <label className={`flex gap-2 ${extra}`}>
                <input
                  type="checkbox"
                  className="mt-0.5 size-4 flex-none accent-accent"
                  checked={settings.opensThinking ?? false}
                  onChange={(event) => onChange({ opensThinking: event.target.checked || undefined })}
                />
                <span>
                  End in <code className="font-mono text-xs">Assistant: &lt;think&gt;</code>, so that it has to think
                </span>
              </label>
            )}
            {id === value && id === 'raw' && <HandWritten {...props} />}
          </div>
        ))}
      </div>
      {saved && (
        <div className="border-t border-line">
          <SavedPrompts place={saved} settings={settings} />
        </div>
      )}
    </div>
  );
}

/** The text is taken over when the field is left, not at every key. */
function HandWritten({ settings, onChange }: { settings: PromptSettings; onChange: (change: PromptSettings) => void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const text = settings.rawPrompt ?? '{{question}}';
  const { unknownVariables } = renderRawPrompt(text, { question: '', system: '', turns: [] });
  return (
    <div className={extra}>
      <textarea
        ref={area}
        className={`${fieldLook} mb-1.5 resize-y font-mono text-sm`}
        aria-label="The prompt"
        rows={5}
        spellCheck={false}
        defaultValue={text}
        onBlur={(event) => event.target.value !== text && onChange({ rawPrompt: event.target.value })}
      />
      {unknownVariables.length > 0 && (
        <p className="block text-xs text-ink-muted">
          Not a variable, sent as it stands: {unknownVariables.map((variable) => `{{${variable}}}`).join(', ')}
        </p>
      )}
      {!asksForQuestion(text) && (
        <p className="block text-xs text-ink-muted">It has no {'{{question}}'}: what you ask would not be in it.</p>
      )}
      <p className="block text-xs text-ink-muted">
        With a preview of what is sent:{' '}
        <Link href="/raw" className="text-accent underline underline-offset-2">
          the raw prompt editor
        </Link>
      </p>
    </div>
  );
}
