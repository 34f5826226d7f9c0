import type { ReactNode } from 'react';
import type { SharedThinking, ShareExpiry } from '../../lib/share.ts';
import { CheckLine } from '../ui/check-line.tsx';
import { Segments } from '../ui/segments.tsx';
import { expiryWords } from './expiry-words.ts';

/** A column that can be shared, with the message it ends with. */
export interface SharedBranch {
  threadId: string;
  leafId: string;
  label: string;
}

/** What somebody has chosen to make public, and for how long. */
export interface Choices {
  /** Columns that are left out, by their thread. */
  left: readonly string[];
  /** Undefined: as the conversation suggests. */
  thinking: SharedThinking | undefined;
  numbers: boolean;
  systemPrompts: boolean;
  expires: ShareExpiry;
}

export const firstChoices: Choices = {
  left: [],
  thinking: undefined,
  numbers: true,
  systemPrompts: false,
  expires: 'month',
};

const thinkings: readonly { value: SharedThinking; content: string }[] = [
  { value: 'shown', content: 'Shown' },
  { value: 'folded', content: 'Folded' },
  { value: 'left-out', content: 'Left out' },
];

/** What of a conversation a link shows. */
export function ShareChoices(props: {
  branches: readonly SharedBranch[];
  choices: Choices;
  /** What is done with the thinking as long as nothing is chosen. */
  suggested: SharedThinking;
  onChange: (change: Partial<Choices>) => void;
}) {
  const { branches, choices, suggested, onChange } = props;
  const { left } = choices;
  const remain = branches.length - left.length;
  return (
    <div className="flex flex-col gap-3.5 md:gap-4.5">
      {branches.length > 1 && (
        <Group legend="Columns">
          {branches.map(({ threadId, label }) => {
            const shared = !left.includes(threadId);
            return (
              <CheckLine
                key={threadId}
                checked={shared}
                disabled={shared && remain === 1}
                onChange={() => onChange({ left: shared ? [...left, threadId] : left.filter((id) => id !== threadId) })}
              >
                {label}
              </CheckLine>
            );
          })}
        </Group>
      )}
      <Group legend="Thinking">
        <Segments
          label="Thinking"
          value={choices.thinking ?? suggested}
          segments={thinkings}
          onChoose={(thinking) => onChange({ thinking })}
        />
      </Group>
      <Group legend="With it">
        <CheckLine checked={choices.numbers} onChange={(numbers) => onChange({ numbers })}>
          Tokens and times, health, timeline
        </CheckLine>
        <CheckLine checked={choices.systemPrompts} onChange={(systemPrompts) => onChange({ systemPrompts })}>
          System prompts
        </CheckLine>
      </Group>
      <label className="grid gap-1.5 text-xs font-medium text-ink-muted">
        Open for
        <select
          className="rounded-md border border-line bg-surface px-2 py-1.5 text-sm font-normal text-ink"
          value={choices.expires}
          onChange={(event) => onChange({ expires: event.currentTarget.value as ShareExpiry })}
        >
          {expiryWords.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Group({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-xs font-medium text-ink-muted">{legend}</legend>
      {children}
    </fieldset>
  );
}
