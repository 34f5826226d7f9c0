'use client';

import Link from 'next/link';
import { useId, useRef } from 'react';
import type { ThreadSettings } from '../../lib/conversation.ts';
import { type PromptTemplateId, promptTemplateIds } from '../../lib/model.ts';
import { asksForQuestion, renderRawPrompt } from '../../lib/prompts/raw-prompt.ts';
import './prompt-template.css';
import { Tag } from '../ui/tag.tsx';

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

/** The kinds of prompt to choose from, and what two of them leave open. */
export default function PromptTemplateList(props: {
  settings: PromptSettings;
  value: PromptTemplateId;
  /** The one that is the model's own; choosing it means to follow the model. */
  own: PromptTemplateId;
  onChange: (change: PromptSettings) => void;
}) {
  const { settings, value, own, onChange } = props;
  const name = useId();
  return (
    <div className="prompt-options">
      {promptTemplateIds.map((id) => (
        <div key={id}>
          <label className="prompt-option" data-checked={id === value || undefined}>
            <input
              type="radio"
              name={name}
              checked={id === value}
              onChange={() => onChange({ promptTemplate: id === own ? undefined : id })}
            />
            <span className="min-w-0">
              <span className="prompt-title">
                {options[id].title}
                {id === own && id !== 'chat' && <Tag>the model’s own</Tag>}
              </span>
              <span className="picker-note">{options[id].note}</span>
            </span>
          </label>
          {id === value && id === 'r1-zero-raw' && (
            <label className="prompt-extra prompt-check">
              <input
                type="checkbox"
                checked={settings.opensThinking ?? false}
                onChange={(event) => onChange({ opensThinking: event.target.checked || undefined })}
              />
              <span>
                End in <code>Assistant: &lt;think&gt;</code>, so that it has to think
              </span>
            </label>
          )}
          {id === value && id === 'raw' && <HandWritten {...props} />}
        </div>
      ))}
    </div>
  );
}

/** The text is taken over when the field is left, not at every key. */
function HandWritten({ settings, onChange }: { settings: PromptSettings; onChange: (change: PromptSettings) => void }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const text = settings.rawPrompt ?? '{{question}}';
  const { unknownVariables } = renderRawPrompt(text, { question: '', system: '', turns: [] });
  return (
    <div className="prompt-extra">
      <textarea
        ref={area}
        className="prompt-text"
        aria-label="The prompt"
        rows={5}
        spellCheck={false}
        defaultValue={text}
        onBlur={(event) => event.target.value !== text && onChange({ rawPrompt: event.target.value })}
      />
      {unknownVariables.length > 0 && (
        <p className="picker-note">
          Not a variable, sent as it stands: {unknownVariables.map((variable) => `{{${variable}}}`).join(', ')}
        </p>
      )}
      {!asksForQuestion(text) && (
        <p className="picker-note">It has no {'{{question}}'}: what you ask would not be in it.</p>
      )}
      <p className="picker-note">
        With a preview of what is sent: <Link href="/raw">the raw prompt editor</Link>
      </p>
    </div>
  );
}
