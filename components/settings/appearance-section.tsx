'use client';

import { ThemeToggle } from '../shell/theme-toggle.tsx';
import type { Theme } from '../shell/theme.ts';
import { useStored, writeStored } from '../ui/stored.ts';
import { SelectField } from './field.tsx';

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

/** How the page looks, in this browser. */
export function AppearanceSection({ theme }: { theme: Theme }) {
  const stored = useStored(thinkingKey);
  const thinking = stored === 'open' || stored === 'folded' ? stored : 'auto';
  const titles = useStored(titlesKey) === 'model' ? 'model' : 'question';
  return (
    <section id="appearance" aria-labelledby="appearance-title" className="settings-section">
      <h2 id="appearance-title">Appearance</h2>
      <div className="settings-rows">
        <div className="settings-row">
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
      </div>
    </section>
  );
}
