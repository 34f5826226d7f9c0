'use client';

import { ThemeToggle } from '../shell/theme-toggle.tsx';
import type { Theme } from '../shell/theme.ts';
import { enterSendsKey } from '../asking/enter-sends.ts';
import { useStored, writeStored } from '../ui/stored.ts';
import { SelectField } from './field.tsx';
import { NotificationField } from './notification-field.tsx';
import { Card, Section } from './section.tsx';

/** Where this browser keeps how thinking is shown; components/answer/thinking/pane-choice.ts reads it. */
const thinkingKey = 'thinkglass:thinking';

const thinkingWords = [
  ['auto', 'Open while thinking, then folded'],
  ['open', 'Always open'],
  ['folded', 'Always folded'],
] as const;

/** Who names conversations; components/conversation/automatic-title.tsx reads it. */
const titlesKey = 'thinkglass:titles';

const titleWords = [
  ['question', 'From the question'],
  ['model', 'By the model'],
] as const;

const enterWords = [
  ['auto', 'As usual on this device'],
  ['yes', 'Sends'],
  ['no', 'Makes a new line'],
] as const;

/** How the page looks, in this browser. */
export function AppearanceSection({ theme }: { theme: Theme }) {
  const stored = useStored(thinkingKey);
  const thinking = stored === 'open' || stored === 'folded' ? stored : 'auto';
  const titles = useStored(titlesKey) === 'model' ? 'model' : 'question';
  const storedEnter = useStored(enterSendsKey);
  const enter = storedEnter === 'yes' || storedEnter === 'no' ? storedEnter : 'auto';
  return (
    <Section id="appearance" title="Appearance">
      <Card className="grid gap-3.5 p-4">
        <div className="flex items-center justify-between gap-4 text-sm font-medium">
          <span>Light or dark</span>
          <ThemeToggle initial={theme} />
        </div>
        <SelectField
          label="Thinking"
          value={thinking}
          options={thinkingWords}
          onChoose={(value) => writeStored(thinkingKey, value === 'auto' ? undefined : value)}
          hint="One you open or fold by hand stays that way."
        />
        <SelectField
          label="Titles"
          value={titles}
          options={titleWords}
          onChoose={(value) => writeStored(titlesKey, value === 'question' ? undefined : value)}
          hint="By the model: the one that answered first is asked once more, for a few words. A title you write stays."
        />
        <SelectField
          label="Enter in a question"
          value={enter}
          options={enterWords}
          onChoose={(value) => writeStored(enterSendsKey, value === 'auto' ? undefined : value)}
          hint="As usual: it sends, and on a screen for fingers only it makes a new line. Ctrl+Enter or Cmd+Enter always sends, Shift+Enter always makes a new line."
        />
        <NotificationField />
      </Card>
    </Section>
  );
}
